/**
 * @file femto.LearnedMapping: which feature each slot of a LUT layer reads is learned by scores (DWN, arXiv 2410.11112;
 * QuWeiT sheet M4). Slot q puts out the feature of its greatest score.
 *
 * Scores are [slots, features], or, with candidates [groups, C] that name C features for each run of slots/groups slots,
 * [slots, C]: the whole matrix has a score for each feature and slot, 12 million for a small MNIST network.
 *
 * Gradients (M4): ∂L/∂S = dy·(2x − 1)ᵀ, bits read as ±1; ∂L/∂x = softmax(S/τ)ᵀ·dy, nearly the argmax at τ = 0.001.
 */

import { fail } from "../base/errors.ts";
import { f32, integers, numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { float } from "./attributes.ts";
import { featureAxis, featureIndex, rowsIn, withFeatures } from "./feature-axis.ts";
import { type MappingAttributes, mappingGradient, takeBest } from "./learned-mapping-graph.ts";
import { fromNumbers } from "./loops.ts";
import { checkIndices } from "./lut-tables.ts";
import { type Known, operator } from "./operator.ts";
import { checkRank } from "./shapes.ts";
import { streaming } from "./work.ts";

/** Slots, from types alone. @throws FemtoError `shape.scores`, `shape.candidates` */
function slotsOf(x: Known, scores: Known, candidates: Known | undefined, axis: number) {
  checkRank(scores, 2, "scores");
  const [slots, width] = scores.dims ?? [];
  const features = x.dims?.[featureIndex(axis, x.dims.length)];
  const wanted = candidates === undefined ? features : candidates.dims?.[1];
  if (typeof width === "number" && typeof wanted === "number" && width !== wanted) {
    fail({
      code: "shape.scores",
      where: "input scores",
      message: `scores stand for ${candidates === undefined ? "the features" : "the candidates"} of each slot`,
      expected: `[slots, ${wanted}]`,
      got: `[${scores.dims!.join(", ")}]`,
    });
  }
  const groups = candidates?.dims?.[0];
  if (typeof groups === "number" && typeof slots === "number" && (groups < 1 || slots % groups !== 0)) {
    fail({
      code: "shape.candidates",
      where: "input candidates",
      message: "the groups do not divide the slots",
      expected: `a divisor of ${slots}`,
      got: `${groups} groups`,
    });
  }
  return slots;
}

function run([x, scores, candidates]: readonly Tensor[], { axis }: MappingAttributes): Tensor {
  const from = rowsIn(x!.dims, axis);
  const [slots, width] = scores!.dims as [number, number];
  const [values, s] = [numbers(x!), numbers(scores!)];
  const named = candidates && integers(candidates);
  if (named !== undefined) checkIndices(named, from.features, "candidates");
  const run = candidates === undefined ? slots : slots / candidates.dims[0]!;
  const dims = withFeatures(x!.dims, axis, slots) as number[];
  const to = rowsIn(dims, axis);
  const out = new Float64Array(sizeOf(dims));
  for (let q = 0; q < slots; q++) {
    let best = 0;
    for (let c = 1; c < width; c++) if (s[q * width + c]! > s[q * width + best]!) best = c;
    const feature = named === undefined ? best : named[Math.floor(q / run) * width + best]!;
    for (let m = 0; m < from.samples; m++) out[to.at(q, m)] = values[from.at(feature, m)]!;
  }
  return fromNumbers(x!.dtype, dims, out);
}

const bits = f32([2, 3], [0, 1, 1, 1, 0, 0]);
const scores = f32([4, 3], [0.9, 0.1, 0.2, 0.3, 0.8, 0.1, 0.4, 0.2, 0.7, 0.6, 0.5, 0.1]);
const some = f32([4, 2], [0.9, 0.1, 0.3, 0.8, 0.4, 0.2, 0.6, 0.7]);

export const LearnedMapping = operator("LearnedMapping", {
  domain: "femto",
  since: 1,
  arity: [2, 3],
  attributes: { axis: featureAxis, temperature: float(0.001) },
  shape: ([x, scores, candidates], { axis }) => {
    const slots = slotsOf(x!, scores!, candidates, axis);
    const features = x!.dims?.[featureIndex(axis, x!.dims.length)];
    const named = candidates?.constant;
    if (named !== undefined && typeof features === "number") checkIndices(integers(named), features, "candidates");
    if (x!.dims === undefined || slots === undefined) return [{ dtype: x!.dtype, dims: undefined }];
    return [{ dtype: x!.dtype, dims: withFeatures(x!.dims, axis, slots) }];
  },
  run: (inputs, at) => [run(inputs, at)],
  gradient: (g, inputs, [dy], at) => mappingGradient(g, inputs as readonly Value[], dy!, at),
  body: (g, inputs, at) => [takeBest(g, inputs, at)],
  // Finding the greatest of C scores is C − 1 comparisons for each slot; after training none are left, only wires.
  work: (inputs, outputs) => {
    const [slots, width] = inputs[1]!.dims as [number, number];
    return streaming(inputs, outputs, { compare: slots * (width - 1) });
  },
  tolerance: 0,
  examples: [
    {
      name: "scores for every feature",
      inputs: [bits, scores],
      expected: [f32([2, 4], [0, 1, 1, 0, 1, 0, 0, 1])],
      // With scores 0.1 apart the softmax is the argmax to machine precision; the gradient of scores is a surrogate.
      gradientOf: [0],
    },
    {
      name: "two candidates for each half of the slots",
      inputs: [bits, some, tensor("int64", [2, 2], [2, 0, 1, 2])],
      constant: [2],
      expected: [f32([2, 4], [1, 0, 1, 1, 0, 1, 0, 0])],
      gradientOf: [0],
    },
    {
      name: "candidates of each slot, features first",
      inputs: [f32([3, 2], [0, 1, 1, 0, 1, 0]), some, tensor("int64", [4, 2], [2, 0, 1, 2, 0, 1, 1, 0])],
      attributes: { axis: 0 },
      constant: [2],
      expected: [f32([4, 2], [1, 0, 1, 0, 0, 1, 0, 1])],
      gradientOf: [0],
    },
  ],
});
