/**
 * @file Adding blocks at places named by tuples of indices, as gradients of GatherND and ScatterND need it. The tuples
 * become row numbers of data seen as a matrix, and ScatterElements does the adding: ScatterND would, too, but its
 * reductions race in ONNX Runtime where places repeat.
 */

import { fail } from "../base/errors.ts";
import { scalar, sizeOf } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { span } from "./contents.ts";
import { dimsOf, type Emit } from "./emit.ts";
import { zerosLike } from "./fill.ts";
import type { ScatterReduction } from "./scattering.ts";

function fixed(dims: readonly Dim[], what: string): readonly number[] {
  if (dims.every((dim) => typeof dim === "number")) return dims;
  return fail({
    code: "gradient.dynamic",
    message: `${what} must be known before the graph runs`,
    got: `[${dims.join(", ")}]`,
    hint: "bind the symbolic dimensions before asking for gradients",
  });
}

const int64 = (g: Emit, value: number): Value => g.constant(scalar("int64", value));

/** The size of an axis as a vector of one element. */
const axisSize = (g: Emit, x: Value, axis: number): Value => g.op("Shape", [x], { start: axis, end: axis + 1 });

/** The row of each tuple in data seen as [rows, block]: Σ indexₖ·strideₖ, after the rows of the batches before. */
function rowNumbers(g: Emit, data: Value, indices: Value, batch: number): Value {
  const width = dimsOf(indices).at(-1) as number;
  const named = dimsOf(data).slice(batch, batch + width);
  const strides = span(width).map((k) => sizeOf(fixed(named.slice(k + 1), "axes named by indices")));
  const sizes = span(width).map((k) => axisSize(g, data, batch + k));
  const bounds = sizes.length === 1 ? sizes[0]! : g.op("Concat", sizes, { axis: 0 });
  // Mod makes indices from the end positive.
  const rows = g.sum(g.mul(g.op("Mod", [indices, bounds]), g.ints(strides)), [-1]);
  if (batch === 0) return g.reshape(rows, [-1]);
  const perBatch = sizeOf(fixed(named, "axes named by indices"));
  const batches = span(batch)
    .map((axis) => g.op("Squeeze", [axisSize(g, data, axis), g.ints([0])]))
    .reduce((product, size) => g.mul(product, size));
  const firstRows = g.mul(g.op("Range", [int64(g, 0), batches, int64(g, 1)]), int64(g, perBatch));
  const tuples = sizeOf(fixed(dimsOf(indices).slice(batch, -1), "indices"));
  return g.reshape(g.add(g.reshape(rows, [-1, tuples]), g.reshape(firstRows, [-1, 1])), [-1]);
}

/** `into` with the blocks of `what` joined in by a reduction. */
export function scatterBlocks(
  g: Emit,
  [into, indices, what]: readonly [Value, Value, Value],
  by: ScatterReduction,
  batch = 0,
): Value {
  const width = dimsOf(indices).at(-1) as number;
  const block = sizeOf(fixed(dimsOf(into).slice(batch + width), "the blocks that indices name"));
  const updates = g.reshape(what, [-1, block]);
  const rows = g.reshape(rowNumbers(g, into, indices, batch), [-1, 1]);
  const everywhere = g.op("Expand", [rows, g.op("Shape", [updates])]);
  const flat = g.op("ScatterElements", [g.reshape(into, [-1, block]), everywhere, updates], { axis: 0, reduction: by });
  return g.reshapeLike(flat, into);
}

/** ∂L/∂data of GatherND. */
export const gatherBlocksGradient = (g: Emit, data: Value, indices: Value, dy: Value, batch: number): Value =>
  scatterBlocks(g, [zerosLike(g, data), indices, dy], "add", batch);
