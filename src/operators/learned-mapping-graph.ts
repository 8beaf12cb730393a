/**
 * @file A learned mapping as standard ONNX nodes, and its gradient, on rows [features, samples].
 *
 * Slots that share candidates make ∂L/∂S one small product for each group: 3.8 ms for 12 000 slots of 64 candidates in
 * 200 groups, 100 samples. Where nearly every slot has candidates of its own, the product over all features and a pick
 * from it, 41 ms, costs less than taking 77 million bits (bench/lut-lowerings.ts).
 */

import type { Value } from "../graph/value.ts";
import { intsOf } from "./contents.ts";
import { dimsOf, type Emit } from "./emit.ts";
import { asRows, featuresOf, fromRows } from "./feature-axis.ts";
import { addRows } from "./row-sums.ts";

export interface MappingAttributes {
  readonly axis: number;
  /** τ of the softmax through which the features learn. */
  readonly temperature: number;
}

/** Slots of a group from which on a product for each group is chosen. */
const GROUP_LEAST = 8;

/** The index of the feature that each slot reads, [slots]. */
export function bestFeatures(g: Emit, scores: Value, candidates: Value | undefined): Value {
  const best = g.op("ArgMax", [scores], { axis: 1, keepdims: false });
  if (candidates === undefined) return best;
  const groups = dimsOf(candidates)[0] as number;
  const own = g.op("Reshape", [best, g.ints([groups, -1])]);
  return g.op("Reshape", [g.op("GatherElements", [candidates, own], { axis: 1 }), g.ints([-1])]);
}

export function takeBest(
  g: Emit,
  [x, scores, candidates]: readonly (Value | undefined)[],
  { axis }: MappingAttributes,
): Value {
  const rows = g.op("Gather", [asRows(g, x!, axis), bestFeatures(g, scores!, candidates)], { axis: 0 });
  return fromRows(g, rows, x!, axis);
}

/** ∂L/∂x and ∂L/∂S; nothing for the candidates. */
export function mappingGradient(
  g: Emit,
  [x, scores, candidates]: readonly (Value | undefined)[],
  dy: Value,
  { axis, temperature }: MappingAttributes,
): readonly (Value | undefined)[] {
  const rows = asRows(g, dy, axis);
  const bits = asRows(g, x!, axis);
  const signs = g.sub(g.scale(bits, 2), g.scalar(bits, 1));
  const [slots, width] = dimsOf(scores!) as [number, number];
  const shares = g.op("Softmax", [g.scale(scores!, 1 / temperature)], { axis: 1 });
  const byFeature = (value: Value) => g.transpose(value, [1, 0]);
  if (candidates === undefined) {
    const dx = g.matmul(byFeature(shares), rows);
    return [fromRows(g, dx, x!, axis), g.matmul(rows, byFeature(signs))];
  }
  const groups = dimsOf(candidates)[0] as number;
  const run = slots / groups;
  const split = (value: Value, last: number) => g.op("Reshape", [value, g.ints([groups, run, last])]);
  const dyGroups = split(rows, -1);
  const dx = g.matmul(g.transpose(split(shares, width), [0, 2, 1]), dyGroups);
  const flat = g.op("Reshape", [dx, g.ints([groups * width, -1])]);
  const dRows = addRows(g, flat, g.reshape(candidates, [-1]), intsOf(candidates), featuresOf(x!, axis));
  const isGrouped = (g.lowerings["LearnedMapping.dS"] ?? (run >= GROUP_LEAST ? "groups" : "all")) === "groups";
  let dScores: Value;
  if (isGrouped) {
    const named = g.op("Gather", [signs, candidates], { axis: 0 });
    const products = g.matmul(dyGroups, g.transpose(named, [0, 2, 1]));
    dScores = g.reshape(products, [slots, width]);
  } else {
    const all = g.matmul(rows, byFeature(signs));
    const each = g.op("Expand", [g.reshape(candidates, [groups, 1, width]), g.ints([groups, run, width])]);
    dScores = g.op("GatherElements", [all, g.reshape(each, [slots, width])], { axis: 1 });
  }
  return [fromRows(g, dRows, x!, axis), dScores];
}
