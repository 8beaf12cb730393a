/** @file QLinearMatMul: the product of two 8-bit quantized tensors, quantized again. ONNX QLinearMatMul-10. */

import { sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { multiplyStacks, productDims, productWork } from "./matrix.ts";
import { none, operator } from "./operator.ts";
import { combinedScales, requantize, withoutZeroPoint } from "./zero-point.ts";

const f32 = (value: number): Tensor => tensor("float32", [], [value]);

export const QLinearMatMul = operator("QLinearMatMul", {
  since: 10,
  arity: [8, 8],
  attributes: {},
  // a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point
  shape: ([a, , , b, , , , zero]) => [{ dtype: zero.dtype, dims: productDims(a, b) }],
  run: ([a, aScale, aZero, b, bScale, bZero, yScale, yZero], _at, context) => {
    const { dims, values, macs } = multiplyStacks(
      { dims: a.dims, values: withoutZeroPoint(a, aZero, Math.max(0, a.dims.length - 2)) },
      { dims: b.dims, values: withoutZeroPoint(b, bZero, b.dims.length - 1) },
    );
    context.tally.mac += macs;
    // One scale, or one for each column of b
    const scales = combinedScales(aScale, bScale, yScale);
    return [requantize(values, dims, yZero, (i) => scales[i % scales.length]!)];
  },
  gradient: none("integers; train with QuantizeLinear and DequantizeLinear"),
  work: ([a, , , b], [y]) => {
    const product = productWork(a!, b!, y!);
    const size = sizeOf(y!.dims);
    return {
      ...product,
      ops: [...product.ops, { op: "multiply", count: size }, { op: "round", count: size }, { op: "add", count: size }],
      access: product.access.map((entry) =>
        "input" in entry.tensor && entry.tensor.input === 1 ? { ...entry, tensor: { input: 3 } } : entry,
      ),
    };
  },
  tolerance: 0,
  examples: [
    {
      name: "uint8 codes",
      inputs: [
        tensor("uint8", [2, 4], [208, 236, 0, 238, 3, 214, 255, 29]),
        f32(0.0066),
        tensor("uint8", [], [113]),
        tensor("uint8", [4, 3], [152, 51, 244, 60, 26, 255, 0, 127, 246, 127, 254, 247]),
        f32(0.00705),
        tensor("uint8", [], [114]),
        f32(0.0107),
        tensor("uint8", [], [118]),
      ],
      // the example of the ONNX specification
      expected: [tensor("uint8", [2, 3], [168, 115, 255, 1, 66, 151])],
    },
    {
      name: "int8, a scale for each column, ties to even, saturation",
      inputs: [
        tensor("int8", [1, 2], [1, 2]),
        f32(0.5),
        tensor("int8", [], [0]),
        tensor("int8", [2, 3], [3, 1, 100, 1, 1, 100]),
        tensor("float32", [3], [1, 1, 2]),
        tensor("int8", [3], [0, 0, 0]),
        f32(1),
        tensor("int8", [], [-2]),
      ],
      // 5/2 → 2, 3/2 → 2, 300 → 127
      expected: [tensor("int8", [1, 3], [0, 0, 127])],
    },
  ],
});
