/**
 * @file The adjoint of taking positions along an axis (Gather, Slice with steps, padding by reflection): dy is added at
 * the positions it came from. Three equal lowerings of one rule:
 *
 * - `pad`: one position, known beforehand: zeros before and behind;
 * - `oneHot`: a product with the one-hot matrix of the positions; for short axes;
 * - `scatter`: ScatterElements-add into zeros.
 *
 * Measured with ONNX Runtime 1.30, one thread, 2048 positions of width 128 (bench/gather-lowerings.ts): an axis of 65
 * takes 0.8 ms by `oneHot` and 2.1 ms by `scatter`, one of 128 1.4 and 2.2, one of 256 2.7 and 2.1, one of 1000 10 and
 * 2.2. ScatterND-add would take 0.1 ms, but loses updates to races where a position repeats and the session has two
 * threads (up to 5 % of 20 000 × 512 updates to 7 rows), so nothing emits it.
 */

import { sizeOf, tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { intsOf, span } from "./contents.ts";
import { dimsOf, dtypeOf, type Emit, rankOf } from "./emit.ts";

/** Longest axis for which the one-hot product is chosen. */
const ONE_HOT_LIMIT = 192;

/** `[2, N, 4]` as a vector value; symbols are read from values that have them, on the same axis. */
function shapeOf(g: Emit, dims: readonly Dim[], sources: readonly Value[]): Value {
  if (dims.every((dim) => typeof dim === "number")) return g.ints(dims);
  const parts = dims.map((dim, axis) =>
    typeof dim === "number" ? g.ints([dim]) : g.op("Shape", [sources[axis]], { start: axis, end: axis + 1 }),
  );
  return parts.length === 1 ? parts[0]! : g.op("Concat", parts, { axis: 0 });
}

function padded(g: Emit, dy: Value, axis: number, length: number, position: number): Value {
  const rank = rankOf(dy);
  const before = position < 0 ? position + length : position;
  const pads = new Array<number>(2 * rank).fill(0);
  pads[axis] = before;
  pads[axis + rank] = length - before - 1;
  return g.op("Pad", [dy, g.ints(pads)]);
}

/** dx = OneHot(positions)ᵀ · dy for the last axis but one, dy · OneHot(positions) for the last. */
function multiplied(g: Emit, dy: Value, isLast: boolean, positions: Value, length: number): Value {
  const values = g.constant(tensor(dtypeOf(dy), [2], [0, 1]));
  const hot = g.op("OneHot", [g.cast(positions, "int64"), g.ints([length]), values], { axis: isLast ? -1 : 0 });
  return isLast ? g.matmul(dy, hot) : g.matmul(hot, dy);
}

function scattered(g: Emit, dy: Value, axis: number, positions: Value, like: Value): Value {
  const rank = rankOf(dy);
  const sources = span(rank).map((i) => (i === axis ? like : dy));
  const dims = sources.map((source, i) => dimsOf(source)[i]!);
  const zeros = g.op("Expand", [g.scalar(dy, 0), shapeOf(g, dims, sources)]);
  const flat = span(rank).map((i) => (i === axis ? -1 : 1));
  const everywhere = g.op("Expand", [
    g.reshape(positions, flat),
    shapeOf(
      g,
      dimsOf(dy),
      span(rank).map(() => dy),
    ),
  ]);
  return g.op("ScatterElements", [zeros, everywhere, dy], { axis, reduction: "add" });
}

/**
 * Adds `dy` into zeros along `axis` at `positions` (an integer vector, negative ones count from the end). The axis of
 * the result is as long as that of `like`, the others are those of `dy`.
 */
export function addAlong(g: Emit, dy: Value, axis: number, positions: Value, like: Value): Value {
  const length = dimsOf(like)[axis]!;
  const known = intsOf(positions);
  const fromEnd = rankOf(dy) - axis;
  const canPad = known?.length === 1 && typeof length === "number";
  const canMultiply = fromEnd <= 2 && rankOf(dy) > 1 && typeof length === "number";
  const isShort = canMultiply && length <= ONE_HOT_LIMIT;
  const lowering = g.lowerings["Gather.dX"] ?? (canPad ? "pad" : isShort ? "oneHot" : "scatter");
  if (lowering === "pad" && canPad) return padded(g, dy, axis, length, known[0]!);
  if (lowering === "oneHot" && canMultiply) return multiplied(g, dy, fromEnd === 1, positions, length);
  return scattered(g, dy, axis, positions, like);
}

/** ∂L/∂x of Gather: the axes of the indices become one, then {@link addAlong}. */
export function gatherGradient(g: Emit, x: Value, indices: Value, dy: Value, axis: number): Value {
  const rank = rankOf(indices);
  if (rank === 1) return addAlong(g, dy, axis, indices, x);
  const dims = dimsOf(x).map((dim, i) => (i === axis ? -1 : dim));
  const sources = span(rankOf(x)).map(() => x);
  const count = dimsOf(indices);
  const isKnown = count.every((dim) => typeof dim === "number");
  const flat = isKnown ? dims.with(axis, sizeOf(count as number[])) : dims;
  const rows = g.op("Reshape", [dy, shapeOf(g, flat, sources)]);
  return addAlong(g, rows, axis, g.reshape(indices, [-1]), x);
}
