/** @file QLinearConv: the convolution of 8-bit quantized tensors, quantized again; scales of w may run by output channel. ONNX QLinearConv-10. */

import { sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { addBias, convAttributes, convDims, convolve, convWindow, convWork, withBias } from "./convolution.ts";
import { none, operator } from "./operator.ts";
import { combinedScales, requantize, withoutZeroPoint } from "./zero-point.ts";

const f32 = (value: number): Tensor => tensor("float32", [], [value]);

export const QLinearConv = operator("QLinearConv", {
  since: 10,
  arity: [8, 9],
  attributes: convAttributes,
  // x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, B
  shape: ([x, , , w, , , , zero], at) => [{ dtype: zero.dtype, dims: convDims(x, w, at) }],
  run: ([x, xScale, xZero, w, wScale, wZero, yScale, yZero, bias], at, context) => {
    const { dims, values, macs } = convolve(
      { dims: x.dims, values: withoutZeroPoint(x, xZero, 1) },
      { dims: w.dims, values: withoutZeroPoint(w, wZero, 0) },
      at.group,
      convWindow(at, x.dims, w.dims),
    );
    context.tally.mac += macs;
    addBias(values, dims, bias);
    const scales = combinedScales(xScale, wScale, yScale);
    const plane = sizeOf(dims.slice(2));
    return [requantize(values, dims, yZero, (i) => scales[Math.floor(i / plane) % scales.length]!)];
  },
  gradient: none("integers; train with QuantizeLinear and DequantizeLinear"),
  work: ([x, , , w, , , , , bias], [y], at) => {
    const sum = withBias(convWork(x!, w!, y!, at, { x: 0, w: 3 }), bias, y!, w!.dims[0]! / at.group, 8);
    const size = sizeOf(y!.dims);
    return {
      ...sum,
      ops: [...sum.ops, { op: "multiply", count: size }, { op: "round", count: size }, { op: "add", count: size }],
    };
  },
  tolerance: 0,
  examples: [
    {
      name: "a scale for each output channel, bias, padding",
      inputs: [
        tensor("uint8", [1, 1, 2, 2], [130, 126, 128, 138]),
        f32(0.5),
        tensor("uint8", [], [128]),
        tensor("int8", [2, 1, 2, 2], [1, 2, 3, 4, -1, 0, 0, 2]),
        tensor("float32", [2], [1, 2]),
        tensor("int8", [2], [0, 0]),
        f32(1),
        tensor("uint8", [], [10]),
        tensor("int32", [2], [1, -3]),
      ],
      attributes: { pads: [0, 0, 1, 1] },
      // x − 128 is 2 −2 / 0 10: sums with bias 39 29 / 21 11 (· ½, ties to even) and 15 −1 / −3 −13, plus 10, saturated
      expected: [tensor("uint8", [1, 2, 2, 2], [30, 24, 20, 16, 25, 9, 7, 0])],
    },
  ],
});
