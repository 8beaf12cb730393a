/** @file Softmax: exp(x) / Σ exp(x) along an axis. ONNX Softmax-13. */

import { f32 } from "../base/tensor.ts";
import { operator } from "./operator.ts";
import { softmaxLike } from "./softmax-rule.ts";

export const Softmax = operator(
  "Softmax",
  softmaxLike({
    isLog: false,
    // dx = y·(dy − Σ dy·y)
    gradient: (g, _inputs, [dy], { axis }, [y]) => [g.mul(y!, g.sub(dy!, g.sum(g.mul(dy!, y!), [axis], true)))],
    examples: [
      {
        name: "last axis",
        inputs: [f32([2, 3], [0, Math.log(2), Math.log(5), 1, 1, 1])],
        expected: [f32([2, 3], [1 / 8, 2 / 8, 5 / 8, 1 / 3, 1 / 3, 1 / 3])],
      },
      {
        name: "first axis of three, large numbers",
        inputs: [f32([2, 1, 2], [1000, -1000, 1000 + Math.log(3), -1000])],
        attributes: { axis: 0 },
        expected: [f32([2, 1, 2], [0.25, 0.5, 0.75, 0.5])],
        gradientOf: [],
      },
      {
        name: "middle axis, counted from the end",
        inputs: [f32([2, 3, 2], [0.3, -1.2, 0.7, 0.1, -0.4, 2.1, 1.5, -0.6, 0.2, 0.9, -1.1, 0.4])],
        attributes: { axis: -2 },
      },
    ],
  }),
);
