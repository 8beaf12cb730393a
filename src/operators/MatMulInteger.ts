/** @file MatMulInteger: (A − a_zero_point) · (B − b_zero_point) of 8-bit integers into int32. ONNX MatMulInteger-10. */

import { type Tensor, tensor } from "../base/tensor.ts";
import { fromNumbers } from "./loops.ts";
import { multiplyStacks, productDims, productWork } from "./matrix.ts";
import { none, operator } from "./operator.ts";
import { withoutZeroPoint } from "./zero-point.ts";

export const MatMulInteger = operator("MatMulInteger", {
  since: 10,
  arity: [2, 4],
  attributes: {},
  shape: ([a, b]) => [{ dtype: "int32", dims: productDims(a, b) }],
  run: ([a, b, aZero, bZero]: readonly (Tensor | undefined)[], _at, context) => {
    const { dims, values, macs } = multiplyStacks(
      // One zero point for everything, or one for each row of A and each column of B
      { dims: a!.dims, values: withoutZeroPoint(a!, aZero, Math.max(0, a!.dims.length - 2)) },
      { dims: b!.dims, values: withoutZeroPoint(b!, bZero, b!.dims.length - 1) },
    );
    context.tally.mac += macs;
    return [fromNumbers("int32", dims, values)];
  },
  gradient: none("integers"),
  work: ([a, b], [y]) => productWork(a, b, y),
  tolerance: 0,
  examples: [
    {
      name: "uint8 with a zero point each",
      inputs: [
        tensor("uint8", [2, 3], [11, 7, 3, 10, 6, 2]),
        tensor("uint8", [3, 2], [1, 4, 2, 5, 3, 6]),
        tensor("uint8", [], [12]),
        tensor("uint8", [], [0]),
      ],
      // rows (−1 −5 −9) and (−2 −6 −10)
      expected: [tensor("int32", [2, 2], [-38, -83, -44, -98])],
    },
    {
      name: "uint8 times int8, a zero point for each column",
      inputs: [
        tensor("uint8", [1, 2], [3, 250]),
        tensor("int8", [2, 2], [1, -128, 127, 5]),
        tensor("uint8", [], [128]),
        tensor("int8", [2], [2, -3]),
      ],
      // (−125 122) · (−1 125, −125 8)ᵀ
      expected: [tensor("int32", [1, 2], [15375, 16601])],
    },
    {
      name: "no zero points, a stack",
      inputs: [tensor("uint8", [2, 1, 2], [1, 2, 3, 255]), tensor("uint8", [2, 1], [255, 1])],
      expected: [tensor("int32", [2, 1, 1], [257, 1020])],
    },
  ],
});
