/** @file Cast: the elements as another type. ONNX Cast-25. */

import { isFloat, isInteger } from "../base/dtype.ts";
import { f32, i64, tensor } from "../base/tensor.ts";
import { elementType, flag, required, text } from "./attributes.ts";
import { castTensor, roundModes } from "./casting.ts";
import { dtypeOf } from "./emit.ts";
import { operator } from "./operator.ts";
import { elementwise } from "./work.ts";

export const Cast = operator("Cast", {
  since: 6,
  arity: [1, 1],
  attributes: { to: required(elementType()), saturate: flag(true), round_mode: text(...roundModes) },
  shape: ([x], { to }) => [
    {
      dtype: to,
      dims: x!.dims,
      contents: isInteger(to) && (x!.contents || x!.constant?.dtype === "bool") ? x!.contents : undefined,
    },
  ],
  run: ([x], { to, ...options }) => [castTensor(x!, to, options)],
  // ∂L/∂x = dy between floats, rounding passed straight through; integers and booleans let nothing through
  gradient: (g, [x], [dy], { to }) => [isFloat(to) && isFloat(dtypeOf(x!)) ? g.cast(dy!, dtypeOf(x!)) : undefined],
  work: elementwise({ convert: 1 }),
  tolerance: 0,
  examples: [
    {
      name: "float to int64 truncates",
      inputs: [f32([4], [1.9, -1.9, 0.4, 7])],
      attributes: { to: "int64" },
      gradientOf: [],
      expected: [i64([1, -1, 0, 7])],
    },
    {
      name: "float to double",
      inputs: [f32([2], [1.5, -0.25])],
      attributes: { to: "float64" },
      expected: [tensor("float64", [2], [1.5, -0.25])],
    },
    {
      name: "float to half",
      inputs: [f32([3], [1.5, 65519, 1e-8])],
      attributes: { to: "float16" },
      expected: [tensor("float16", [3], [1.5, 65504, 0])],
      gradientOf: [],
      notInRuntime: "the runtime's JavaScript API hands half floats back in a type of its own",
    },
    {
      name: "float to bool",
      inputs: [f32([4], [0, -0, 0.1, Number.NaN])],
      attributes: { to: "bool" },
      gradientOf: [],
      expected: [tensor("bool", [4], [0, 0, 1, 1])],
    },
    {
      name: "integers wrap",
      inputs: [tensor("int32", [3], [200, -129, 5])],
      attributes: { to: "int8" },
      expected: [tensor("int8", [3], [-56, 127, 5])],
    },
    {
      name: "int64 stays exact",
      inputs: [tensor("int64", [2], [9007199254740993n, -1n])],
      attributes: { to: "uint64" },
      expected: [tensor("uint64", [2], [9007199254740993n, 18446744073709551615n])],
    },
    {
      name: "bool to float",
      inputs: [tensor("bool", [2], [1, 0])],
      attributes: { to: "float32" },
      expected: [f32([2], [1, 0])],
    },
    {
      name: "float8 saturates",
      inputs: [f32([4], [0.47892547, 1e6, Number.NEGATIVE_INFINITY, 1e-7])],
      attributes: { to: "float8e4m3fn" },
      expected: [tensor("float8e4m3fn", [4], [0.46875, 448, -448, 0])],
      gradientOf: [],
      notInRuntime: "the runtime's JavaScript API has no float8",
    },
    {
      name: "float8 without saturation",
      inputs: [f32([3], [0.47892547, 1e6, 1e-7])],
      attributes: { to: "float8e5m2", saturate: false },
      expected: [{ dtype: "float8e5m2", dims: [3], data: Uint8Array.of(0x38, 0x7c, 0) }],
      gradientOf: [],
      notInRuntime: "the runtime's JavaScript API has no float8",
    },
    {
      name: "power-of-two scales round up",
      inputs: [f32([4], [0, 0.124, 1.1, 8])],
      attributes: { to: "float8e8m0" },
      expected: [{ dtype: "float8e8m0", dims: [4], data: Uint8Array.of(0, 124, 128, 130) }],
      gradientOf: [],
      notInRuntime: "the runtime's JavaScript API has no float8",
    },
    {
      name: "strings to numbers",
      inputs: [tensor("string", [3], ["1.5", "-INF", "1e-2"])],
      attributes: { to: "float32" },
      expected: [f32([3], [1.5, Number.NEGATIVE_INFINITY, 0.01])],
    },
    {
      name: "numbers to strings",
      inputs: [f32([4], [0.1, 314.15926, 1e-7, -2])],
      attributes: { to: "string" },
      gradientOf: [],
      expected: [tensor("string", [4], ["0.1", "314.15927", "1e-07", "-2"])],
    },
  ],
});
