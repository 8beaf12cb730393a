/**
 * @file DequantizeLinear: y = (x − zero point) · scale, with a scale for the tensor, for each index of an axis, or for
 * each block along it. ONNX DequantizeLinear-25.
 */

import { fail } from "../base/errors.ts";
import { f32, numbers, scalar, sizeOf, tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { elementType, int } from "./attributes.ts";
import { checkTypes } from "./element-types.ts";
import { dimsOf, dtypeOf, type Emit } from "./emit.ts";
import { filledLike } from "./fill.ts";
import { fromNumbers } from "./loops.ts";
import { operator } from "./operator.ts";
import { checkZeroPoint, type Granularity, grainOf, roundingTo, scaleIndices } from "./quantisation.ts";
import { axisIndex, sameTypes } from "./shapes.ts";
import { streaming } from "./work.ts";

/** Sums a value of the shape of x over the elements that share a scale. */
function sumToScale(g: Emit, value: Value, scale: Value, at: Granularity): Value {
  const dims = dimsOf(value);
  const grain = grainOf(dims, dimsOf(scale), at);
  const all = dims.map((_, i) => i);
  if (grain === "tensor") return g.reshape(g.sum(value, all), dimsOf(scale));
  const axis = axisIndex(at.axis, dims.length);
  if (grain === "axis")
    return g.sum(
      value,
      all.filter((i) => i !== axis),
    );
  const [size, blocks] = [dims[axis]!, dimsOf(scale)[axis]!];
  if (typeof size === "string" || typeof blocks === "string") {
    fail({
      code: "gradient.dynamic",
      message: "the axis along which scales hold for blocks must be known before the graph runs",
      got: `${size} elements, ${blocks} blocks`,
      hint: "bind the symbolic dimensions before asking for gradients",
    });
  }
  const missing = blocks * at.block_size - size;
  const pads = [...all.map(() => 0), ...all.map((i) => (i === axis ? missing : 0))];
  const whole = missing === 0 ? value : g.op("Pad", [value, g.ints(pads)]);
  const split = [...dims.slice(0, axis), blocks, at.block_size, ...dims.slice(axis + 1)];
  return g.sum(g.reshape(whole, split), [axis + 1]);
}

const codes = tensor("int8", [2, 3], [-128, -3, 0, 5, 100, 127]);

export const DequantizeLinear = operator("DequantizeLinear", {
  since: 13,
  arity: [2, 3],
  attributes: { axis: int(1), block_size: int(0), output_dtype: elementType() },
  shape: ([x, scale, zero], at) => {
    checkTypes([x], "number");
    checkTypes([scale], "float");
    sameTypes(x, zero);
    if (x!.dims !== undefined && scale!.dims !== undefined) grainOf(x!.dims, scale!.dims, at);
    checkZeroPoint(scale!, zero);
    return [{ dtype: at.output_dtype ?? scale!.dtype, dims: x!.dims }];
  },
  run: ([x, scale, zero], at) => {
    const to = at.output_dtype ?? scale!.dtype;
    const round = roundingTo(to);
    const index = scaleIndices(x!.dims, scale!.dims, at);
    const [values, scales] = [numbers(x!), numbers(scale!)];
    const zeros = zero === undefined ? new Float64Array(scales.length) : numbers(zero);
    const out = new Float64Array(values.length);
    for (let i = 0; i < out.length; i++) {
      const k = index[i]!;
      out[i] = round(round(values[i]! - zeros[k]!) * scales[k]!);
    }
    return [fromNumbers(to, x!.dims, out)];
  },
  // ∂L/∂scale = Σ dy · (x − zero point) over the elements that share a scale; codes get no gradient.
  gradient: (g, [x, scale, zero], [dy], { axis, block_size }) => {
    const offset = g.op("DequantizeLinear", [x, filledLike(g, scale!, 1), zero], { axis, block_size });
    return [undefined, sumToScale(g, g.mul(g.cast(dy!, dtypeOf(scale!)), offset), scale!, { axis, block_size })];
  },
  work: (inputs, outputs) => {
    const size = sizeOf(outputs[0]!.dims);
    return streaming(inputs, outputs, { multiply: size, ...(inputs[2] !== undefined && { add: size }) });
  },
  tolerance: 0,
  examples: [
    {
      name: "one scale and zero point",
      inputs: [codes, scalar("float32", 0.5), scalar("int8", -3)],
      expected: [f32([2, 3], [-62.5, 0, 1.5, 4, 51.5, 65])],
    },
    {
      name: "no zero point",
      inputs: [codes, scalar("float32", 0.25)],
      expected: [f32([2, 3], [-32, -0.75, 0, 1.25, 25, 31.75])],
    },
    {
      name: "a scale for each column, negative axis",
      inputs: [codes, f32([3], [0.5, 0.25, 4]), tensor("int8", [3], [10, 0, -1])],
      attributes: { axis: -1 },
      expected: [f32([2, 3], [-69, -0.75, 4, -2.5, 25, 512])],
    },
    {
      name: "blocks of two, the last one short",
      inputs: [codes, f32([2, 2], [0.5, 1, 2, 4]), tensor("int8", [2, 2], [0, 1, 2, 3])],
      attributes: { axis: 1, block_size: 2 },
      expected: [f32([2, 3], [-64, -1.5, -1, 6, 196, 496])],
    },
    {
      name: "blocks along the first axis",
      inputs: [tensor("uint8", [4, 1], [1, 2, 3, 250]), f32([2, 1], [0.5, 4])],
      attributes: { axis: 0, block_size: 2 },
      expected: [f32([4, 1], [0.5, 1, 12, 1000])],
    },
    {
      name: "int32 accumulators",
      inputs: [tensor("int32", [2], [-100000, 7]), scalar("float32", 0.125)],
      expected: [f32([2], [-12500, 0.875])],
    },
    {
      name: "int4 in blocks",
      inputs: [tensor("int4", [4], [-8, 7, 1, -1]), f32([2], [0.5, 2]), tensor("int4", [2], [1, 0])],
      attributes: { axis: 0, block_size: 2 },
      expected: [f32([4], [-4.5, 3, 2, -2])],
    },
    {
      name: "uint2",
      inputs: [tensor("uint2", [4], [0, 1, 2, 3]), scalar("float32", 0.5), scalar("uint2", 1)],
      expected: [f32([4], [-0.5, 0, 0.5, 1])],
    },
    {
      name: "float8",
      inputs: [tensor("float8e4m3fn", [2], [1.875, -448]), scalar("float32", 2)],
      expected: [f32([2], [3.75, -896])],
      notInRuntime: "its JavaScript interface does not take float8 tensors",
    },
    {
      name: "another output type",
      inputs: [codes, scalar("float32", 0.1)],
      attributes: { output_dtype: "float16" },
      expected: [tensor("float16", [2, 3], [-12.796875, -0.300048828125, 0, 0.5, 10, 12.703125])],
      gradientOf: [],
      notInRuntime: "its kernel writes the type of the scale",
    },
  ],
});
