/** @file DepthToSpace and SpaceToDepth move blocks between channels and pixels; each is a reshape, a transpose and a reshape. */

import { fail } from "../base/errors.ts";
import { reshaped, stridesOf, type Tensor } from "../base/tensor.ts";
import { type Dim, divideDims, multiplyDims } from "../graph/dims.ts";
import { pick, walk } from "./pick.ts";

/** `[N, C·b², H, W]` → `[N, C, H·b, W·b]`. */
export const toSpaceDims = (dims: readonly Dim[], block: number): Dim[] => {
  const [batch, depth, height, width] = imageDims(dims);
  return [batch, whole(depth, block * block), multiplyDims(height, block), multiplyDims(width, block)];
};

/** `[N, C, H·b, W·b]` → `[N, C·b², H, W]`. */
export const toDepthDims = (dims: readonly Dim[], block: number): Dim[] => {
  const [batch, depth, height, width] = imageDims(dims);
  return [batch, multiplyDims(depth, block, block), whole(height, block), whole(width, block)];
};

function imageDims(dims: readonly Dim[]): [Dim, Dim, Dim, Dim] {
  if (dims.length !== 4) {
    fail({
      code: "shape.rank",
      message: `input has ${dims.length} dimensions, expected 4`,
      got: `[${dims.join(", ")}]`,
    });
  }
  return dims as unknown as [Dim, Dim, Dim, Dim];
}

function whole(dim: Dim, by: number): Dim {
  return divideDims(dim, by) ?? fail({ code: "shape.block", message: `dimension ${dim} is not a multiple of ${by}` });
}

/** Reshapes to six axes, permutes them and reshapes to `dims`. */
export function rearranged(
  x: Tensor,
  six: readonly number[],
  perm: readonly number[],
  dims: readonly number[],
): Tensor {
  const strides = stridesOf(six);
  const index = walk(
    perm.map((axis) => six[axis]!),
    perm.map((axis) => strides[axis]!),
  );
  return pick(reshaped(x, six), dims, index);
}
