/**
 * @file DynamicQuantizeLinear: quantises to uint8 on the range of the data itself, widened to hold zero; gives codes,
 * scale and zero point. ONNX DynamicQuantizeLinear-11.
 */

import { roundHalfEven } from "../base/soft-float.ts";
import { f32, numbers, scalar, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { checkTypes } from "./element-types.ts";
import { none, operator } from "./operator.ts";
import { streaming } from "./work.ts";

function run(x: Tensor): Tensor[] {
  const values = numbers(x);
  let [low, high] = [0, 0];
  for (const v of values) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  // Where all is zero the formula says 0/0; ONNX Runtime takes a scale of 1.
  const scale = low === high ? 1 : Math.fround(Math.fround(high - low) / 255);
  const clip = (v: number) => Math.min(255, Math.max(0, v));
  const zero = roundHalfEven(clip(-Math.fround(low / scale)));
  const codes = Uint8Array.from(values, (v) => clip(roundHalfEven(Math.fround(v / scale)) + zero));
  return [{ dtype: "uint8", dims: x.dims, data: codes }, scalar("float32", scale), scalar("uint8", zero)];
}

export const DynamicQuantizeLinear = operator("DynamicQuantizeLinear", {
  since: 11,
  arity: [1, 1],
  outputs: 3,
  attributes: {},
  shape: ([x]) => {
    checkTypes([x], "float");
    return [
      { dtype: "uint8", dims: x!.dims },
      { dtype: "float32", dims: [] },
      { dtype: "uint8", dims: [] },
    ];
  },
  run: ([x]) => run(x!),
  gradient: none("piecewise constant"),
  work: (inputs, outputs) => {
    const size = sizeOf(outputs[0]!.dims);
    return streaming(inputs, outputs, { compare: 4 * size, divide: size + 2, round: size + 1, add: size + 1 });
  },
  tolerance: 0,
  examples: [
    {
      name: "both signs",
      inputs: [f32([6], [0, 2, -3, -2.5, 1.34, 0.5])],
      expected: [
        tensor("uint8", [6], [153, 255, 0, 26, 221, 179]),
        scalar("float32", 0.0196078438311815),
        scalar("uint8", 153),
      ],
    },
    {
      name: "positive: the range starts at zero",
      inputs: [f32([2, 3], [1, 2.1, 1.3, 2.5, 3.34, 4])],
      expected: [
        tensor("uint8", [2, 3], [64, 134, 83, 159, 213, 255]),
        scalar("float32", 0.01568627543747425),
        scalar("uint8", 0),
      ],
    },
    {
      name: "zeros",
      inputs: [f32([2], [0, 0])],
      expected: [tensor("uint8", [2], [0, 0]), scalar("float32", 1), scalar("uint8", 0)],
    },
  ],
});
