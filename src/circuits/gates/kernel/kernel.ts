/**
 * @file A netlist as a WebAssembly module: 128 vectors side by side, one per bit of a vector register. Nothing in it decides at run
 * time: which gate is evaluated when stands in its straight-line code.
 */

import { fail } from "../../../base/errors.ts";
import { type FunctionIndex, Module, PAGE_BYTES } from "../../../engine/wasm/index.ts";
import { levelise } from "../../netlist/levelise.ts";
import { dataInputs, type Netlist } from "../../netlist/netlist.ts";
import type { DelayModel } from "../activity.ts";
import { arrivals as arrivalsOf } from "./arrival.ts";
import { Code, chunks, type Plan } from "./context.ts";
import { type Layout, layOut, WORD_BYTES } from "./layout.ts";
import { assignWaves, unitDelayCode } from "./unit-delay.ts";
import { clockEdgeCode, inputCode, settleCode, stillCode, zeroDelayCode } from "./zero-delay.ts";

export interface KernelOptions {
  delay: DelayModel;
  /** Input ports that keep their value during a run; what depends on them alone is evaluated once. */
  still?: readonly string[];
  /** Also counts how often each net settled at 1. */
  countsHigh?: boolean;
}

/** A module's bytes and what its caller must know of it. */
export interface Kernel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly layout: Layout;
  /** Gate evaluations of one step. */
  readonly evaluations: number;
  /** Steps after which the 16-bit sums must be emptied. */
  readonly stepsPerFlush: number;
}

/** Evaluations per function of the module. */
const CHUNK = 300;
/** Some hundred bytes of code each: more than this is no longer compiled in reasonable time. */
const MOST_EVALUATIONS = 150_000;

/**
 * Writes the module. Exports: `memory`; `still()` evaluates what holds still; `settle(bank, step)` brings a bank to rest on the
 * words of a step without counting; `step(previous, next, step)` applies a step to the state of bank `previous`, counts, and
 * leaves the new state in bank `next`; `flush()` empties the 16-bit sums.
 * @throws FemtoError `gates.still`, `gates.too-large`, `netlist.loop`
 */
export function writeKernel(netlist: Netlist, options: KernelOptions): Kernel {
  const { delay, still = [], countsHigh = false } = options;
  const ports = dataInputs(netlist);
  const unknown = still.find((name) => !ports.some((port) => port.name === name));
  if (unknown !== undefined) {
    fail({
      code: "gates.still",
      where: `netlist ${netlist.name}`,
      message: `no input port ${unknown} to hold still`,
      expected: ports.map(({ name }) => name).join(", "),
    });
  }
  const sources = [
    ...ports.filter(({ name }) => !still.includes(name)).flatMap(({ nets }) => nets),
    ...netlist.flipFlops.map(({ q }) => q),
  ];
  const levels = levelise(netlist);
  const arrivals = arrivalsOf(netlist, sources);
  const waves = delay === "unit" ? assignWaves(netlist, levels, arrivals) : undefined;
  const layout = layOut(
    netlist,
    arrivals.map(({ length }) => length > 0),
    waves?.words ?? 0,
  );
  const plan: Plan = { netlist, levels, arrivals, layout, countsHigh };
  const order = [...levels.order];
  const movingGates = order.filter((gate) => arrivals[netlist.gates[gate]!.output]!.length > 0);
  const stillGates = order.filter((gate) => arrivals[netlist.gates[gate]!.output]!.length === 0);
  const cost = (gate: number) => (waves === undefined ? 1 : arrivals[netlist.gates[gate]!.output]!.length);
  const evaluations = movingGates.reduce((sum, gate) => sum + cost(gate), 0);
  if (evaluations > MOST_EVALUATIONS) {
    fail({
      code: "gates.too-large",
      where: `netlist ${netlist.name}`,
      message: `${delay}-delay evaluation takes ${evaluations} gate evaluations per step`,
      expected: `at most ${MOST_EVALUATIONS}`,
      hint: delay === "unit" ? "use zero delay, or the reference evaluator" : "split the design",
    });
  }

  const module = new Module();
  module.memory({ initial: Math.ceil(layout.steps / PAGE_BYTES) + 1 }, { exportedAs: "memory" });
  const bankCount = { parameters: ["i32", "i32", "i32"] as const, results: [] };
  const perChunk = (gates: readonly number[], write: (code: Code, gates: readonly number[]) => void) =>
    chunks(gates, cost, CHUNK).map((part) =>
      module.define(bankCount, (body, previous, next, step) => {
        write(new Code(plan, body, { previous: previous!, next: next!, step: step! }), part);
      }),
    );
  const stills = perChunk(stillGates, (code, gates) => stillCode(plan, code, gates));
  const settles = perChunk(movingGates, (code, gates) => settleCode(plan, code, gates));
  const steps = perChunk(movingGates, (code, gates) =>
    waves === undefined ? zeroDelayCode(plan, code, gates) : unitDelayCode(plan, waves, code, gates),
  );
  const load = module.define(bankCount, (body, previous, next, step) => {
    inputCode(plan, new Code(plan, body, { previous: previous!, next: next! }), step!, false);
  });
  const edge = module.define(bankCount, (body, previous, next, step) => {
    const code = new Code(plan, body, { previous: previous!, next: next!, step: step! });
    clockEdgeCode(plan, code);
    inputCode(plan, code, step!, true);
  });
  const callAll = (exportedAs: string, functions: readonly FunctionIndex[]) =>
    module.define({ ...bankCount, exportedAs }, (body, previous, next, step) => {
      for (const index of functions) body.get(previous!).get(next!).get(step!).call(index);
    });
  callAll("still", stills);
  callAll("settle", [load, ...settles]);
  callAll("step", [edge, ...steps]);
  flush(module, layout, countsHigh);
  const mostChanges = Math.max(1, ...movingGates.map(cost));
  return {
    bytes: module.encode(),
    layout,
    evaluations,
    // A 16-bit sum takes the ones of two bytes.
    stepsPerFlush: Math.max(1, Math.floor(65535 / (16 * mostChanges))),
  };
}

/** Adds the 16-bit sums to the 32-bit ones and clears them. */
function flush(module: Module, layout: Layout, countsHigh: boolean): void {
  const bytes = layout.moving.length * WORD_BYTES;
  module.define({ parameters: [], results: [], exportedAs: "flush" }, (body) => {
    if (bytes === 0) return;
    const at = body.local("i32");
    // Highs lie behind counts, and their sums behind those of counts.
    body.count(at, { constant: countsHigh ? 2 * bytes : bytes }, WORD_BYTES, () => {
      body.get(at).get(at).memory("v128.load", layout.sums);
      body.get(at).memory("v128.load", layout.counts).op("i32x4.extadd_pairwise_i16x8_u");
      body.op("i32x4.add").memory("v128.store", layout.sums);
      body.get(at).v128(new Uint8Array(16)).memory("v128.store", layout.counts);
    });
  });
}
