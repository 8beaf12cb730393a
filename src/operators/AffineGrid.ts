/** @file AffineGrid: the points of an image in normalized coordinates, moved by an affine map θ a batch row. ONNX AffineGrid-20. */

import { fail } from "../base/errors.ts";
import { f32, i64, integers, numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { flag } from "./attributes.ts";
import { dimsIn, span } from "./contents.ts";
import { dimsOf, dtypeOf, type Emit } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import { operator } from "./operator.ts";
import { checkRank } from "./shapes.ts";
import { streaming } from "./work.ts";

/** Coordinate of place i of `length`: −1 … 1 between the outer pixels' centres (aligned) or edges. */
const coordinate = (i: number, length: number, isAligned: boolean): number =>
  isAligned ? (length === 1 ? -1 : (2 * i) / (length - 1) - 1) : (2 * i + 1) / length - 1;

/** θ·(x, y, (z,) 1) at every point; the last axis of an image is x. */
function moved(theta: Tensor, size: readonly number[], isAligned: boolean): Tensor {
  const spatial = size.slice(2);
  const rank = spatial.length;
  const points = sizeOf(spatial);
  const values = numbers(theta);
  const out = new Float64Array(size[0]! * points * rank);
  const place = new Array<number>(rank).fill(0);
  for (let p = 0; p < points; p++) {
    const at = place.map((i, axis) => coordinate(i, spatial[axis]!, isAligned)).reverse();
    for (let n = 0; n < size[0]!; n++) {
      for (let row = 0; row < rank; row++) {
        const start = (n * rank + row) * (rank + 1);
        let sum = values[start + rank]!;
        for (let k = 0; k < rank; k++) sum += values[start + k]! * at[k]!;
        out[(n * points + p) * rank + row] = sum;
      }
    }
    for (let axis = rank - 1; axis >= 0 && ++place[axis]! === spatial[axis]!; axis--) place[axis] = 0;
  }
  return fromNumbers(theta.dtype, [size[0]!, ...spatial, rank], out);
}

/** The unmoved points as [N, points, (x, y, (z,) 1)]: the grid of the identity, with ones behind it. */
function homogeneous(g: Emit, theta: Value, size: Value, align_corners: boolean): Value {
  const rank = dimsOf(theta)[1] as number;
  const identity = span(rank * (rank + 1)).map((i) => (i % (rank + 1) === Math.floor(i / (rank + 1)) ? 1 : 0));
  const unmoved = g.add(g.scale(theta, 0), g.constant(tensor(dtypeOf(theta), [rank, rank + 1], identity)));
  const grid = g.op("Reshape", [g.op("AffineGrid", [unmoved, size], { align_corners }), g.ints([0, -1, rank])]);
  const ones = g.op("Slice", [g.add(g.scale(grid, 0), g.scalar(grid, 1)), g.ints([0]), g.ints([1]), g.ints([2])]);
  return g.op("Concat", [grid, ones], { axis: 2 });
}

export const AffineGrid = operator("AffineGrid", {
  since: 20,
  arity: [2, 2],
  attributes: { align_corners: flag(false) },
  shape: ([theta, size], _at, context) => {
    checkRank(theta, 3, "theta");
    const rank = theta.dims?.[1];
    if (typeof rank !== "number") return [{ dtype: theta.dtype, dims: undefined }];
    const known = dimsIn(size);
    if (known !== undefined && known.length !== rank + 2) {
      fail({
        code: "shape.size",
        where: "input size",
        message: "does not fit theta",
        expected: `${rank + 2} numbers`,
        got: `${known.length}`,
      });
    }
    const dims = known ?? span(rank + 2).map(() => context.fresh("grid"));
    return [{ dtype: theta.dtype, dims: [dims[0]!, ...dims.slice(2), rank] }];
  },
  run: ([theta, size], { align_corners }) => [moved(theta, integers(size), align_corners)],
  // y = P·θᵀ with the points P: ∂L/∂θ = dyᵀ·P
  gradient: (g, [theta, size], [dy], { align_corners }) => {
    const rank = dimsOf(theta)[1] as number;
    const flat = g.op("Reshape", [dy, g.ints([0, -1, rank])]);
    return [g.matmul(g.transpose(flat, [0, 2, 1]), homogeneous(g, theta, size, align_corners))];
  },
  work: (inputs, [y]) => {
    const rank = inputs[0].dims[1]!;
    const size = sizeOf(y.dims);
    return streaming(inputs, [y], { multiply: rank * size, add: rank * size });
  },
  tolerance: 1e-5,
  examples: [
    {
      name: "the identity",
      inputs: [f32([1, 2, 3], [1, 0, 0, 0, 1, 0]), i64([1, 1, 2, 2])],
      expected: [f32([1, 2, 2, 2], [-0.5, -0.5, 0.5, -0.5, -0.5, 0.5, 0.5, 0.5])],
    },
    {
      name: "stretched and shifted, corners aligned",
      inputs: [f32([1, 2, 3], [2, 0, 0.5, 0.25, 1, -1]), i64([1, 1, 2, 3])],
      attributes: { align_corners: true },
      expected: [f32([1, 2, 3, 2], [-1.5, -2.25, 0.5, -2, 2.5, -1.75, -1.5, -0.25, 0.5, 0, 2.5, 0.25])],
    },
    {
      name: "a volume, two in the batch",
      inputs: [
        f32([2, 3, 4], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0.5, 0.3, 0.1, -0.2, 0, 0, 2, 0, 1, 0.7, 0, -1, 0.5]),
        i64([2, 1, 1, 2, 2]),
      ],
    },
  ],
});
