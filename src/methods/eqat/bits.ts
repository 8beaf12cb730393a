/**
 * @file Which bit-width each operand has: a vector of learned scalars q̃, mapped by q = q_min + (q_max − q_min)·σ(q̃)
 * (EQAT eq. 13 [source]), some operands fixed, some tied to another.
 */

import type { Tensor } from "../../base/tensor.ts";
import { numbers, tensor } from "../../base/tensor.ts";
import { type BitRange, bitsOfLogit, logitOfBits } from "../../formats/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Emit } from "../../operators/index.ts";
import type { LayerBits } from "../method.ts";
import type { EqatOptions } from "./options.ts";

/** The range of learned widths, as `formats/` names it. */
export const rangeOf = ({ qMin, qMax }: Pick<EqatOptions, "qMin" | "qMax">): BitRange => ({ min: qMin, max: qMax });

/** Where the bits of each layer's weight and input come from: a place in the learned vector, or a fixed number. */
export interface BitSlots {
  readonly layers: readonly string[];
  readonly learned: number;
  /** Per layer; indices ≥ `learned` point into `fixed`. */
  readonly weight: readonly number[];
  readonly input: readonly number[];
  readonly fixed: readonly number[];
}

/** Lays the slots out. The first layer's input has `inputBits` (fixed) unless that is null. */
export function layOutBits(layers: readonly string[], options: EqatOptions): BitSlots {
  const { fixedBits, inputBits, tie } = options;
  if (fixedBits !== undefined) {
    // Uniform baseline: every operand fixed; the network input keeps its own width, as in the learned run.
    return {
      layers,
      learned: 0,
      weight: layers.map(() => 0),
      input: layers.map((_, i) => (i === 0 && inputBits !== null ? 1 : 0)),
      fixed: [fixedBits, inputBits ?? fixedBits],
    };
  }
  const weight = layers.map((_, i) => i);
  let learned = layers.length;
  const input = layers.map((_, i) => {
    if (i === 0 && inputBits !== null) return -1;
    return tie ? i : learned++;
  });
  return {
    layers,
    learned,
    weight,
    input: input.map((slot) => (slot === -1 ? learned : slot)),
    fixed: inputBits === null ? [] : [inputBits],
  };
}

/** Bits of every layer from the values of all slots. */
export const layerBits = (slots: BitSlots, values: ArrayLike<number>): LayerBits[] =>
  slots.layers.map((layer, i) => ({ layer, weight: values[slots.weight[i]!]!, input: values[slots.input[i]!]! }));

/** The initial learned vector. */
export const initialBits = (slots: BitSlots, options: EqatOptions): Tensor =>
  tensor("float32", [slots.learned], new Array(slots.learned).fill(logitOfBits(options.qInit, rangeOf(options))));

/** Values of all slots from the learned vector q̃. */
export const slotValues = (slots: BitSlots, raw: Tensor, range: BitRange): number[] => [
  ...Array.from(numbers(raw), (value) => bitsOfLogit(value, range)),
  ...slots.fixed,
];

/** Emits the values of all slots as one vector. */
export function emitSlots(g: Emit, slots: BitSlots, raw: Value | undefined, { min, max }: BitRange): Value {
  const fixed = slots.fixed.length === 0 ? [] : [g.constant(tensor("float32", [slots.fixed.length], slots.fixed))];
  if (raw === undefined) return fixed[0]!;
  const sigma = g.op("Sigmoid", [raw]);
  const q = g.add(g.scale(sigma, max - min), g.scalar(raw, min));
  return fixed.length === 0 ? q : g.op("Concat", [q, ...fixed], { axis: 0 });
}

/** Emits the entries `slots` of a vector. */
export const pick = (g: Emit, vector: Value, slots: readonly number[]): Value =>
  g.op("Gather", [vector, g.ints(slots)], { axis: 0 });

/**
 * Emits the bits of every layer as scalars. Fixed ones are constants: a gradient into a vector that holds them would ask
 * for the gradient of the first layer's input, only to throw it away.
 */
export function slotScalars(g: Emit, slots: BitSlots, indices: readonly number[], picked: Value): Value[] {
  const constant = (slot: number) => g.scalar("float32", slots.fixed[slot - slots.learned]!);
  if (indices.every((slot) => slot >= slots.learned)) return indices.map(constant);
  const count = indices.length;
  const parts = count === 1 ? [picked] : g.ops("Split", [picked, g.ints(new Array(count).fill(1))], { axis: 0 }, count);
  return indices.map((slot, i) => (slot >= slots.learned ? constant(slot) : g.op("Squeeze", [parts[i], g.ints([0])])));
}
