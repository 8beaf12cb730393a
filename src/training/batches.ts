/**
 * @file Batches: the data set stays in the engine as uint8 or float; a step gathers its examples by index, shifts and
 * flips them if asked, and normalises them — all inside the graph.
 */

import { fail } from "../base/errors.ts";
import type { Normalisation } from "../base/normalisation.ts";
import { i64, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import type { Emit } from "../operators/index.ts";

export interface Augmentation {
  /** Random shift by up to so many pixels in each direction; the border is filled with `fill`. */
  readonly shift?: number;
  /** Random horizontal flip. */
  readonly flip?: boolean;
  /** Raw value of the border (0 unless given). */
  readonly fill?: number;
}

/** Multiply and add that bring raw examples to what the network reads, folded to one of each per channel. */
export function emitNormalisation(g: Emit, raw: Value, normalisation: Normalisation | undefined, rank: number): Value {
  const x = g.cast(raw, "float32");
  if (normalisation === undefined) return x;
  const { scale, mean, std } = normalisation;
  const dims = [1, std.length, ...new Array<number>(rank - 2).fill(1)];
  const factor = g.tensorLike(
    x,
    dims,
    std.map((s) => scale / s),
  );
  const offset = g.tensorLike(
    x,
    dims,
    std.map((s, c) => -mean[c]! / s),
  );
  return g.add(g.mul(x, factor), offset);
}

/**
 * Gathers a batch of images with a shift and a flip of its own for each.
 * @param data uint8 [examples, channels, height + 2·shift, width + 2·shift], already padded ({@link padImages})
 * @param indices int64 [batch]
 * @param moves int64 [batch, 3]: row offset, column offset (0..2·shift), flip (0 or 1)
 */
export function gatherImages(g: Emit, data: Value, indices: Value, moves: Value, shift: number): Value {
  const [, channels, padded, paddedWidth] = data.type!.dims as number[];
  const height = padded! - 2 * shift;
  const width = paddedWidth! - 2 * shift;
  const batch = indices.type!.dims![0]!;
  const column = (index: number) => g.op("Slice", [moves, g.ints([index]), g.ints([index + 1]), g.ints([1])]);
  const at = (value: Value, dims: readonly number[]) => g.op("Reshape", [value, g.ints(dims)]);
  const range = (size: number) => i64(Array.from({ length: size }, (_, i) => i));
  const rows = g.add(g.constant(range(height), "rows"), column(0));
  const plain = g.constant(range(width), "columns");
  const mirrored = g.constant(i64(Array.from({ length: width }, (_, i) => width - 1 - i)), "mirrored");
  const flip = g.op("Equal", [column(2), g.ints([1])]);
  const columns = g.add(g.where(flip, mirrored, plain), column(1));
  const planes = g.constant(i64(Array.from({ length: channels! }, (_, c) => c * padded! * paddedWidth!)), "planes");
  const starts = g.mul(indices, g.ints([channels! * padded! * paddedWidth!]));
  const offset = g.add(
    g.add(at(starts, [-1, 1, 1, 1]), at(planes, [1, channels!, 1, 1])),
    g.add(at(g.mul(rows, g.ints([paddedWidth!])), [-1, 1, height, 1]), at(columns, [-1, 1, 1, width])),
  );
  const flat = g.op("Reshape", [data, g.ints([-1])]);
  const images = g.op("Gather", [flat, offset], { axis: 0 });
  return g.reshape(images, [batch, channels!, height, width]);
}

/** Puts a border of `shift` pixels around every image. */
export function padImages(images: Tensor, shift: number, fill = 0): Tensor {
  const [count, channels, height, width] = images.dims as [number, number, number, number];
  if (images.dims.length !== 4 || images.dtype !== "uint8") {
    fail({
      code: "augment.images",
      message: "shifting and flipping needs uint8 images [examples, channels, height, width]",
      got: `${images.dtype} [${images.dims.join(", ")}]`,
    });
  }
  const dims = [count, channels, height + 2 * shift, width + 2 * shift];
  const out = new Uint8Array(sizeOf(dims)).fill(fill);
  const source = images.data as Uint8Array;
  for (let plane = 0; plane < count * channels; plane++) {
    for (let row = 0; row < height; row++) {
      const from = (plane * height + row) * width;
      out.set(source.subarray(from, from + width), (plane * dims[2]! + row + shift) * dims[3]! + shift);
    }
  }
  return { dtype: "uint8", dims, data: out };
}

/** Labels as the step reads them: int64 class indices stay, narrower integers widen, floats stay. */
export const asLabels = (labels: Tensor): Tensor =>
  labels.dtype.startsWith("float") ? labels : tensor("int64", labels.dims, labels.data as ArrayLike<number>);
