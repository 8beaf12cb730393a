/** @file Which gate or flip-flop a cell of a synthesised netlist is: Yosys' internal cells and Femto's own cell library. */

import { type GateKind, gateKinds } from "./gate-kind.ts";

/** A cell of one output that is a gate; `pins` in the order of the kind's pins. */
export interface GateCell {
  readonly kind: GateKind;
  readonly pins: readonly string[];
  readonly output: string;
}

/** A cell that is a flip-flop: pins D, C, Q, E for enable, R for reset. */
export interface FlipFlopCell {
  readonly edge: "rising" | "falling";
  readonly enable?: 0 | 1;
  readonly reset?: { readonly active: 0 | 1; readonly value: 0 | 1; readonly overEnable: boolean };
}

/** Cells of Femto's own library, written by synthesis with a Liberty file. */
const ownCells: Readonly<Record<string, GateCell>> = {
  BUF: { kind: "BUF", pins: ["A"], output: "Y" },
  INV: { kind: "NOT", pins: ["A"], output: "Y" },
  NAND2: { kind: "NAND", pins: ["A", "B"], output: "Y" },
  NOR2: { kind: "NOR", pins: ["A", "B"], output: "Y" },
  AND2: { kind: "AND", pins: ["A", "B"], output: "Y" },
  OR2: { kind: "OR", pins: ["A", "B"], output: "Y" },
  XOR2: { kind: "XOR", pins: ["A", "B"], output: "Y" },
  XNOR2: { kind: "XNOR", pins: ["A", "B"], output: "Y" },
  MUX2: { kind: "MUX", pins: ["A", "B", "S"], output: "Y" },
};

const yosysCells: Readonly<Record<string, GateCell>> = Object.fromEntries(
  Object.entries(gateKinds).map(([kind, { pins }]) => [`$_${kind}_`, { kind: kind as GateKind, pins, output: "Y" }]),
);

export const gateCells: Readonly<Record<string, GateCell>> = { ...yosysCells, ...ownCells };

const flipFlopType = /^\$_(?:DFF_([NP])_|DFFE_([NP])([NP])_|SDFF(C?E?)_([NP])([NP])([01])([NP]?)_)$/;

/** The flip-flop that a cell type names; undefined where it names none that moves at a clock edge alone. */
export function flipFlopCell(type: string): FlipFlopCell | undefined {
  if (type === "DFF") return { edge: "rising" };
  const match = flipFlopType.exec(type);
  if (match === null) return undefined;
  const [, plain, enabled, enable, controls, clocked, reset, value, resetEnable] = match;
  const edge = (letter: string | undefined) => (letter === "N" ? "falling" : "rising");
  const level = (letter: string | undefined) => (letter === "N" ? 0 : 1);
  if (plain !== undefined) return { edge: edge(plain) };
  if (enabled !== undefined) return { edge: edge(enabled), enable: level(enable) };
  if ((controls === "") !== (resetEnable === "")) return undefined;
  return {
    edge: edge(clocked),
    reset: { active: level(reset), value: value === "1" ? 1 : 0, overEnable: controls !== "CE" },
    ...(resetEnable !== "" && { enable: level(resetEnable) }),
  };
}

/** Cells that hold a value without a clock edge. */
export const isLatch = (type: string): boolean => /^\$_(?:DLATCH|SR_|DLATCHSR)/.test(type) || type === "LATCH";

/** Flip-flops with an asynchronous set or reset: $_DFF_PP0_, $_DFFE_PP0P_, $_ALDFF_P…, $_DFFSR_… */
export const isAsynchronous = (type: string): boolean =>
  /^\$_(?:DFF_[NP][NP][01]_|DFFE_[NP][NP][01][NP]_|ALDFFE?_|DFFSRE?_)/.test(type);
