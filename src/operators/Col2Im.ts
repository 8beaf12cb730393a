/** @file Col2Im: columns of blocks added back into images, the adjoint of cutting an image into windows. ONNX Col2Im-18. */

import { fail } from "../base/errors.ts";
import { f32, i64, integers, sizeOf } from "../base/tensor.ts";
import { type Dim, divideDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { ints } from "./attributes.ts";
import { tapChannels } from "./conv-weight-gradient.ts";
import { dimsOf, type Emit } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { type Known, operator } from "./operator.ts";
import { checkRank } from "./shapes.ts";
import { placesOf, type Window, windowOf } from "./window.ts";
import { streaming } from "./work.ts";

interface Col2ImAttributes {
  readonly dilations: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
}

const blockWindow = (at: Col2ImAttributes, block: readonly number[], image: readonly Dim[]): Window =>
  windowOf({ ...at, auto_pad: "NOTSET" }, block, image);

/** The numbers of a shape-like input, where they are known. */
function known(input: Known): number[] | undefined {
  const contents = input.contents ?? (input.constant && integers(input.constant));
  return contents?.every((dim) => typeof dim === "number") ? (contents as number[]) : undefined;
}

/** The elements of a constant vector. @throws FemtoError `gradient.constant` */
function constantOf(value: Value, name: string): number[] {
  if (value.constant !== undefined) return integers(value.constant);
  return fail({ code: "gradient.constant", where: `input ${name}`, message: "must be a constant" });
}

/** dy cut into blocks, [N, C·taps, L]. */
function blocks(g: Emit, dy: Value, x: Value, image: Value, block: Value, at: Col2ImAttributes): Value {
  const window = blockWindow(at, constantOf(block, "block_shape"), constantOf(image, "image_shape"));
  return g.reshapeLike(tapChannels(g, dy, dimsOf(dy)[1] as number, window), x);
}

export const Col2Im = operator("Col2Im", {
  since: 18,
  arity: [3, 3],
  attributes: { dilations: ints(), pads: ints(), strides: ints() },
  shape: ([x, imageShape, blockShape], _at, context) => {
    checkRank(x, 3, "input");
    const image = imageShape.contents ?? known(imageShape);
    const block = known(blockShape);
    const rank = image?.length ?? block?.length;
    if (x.dims === undefined || rank === undefined) return [{ dtype: x.dtype, dims: undefined }];
    const channels = block === undefined ? context.fresh("channels") : divideDims(x.dims[1]!, sizeOf(block));
    if (channels === undefined) {
      return fail({
        code: "shape.channels",
        where: "input",
        message: `${x.dims[1]} rows are no multiple of the block`,
        got: `[${block!.join(", ")}]`,
      });
    }
    const spatial = image ?? Array.from({ length: rank }, () => context.fresh("image"));
    return [{ dtype: x.dtype, dims: [x.dims[0]!, channels, ...spatial] }];
  },
  run: ([x, imageShape, blockShape], at) => {
    const [image, block] = [integers(imageShape), integers(blockShape)];
    const { source, origins, taps } = placesOf(blockWindow(at, block, image), image);
    const values = doubles(x);
    const planes = (x.dims[0]! * x.dims[1]!) / taps.length;
    const size = sizeOf(image);
    const out = new Float64Array(planes * size);
    for (let row = 0; row < planes * taps.length; row++) {
      const base = Math.floor(row / taps.length) * size;
      for (let p = 0; p < origins.length; p++) {
        const to = source[origins[p]! + taps[row % taps.length]!]!;
        if (to >= 0) out[base + to]! += values[row * origins.length + p]!;
      }
    }
    return [fromNumbers(x.dtype, [x.dims[0]!, planes / x.dims[0]!, ...image], out)];
  },
  // The adjoint: dx[c·taps + t, p] = dy[c, p·stride + t·dilation − pad]
  gradient: (g, [x, image, block], [dy], at) => [blocks(g, dy, x, image, block, at), undefined, undefined],
  work: (inputs, outputs) => streaming(inputs, outputs, { add: sizeOf(inputs[0]!.dims) }),
  examples: [
    {
      name: "overlapping blocks",
      inputs: [f32([1, 4, 2], [1, 2, 3, 4, 5, 6, 7, 8]), i64([2, 3]), i64([2, 2])],
      expected: [f32([1, 1, 2, 3], [1, 5, 4, 5, 13, 8])],
    },
    {
      name: "two channels, padding, stride and dilation",
      inputs: [f32([1, 4, 3], [0.5, -1, 2, 1.5, 0.25, -3, 4, 1, -2, 0.75, 2.5, -0.5]), i64([1, 5]), i64([1, 2])],
      attributes: { pads: [0, 1, 0, 1], strides: [1, 2], dilations: [1, 2] },
      // with one spatial axis ONNX Runtime lets padded elements leak into the next channel; with two it is right.
      // Channel 0: first taps land at −1, 1, 3 and second taps at 1, 3, 5
      expected: [f32([1, 2, 1, 5], [0, 0.5, 0, 2.25, 0, 0, 1.75, 0, 0.5, 0])],
    },
  ],
});
