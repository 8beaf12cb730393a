/** @file How activations and partial sums move in a layer, over all processing elements and cycles. */

import { transitionGroup, transitionGroups, valueGroup, valueGroups } from "./groups.ts";
import { checkTrace, forEachElement, type LayerTrace, type SystolicArray } from "./trace.ts";

/** `values`: pairs of value groups. `transitions`: one group per transition. */
export type Grouping = "values" | "transitions";

export interface LayerStatistics {
  readonly layer: string;
  readonly array: SystolicArray;
  /** Relative frequency of a → a′ at (a + offset)·size + (a′ + offset), offset = size/2. */
  readonly activations: Float64Array;
  readonly activationValues: number;
  readonly grouping: Grouping;
  /**
   * Relative frequency of partial-sum transitions: P[g, g′] at g·groups + g′ for value groups, P[x] for groups of transitions.
   */
  readonly partialSums: Float64Array;
  readonly groups: number;
  /** Transitions that were counted. */
  readonly transitions: number;
}

export interface StatisticsOptions {
  grouping?: Grouping;
  /** Look at no more than about this many outputs, evenly spread; all by default. */
  mostOutputs?: number;
}

/** Group numbers of all values, so that classifying a sum is one look-up. */
const tables = new Map<number, Uint8Array>();

/** Up to this width a table of all values is worth its memory. */
const WIDEST_TABLE = 24;

function groupLookUp(width: number): (p: number) => number {
  if (width > WIDEST_TABLE) return valueGroup;
  let table = tables.get(width);
  if (table === undefined) {
    const half = 2 ** (width - 1);
    table = Uint8Array.from({ length: 2 ** width }, (_, bits) => valueGroup(bits < half ? bits : bits - 2 * half));
    tables.set(width, table);
  }
  const found = table;
  const mask = 2 ** width - 1;
  return (p) => found[p & mask]!;
}

const normalise = (counts: Float64Array): Float64Array => {
  const sum = counts.reduce((total, count) => total + count, 0);
  return counts.map((count) => count / sum);
};

/**
 * Counts transitions of a layer. Every activation is seen by all outputs alike, so activations are counted once per row of A.
 * @throws FemtoError those of `checkTrace`
 */
export function collectStatistics(
  trace: LayerTrace,
  array: SystolicArray,
  options: StatisticsOptions = {},
): LayerStatistics {
  checkTrace(trace, array);
  const { grouping = "values", mostOutputs = trace.outputs } = options;
  const { activations, inputs, steps, outputs } = trace;
  const size = 2 ** array.activationBits;
  const offset = size / 2;
  const moves = new Float64Array(size * size);
  for (let input = 0; input < inputs; input++) {
    const row = input * steps;
    for (let t = 0; t + 1 < steps; t++) {
      moves[(activations[row + t]! + offset) * size + activations[row + t + 1]! + offset]!++;
    }
  }
  const width = array.accumulatorBits;
  const groups = grouping === "values" ? valueGroups(width) : transitionGroups(width);
  const counts = new Float64Array(grouping === "values" ? groups * groups : groups);
  const stride = Math.max(1, Math.ceil(outputs / mostOutputs));
  const groupOf = groupLookUp(width);
  let transitions = 0;
  forEachElement(
    trace,
    array,
    { from: 0, to: steps },
    ({ partialSums }) => {
      transitions += steps - 1;
      if (grouping === "values") {
        let group = groupOf(partialSums[0]!);
        for (let t = 1; t < steps; t++) {
          const next = groupOf(partialSums[t]!);
          counts[group * groups + next]!++;
          group = next;
        }
      } else {
        for (let t = 1; t < steps; t++) counts[transitionGroup(partialSums[t - 1]!, partialSums[t]!, width)]!++;
      }
    },
    stride,
  );
  return {
    layer: trace.name,
    array,
    activations: normalise(moves),
    activationValues: size,
    grouping,
    partialSums: normalise(counts),
    groups,
    transitions,
  };
}
