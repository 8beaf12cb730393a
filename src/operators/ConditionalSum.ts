/**
 * @file femto.ConditionalSum: o = Σᵢ zᵢ·Eᵢ, the vector Eᵢ added for every bit that is 1 and skipped for every other one:
 * a layer of sums without a multiplication (QuWeiT, arXiv 2411.01818; sheet M6, stage 4).
 *
 * As standard operators it is MatMul, whose factors are 0 and 1 here; what it costs are additions, at most one for each
 * element of E and sample: the share of ones, measured, says how many really happen.
 */

import { fail } from "../base/errors.ts";
import { f32, numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import { flag } from "./attributes.ts";
import { asRows, checkBits, featureAxis, featureIndex, fromRows, rowsIn, withFeatures } from "./feature-axis.ts";
import { fromNumbers } from "./loops.ts";
import { operator } from "./operator.ts";
import { checkRank, sameTypes } from "./shapes.ts";
import { streaming } from "./work.ts";

/** Metadata of a node: the measured share of its bits that are 1, each of which is an addition for every feature. */
export const ONES_KEY = "femto.ones";

function run(z: Tensor, e: Tensor, axis: number, strict: boolean): Tensor {
  const values = numbers(z);
  if (strict) checkBits(values, "z");
  const rows = numbers(e);
  const width = e.dims[1]!;
  const dims = withFeatures(z.dims, axis, width) as number[];
  const [from, to] = [rowsIn(z.dims, axis), rowsIn(dims, axis)];
  const out = new Float64Array(sizeOf(dims));
  for (let m = 0; m < from.samples; m++) {
    for (let i = 0; i < from.features; i++) {
      const bit = values[from.at(i, m)]!;
      if (bit === 0) continue;
      for (let d = 0; d < width; d++) out[to.at(d, m)]! += bit * rows[i * width + d]!;
    }
  }
  return fromNumbers(z.dtype, dims, out);
}

const e = f32([3, 2], [0.5, -1, 0.25, 2, -0.75, 1]);

export const ConditionalSum = operator("ConditionalSum", {
  domain: "femto",
  since: 1,
  arity: [2, 2],
  attributes: { axis: featureAxis, strict: flag(false) },
  shape: ([z, e], { axis }) => {
    sameTypes(z, e);
    checkRank(e!, 2, "E");
    if (z!.dims === undefined || e!.dims === undefined) return [{ dtype: z!.dtype, dims: undefined }];
    const bits = z!.dims[featureIndex(axis, z!.dims.length)]!;
    const [rows, width] = e!.dims;
    if (typeof bits === "number" && typeof rows === "number" && bits !== rows) {
      fail({
        code: "shape.inner",
        where: "input E",
        message: "has one vector for each bit of z",
        expected: `[${bits}, width]`,
        got: `[${e!.dims.join(", ")}]`,
      });
    }
    return [{ dtype: z!.dtype, dims: withFeatures(z!.dims, axis, width!) }];
  },
  run: ([z, e], { axis, strict }) => [run(z!, e!, axis, strict)],
  // ∂L/∂zᵢ = ⟨Eᵢ, do⟩, ∂L/∂Eᵢ = Σ zᵢ·do over samples
  gradient: (g, [z, e], [dy], { axis }) => {
    const rows = asRows(g, dy!, axis);
    const dz = fromRows(g, g.matmul(e!, rows), z!, axis);
    return [dz, g.matmul(asRows(g, z!, axis), g.transpose(rows, [1, 0]))];
  },
  body: (g, [z, e], { axis }) => [
    axis === -1 ? g.matmul(z!, e!) : fromRows(g, g.matmul(g.transpose(e!, [1, 0]), asRows(g, z!, axis)), z!, axis),
  ],
  work: (inputs, outputs) => streaming(inputs, outputs, { accumulate: sizeOf(inputs[0]!.dims) * inputs[1]!.dims[1]! }),
  examples: [
    {
      name: "two samples",
      inputs: [f32([2, 3], [1, 0, 1, 0, 1, 1]), e],
      attributes: { strict: true },
      expected: [f32([2, 2], [-0.25, 0, -0.5, 3])],
      // In a strict place only bits may be fed: a moved bit is none.
      gradientOf: [1],
    },
    {
      name: "bits first",
      inputs: [f32([3, 1], [1, 1, 1]), e],
      attributes: { axis: 0 },
      expected: [f32([2, 1], [0, 2])],
    },
    { name: "tokens", inputs: [f32([1, 2, 3], [1, 0, 1, 0, 0, 0]), e], expected: [f32([1, 2, 2], [-0.25, 0, 0, 0])] },
  ],
});
