/**
 * @file QuantizeLinear: y = saturate(round(x / scale) + zero point), rounding half to even, with a scale for the tensor,
 * for each index of an axis, or for each block along it. ONNX QuantizeLinear-25.
 */

import { allocate, type DType, integerRange, isInteger } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { floatToBits, roundHalfEven, type SoftFloat } from "../base/soft-float.ts";
import { f32, numbers, scalar, type Tensor, tensor } from "../base/tensor.ts";
import { elementType, flag, int } from "./attributes.ts";
import { checkTypes } from "./element-types.ts";
import { none, operator } from "./operator.ts";
import { checkZeroPoint, grainOf, roundingTo, scaleIndices } from "./quantisation.ts";
import { elementwise } from "./work.ts";

/** What turns a quotient and a zero point into a code. */
function encoder(to: DType, saturate: boolean): (quotient: number, zero: number) => number {
  if (!isInteger(to)) return (quotient, zero) => floatToBits(to as SoftFloat, quotient + zero, saturate);
  const { min, max } = integerRange(to);
  const [low, high] = [Number(min), Number(max)];
  // What is not a number becomes the least code, as in ONNX Runtime.
  return (quotient, zero) =>
    Number.isNaN(quotient) ? low : Math.min(high, Math.max(low, roundHalfEven(quotient) + zero));
}

const row = f32([2, 3], [-1.5, 0.24, 2.5, 100, -0.5, 7]);

export const QuantizeLinear = operator("QuantizeLinear", {
  since: 13,
  arity: [2, 3],
  attributes: {
    axis: int(1),
    saturate: flag(true),
    block_size: int(0),
    output_dtype: elementType(),
    precision: elementType(),
  },
  shape: ([x, scale, zero], at) => {
    checkTypes([x, scale], "number");
    if (zero !== undefined && at.output_dtype !== undefined && zero.dtype !== at.output_dtype) {
      fail({
        code: "shape.dtype",
        where: "attribute output_dtype",
        message: "contradicts the zero point",
        expected: zero.dtype,
        got: at.output_dtype,
      });
    }
    if (x!.dims !== undefined && scale!.dims !== undefined) grainOf(x!.dims, scale!.dims, at);
    checkZeroPoint(scale!, zero);
    return [{ dtype: zero?.dtype ?? at.output_dtype ?? "uint8", dims: x!.dims }];
  },
  run: ([x, scale, zero], at): Tensor[] => {
    const to = zero?.dtype ?? at.output_dtype ?? "uint8";
    const round = roundingTo(at.precision ?? scale!.dtype);
    const encode = encoder(to, at.saturate);
    const index = scaleIndices(x!.dims, scale!.dims, at);
    const [values, scales] = [numbers(x!), numbers(scale!)];
    const zeros = zero === undefined ? new Float64Array(scales.length) : numbers(zero);
    const codes = allocate(to, values.length) as Uint8Array<ArrayBuffer>;
    for (let i = 0; i < codes.length; i++) {
      const k = index[i]!;
      codes[i] = encode(round(round(values[i]!) / round(scales[k]!)), zeros[k]!);
    }
    return [{ dtype: to, dims: x!.dims, data: codes }];
  },
  // Training puts operators with a straight-through gradient (femto.FakeQuant, Quant) in its place.
  gradient: none("piecewise constant"),
  work: elementwise({ divide: 1, round: 1, add: 1, compare: 2 }),
  tolerance: 0,
  examples: [
    {
      name: "uint8 by default, ties to even",
      inputs: [f32([7], [0, 1, 3, 5, -2, 511, 1000]), scalar("float32", 2)],
      expected: [tensor("uint8", [7], [0, 0, 2, 2, 0, 255, 255])],
    },
    {
      name: "int8 with a zero point",
      inputs: [row, scalar("float32", 0.5), scalar("int8", -3)],
      expected: [tensor("int8", [2, 3], [-6, -3, 2, 127, -4, 11])],
    },
    {
      name: "a scale for each column, negative axis",
      inputs: [row, f32([3], [0.5, 0.25, 4]), tensor("uint8", [3], [10, 0, 128])],
      attributes: { axis: -1 },
      expected: [tensor("uint8", [2, 3], [7, 1, 129, 210, 0, 130])],
    },
    {
      name: "a scale for each row",
      inputs: [row, f32([2], [0.5, 2])],
      attributes: { axis: 0, output_dtype: "int16" },
      expected: [tensor("int16", [2, 3], [-3, 0, 5, 50, 0, 4])],
    },
    {
      name: "blocks of two, the last one short",
      inputs: [row, f32([2, 2], [0.5, 1, 2, 4]), tensor("int8", [2, 2], [0, 1, 2, 3])],
      attributes: { axis: 1, block_size: 2 },
      expected: [tensor("int8", [2, 3], [-3, 0, 3, 52, 2, 5])],
    },
    {
      name: "int4 saturates",
      inputs: [row, scalar("float32", 0.5)],
      attributes: { output_dtype: "int4" },
      expected: [tensor("int4", [2, 3], [-3, 0, 5, 7, -1, 7])],
      notInRuntime: "its JavaScript interface does not hand out 4-bit tensors",
    },
    {
      name: "uint2 saturates",
      inputs: [row, scalar("float32", 0.5), scalar("uint2", 1)],
      expected: [tensor("uint2", [2, 3], [0, 1, 3, 3, 0, 3])],
      notInRuntime: "its JavaScript interface does not hand out 2-bit tensors",
    },
    {
      name: "float8",
      inputs: [row, scalar("float32", 0.125), scalar("float8e4m3fn", 0)],
      expected: [tensor("float8e4m3fn", [2, 3], [-12, 1.875, 20, 448, -4, 56])],
      notInRuntime: "its JavaScript interface does not hand out float8 tensors",
    },
    {
      name: "divides in the precision that is stated",
      inputs: [f32([2], [1.0009, 3]), scalar("float32", 1e-4)],
      attributes: { precision: "float16", output_dtype: "uint16" },
      // In float16: 1.0009 is 1 + 2^-10, 1e-4 is 839·2^-23; both quotients round to a multiple of 8 or 16.
      expected: [tensor("uint16", [2], [10008, 30000])],
      notInRuntime: "it divides in float32 all the same",
    },
  ],
});
