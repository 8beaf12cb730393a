/** @file NegativeLogLikelihoodLoss: −w[label]·x[label] of log-probabilities, with weights, an ignored label and reductions. ONNX NegativeLogLikelihoodLoss-13. */

import { f32, i64, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { classLoss, classLossAttributes, classLossDims, classLossGradient } from "./class-loss.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { streaming } from "./work.ts";

export const NegativeLogLikelihoodLoss = operator("NegativeLogLikelihoodLoss", {
  since: 13,
  arity: [2, 3],
  attributes: classLossAttributes,
  shape: ([x, labels, weights], at) => [{ dtype: x.dtype, dims: classLossDims(x, labels, weights, at) }],
  run: ([x, labels, weights]: readonly (Tensor | undefined)[], at) => {
    const dims = at.reduction === "none" ? labels!.dims : [];
    return [fromNumbers(x!.dtype, dims, classLoss(doubles(x!), x!.dims, labels!, weights, at))];
  },
  // See classLossGradient
  gradient: (g, [x, labels, weights], [dLoss], at, [loss]) => {
    const { dx, dWeights } = classLossGradient(g, { x, labels, weights, loss: loss!, dLoss }, at);
    return [dx, undefined, weights && dWeights];
  },
  work: (inputs, outputs, at) => {
    const labels = sizeOf(inputs[1]!.dims);
    const sum = at.reduction === "none" ? {} : { add: 2 * labels, divide: at.reduction === "mean" ? 1 : 0 };
    return streaming(inputs, outputs, { tableRead: labels, multiply: inputs[2] === undefined ? 0 : labels, ...sum });
  },
  examples: [
    {
      name: "mean",
      inputs: [f32([2, 3], [-1, -2, -4, -0.5, -3, -1.5]), i64([2, 0])],
      expected: [f32([], [2.25])],
    },
    {
      name: "weights, mean",
      inputs: [f32([2, 3], [-1, -2, -4, -0.5, -3, -1.5]), i64([2, 0]), f32([3], [1, 2, 3])],
      // (3·4 + 1·0.5) / (3 + 1)
      expected: [f32([], [3.125])],
    },
    {
      name: "an ignored class, no reduction, one more axis",
      inputs: [f32([1, 2, 3], [-1, -2, -3, -4, -5, -6]), tensor("int64", [1, 3], [0, 1, 1]), f32([2], [0.5, 2])],
      attributes: { reduction: "none", ignore_index: 0 },
      expected: [f32([1, 3], [0, 10, 12])],
    },
    {
      name: "an ignored label outside the classes, sum",
      inputs: [f32([3, 2], [-1, -2, -3, -4, -5, -6]), i64([1, -1, 0]), f32([2], [0.5, 2])],
      attributes: { reduction: "sum", ignore_index: -1 },
      expected: [f32([], [6.5])],
    },
  ],
});
