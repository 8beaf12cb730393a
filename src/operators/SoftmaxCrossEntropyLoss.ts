/** @file SoftmaxCrossEntropyLoss: −w[label]·log softmax(scores)[label], with weights, an ignored label and reductions. ONNX SoftmaxCrossEntropyLoss-13. */

import { f32, i64, sizeOf, type Tensor } from "../base/tensor.ts";
import { classLoss, classLossAttributes, classLossDims, classLossGradient } from "./class-loss.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { softmaxOf } from "./softmax-rule.ts";
import { streaming } from "./work.ts";

export const SoftmaxCrossEntropyLoss = operator("SoftmaxCrossEntropyLoss", {
  since: 13,
  arity: [2, 3],
  outputs: 2,
  attributes: classLossAttributes,
  shape: ([x, labels, weights], at) => [
    { dtype: x.dtype, dims: classLossDims(x, labels, weights, at) },
    { dtype: x.dtype, dims: x.dims },
  ],
  run: ([x, labels, weights]: readonly (Tensor | undefined)[], at) => {
    const logs = softmaxOf(doubles(x!), x!.dims, 1, true);
    const dims = at.reduction === "none" ? labels!.dims : [];
    const loss = fromNumbers(x!.dtype, dims, classLoss(logs, x!.dims, labels!, weights, at));
    return [loss, fromNumbers(x!.dtype, x!.dims, logs)];
  },
  // With z = log softmax(x): dx = dz − softmax(x)·Σ dz, where dz is that of the class loss plus that of the output z
  gradient: (g, [x, labels, weights], [dLoss, dLogs], at, [loss, logs]) => {
    const z = logs ?? g.op("LogSoftmax", [x], { axis: 1 });
    const parts = dLoss && classLossGradient(g, { x: z, labels, weights, loss: loss!, dLoss }, at);
    const both = [parts?.dx, dLogs].filter((value) => value !== undefined);
    const dz = both.length === 2 ? g.add(both[0]!, both[1]!) : both[0]!;
    return [g.sub(dz, g.mul(g.op("Exp", [z]), g.sum(dz, [1], true))), undefined, weights && parts?.dWeights];
  },
  work: (inputs, outputs, at) => {
    const scores = sizeOf(inputs[0]!.dims);
    const labels = sizeOf(inputs[1]!.dims);
    const reduced = at.reduction === "none" ? 0 : labels;
    return streaming(inputs, outputs, {
      compare: scores,
      exponential: scores,
      add: 2 * scores + reduced,
      logarithm: labels,
      tableRead: labels,
      multiply: inputs[2] === undefined ? 0 : labels,
      divide: at.reduction === "mean" ? 1 : 0,
    });
  },
  examples: [
    {
      name: "mean, with the log-probabilities",
      inputs: [f32([2, 2], [0, Math.log(3), 1, 1]), i64([0, 1])],
      expected: [
        f32([], [(Math.log(4) + Math.LN2) / 2]),
        f32([2, 2], [-Math.log(4), Math.log(0.75), -Math.LN2, -Math.LN2]),
      ],
    },
    {
      name: "weights and an ignored label, mean",
      inputs: [f32([3, 2], [0, Math.log(3), 1, 1, 2, -5]), i64([0, 1, -100]), f32([2], [1, 3])],
      attributes: { ignore_index: -100 },
      expected: [f32([], [(Math.log(4) + 3 * Math.LN2) / 4])],
    },
    {
      name: "no reduction, two more axes, an ignored class",
      inputs: [
        f32([1, 3, 2, 1], [0.5, -1, 2, 0.25, 1, 3]),
        { dtype: "int32", dims: [1, 2, 1], data: Int32Array.of(1, 2) },
        f32([3], [0.5, 2, 1.5]),
      ],
      attributes: { reduction: "none", ignore_index: 2 },
    },
    {
      name: "sum",
      inputs: [f32([2, 3], [0.5, -1, 2, 0.25, 1, 3]), i64([1, 2])],
      attributes: { reduction: "sum" },
    },
  ],
});
