/** @file LogSoftmax: x − log Σ exp(x) along an axis. ONNX LogSoftmax-13. */

import { f32 } from "../base/tensor.ts";
import { operator } from "./operator.ts";
import { softmaxLike } from "./softmax-rule.ts";

export const LogSoftmax = operator(
  "LogSoftmax",
  softmaxLike({
    isLog: true,
    // dx = dy − exp(y)·Σ dy
    gradient: (g, _inputs, [dy], { axis }, [y]) => [g.sub(dy!, g.mul(g.op("Exp", [y]), g.sum(dy!, [axis], true)))],
    examples: [
      {
        name: "last axis",
        inputs: [f32([2, 3], [0, Math.log(2), Math.log(5), 1, 1, 1])],
        expected: [
          f32([2, 3], [-Math.log(8), -Math.log(4), Math.log(5 / 8), -Math.log(3), -Math.log(3), -Math.log(3)]),
        ],
      },
      {
        name: "first axis, numbers whose exponentials overflow",
        inputs: [f32([2, 2], [1000, -1000, 1000, -990])],
        attributes: { axis: 0 },
        expected: [f32([2, 2], [-Math.LN2, -10.0000454, -Math.LN2, -0.0000453989])],
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
