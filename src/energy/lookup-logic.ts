/**
 * @file The energy of a network of lookup tables as one piece of logic: raw features come from memory once, everything
 * else travels on wires, which the price of a table includes. Counted are comparisons with constants, table reads, the
 * additions of the counters and the comparisons of the argmax.
 *
 * With measured outputs the switched energy stands beside: E·4p(1 − p) for a bit that is one with probability p. A bit
 * toggles between independent samples with probability 2p(1 − p), a fair coin with 1/2, and prices are those of logic whose
 * signals are fair coins [reconstructed].
 */

import { isMemory, type Machine, type Range, scaled, sumOf } from "../machines/index.ts";
import { charge } from "./charge.ts";
import { type Cause, findUnit } from "./schedule.ts";

export interface LookupWork {
  /** Raw bits that are read from memory: features that a threshold compares, at their width. */
  readonly inputBits: number;
  /** Bits that each comparator compares; a comparison with the middle of the range is one bit, a wire. */
  readonly comparators: readonly number[];
  readonly layers: readonly LookupLayer[];
  readonly classes: number;
  /** Bits that a class counts. */
  readonly counted: number;
}

export interface LookupLayer {
  readonly name: string;
  readonly tables: number;
  /** Measured share of ones of each table's output. */
  readonly ones?: ArrayLike<number>;
}

export interface LookupRow {
  readonly part: string;
  readonly cause: Cause;
  readonly energy: Range;
  /** Energy of the bits that toggle; absent where outputs were not measured. */
  readonly switched?: Range;
  /** Mean share of ones. */
  readonly ones?: number;
  /** What was counted, for people. */
  readonly text: string;
}

export interface LookupBill {
  readonly rows: readonly LookupRow[];
  readonly total: Range;
  /** With measured toggles where there are any, in full where not. */
  readonly switched: Range;
  /** Parts that the machine has no price for: the total is a lower bound. */
  readonly unmodelled: readonly string[];
}

/** Energies in the unit of the machine. */
export function billLookupLogic(work: LookupWork, machine: Machine): LookupBill {
  const rows: LookupRow[] = [];
  const unmodelled: string[] = [];
  const pay = (part: string, verb: "table" | "compare" | "add", count: number, bits: number, text: string): void => {
    if (count === 0) return;
    const isTable = verb === "table";
    // A comparator is a subtractor, where the machine says nothing else.
    const own = isTable || findUnit(machine, verb) !== undefined ? verb : "add";
    const component = isTable
      ? machine.components.find(({ class: kind }) => kind === "lookup")
      : findUnit(machine, own);
    if (component === undefined) {
      unmodelled.push(`${part}: the machine has no price for ${isTable ? "tables" : verb}`);
      return;
    }
    const from = { layer: part, node: part, rule: text };
    const operands = isTable ? [] : [bits, bits];
    const action = { component, verb: isTable ? "read" : own, count, operands, per: "inference", from } as const;
    rows.push({ part, cause: "compute", energy: charge({ ...action, cause: "compute" }, machine).energy, text });
  };

  const memory = machine.components.find(isMemory);
  if (memory !== undefined && work.inputBits > 0) {
    const text = `${work.inputBits} bits from ${memory.name}`;
    const from = { layer: "input", node: "input", rule: text };
    const read = { component: memory, verb: "read", count: work.inputBits, operands: [1], per: "inference" } as const;
    const { energy } = charge({ ...read, cause: "activations", from }, machine);
    rows.push({ part: "input", cause: "activations", energy, text });
  }
  // Prices of comparisons grow with bits, so that all of them are one comparison of the mean width.
  const real = work.comparators.filter((bits) => bits > 1);
  const width = real.reduce((sum, bits) => sum + bits, 0) / real.length;
  const wires = work.comparators.length - real.length;
  pay(
    "encoder",
    "compare",
    real.length,
    width,
    `${real.length} comparisons of ${width.toFixed(1)} bits, ${wires} wires`,
  );
  for (const { name, tables, ones } of work.layers) {
    pay(name, "table", tables, 1, `${tables} tables`);
    const row = rows.at(-1);
    if (row?.part !== name || ones === undefined) continue;
    const toggles = mean(Array.from(ones, (p) => 4 * p * (1 - p)));
    rows[rows.length - 1] = { ...row, ones: mean(ones), switched: scaled(row.energy, toggles) };
  }
  // N bits become ⌊log₂ N⌋ + 1 by full adders, each of which takes a bit away.
  const result = Math.floor(Math.log2(Math.max(1, work.counted))) + 1;
  const adders = work.classes * Math.max(0, work.counted - result);
  pay("counters", "add", adders, 1, `${adders} full adders`);
  const rounds = work.classes - 1;
  pay("argmax", "compare", rounds, result, `${rounds} comparisons of ${result} bits`);
  return {
    rows,
    total: sumOf(rows.map(({ energy }) => energy)),
    switched: sumOf(rows.map(({ energy, switched }) => switched ?? energy)),
    unmodelled,
  };
}

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((total, value) => total + value, 0) / Math.max(1, values.length);
