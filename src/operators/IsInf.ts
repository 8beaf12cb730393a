/** @file IsInf: which elements are infinite. ONNX IsInf-20. */

import { f32, tensor } from "../base/tensor.ts";
import { flag } from "./attributes.ts";
import { none } from "./operator.ts";
import { unary } from "./unary.ts";

const x = f32([4], [1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);

export const IsInf = unary("IsInf", {
  since: 10,
  attributes: { detect_negative: flag(true), detect_positive: flag(true) },
  result: "bool",
  f: (value, at) =>
    Number(
      (at.detect_positive && value === Number.POSITIVE_INFINITY) ||
        (at.detect_negative && value === Number.NEGATIVE_INFINITY),
    ),
  gradient: none("makes booleans"),
  ops: { compare: 2 },
  tolerance: 0,
  examples: [
    { name: "both signs", inputs: [x], expected: [tensor("bool", [4], [0, 0, 1, 1])] },
    {
      name: "positive only",
      inputs: [x],
      attributes: { detect_negative: false },
      expected: [tensor("bool", [4], [0, 0, 1, 0])],
    },
    {
      name: "negative only",
      inputs: [x],
      attributes: { detect_positive: false },
      expected: [tensor("bool", [4], [0, 0, 0, 1])],
    },
  ],
});
