/** @file BitCast: the same bits read as another type of the same width. ONNX BitCast-26. */

import { allocate, bitsOf, kindOf, type TensorData } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { f32, sizeOf, tensor } from "../base/tensor.ts";
import { elementType, required } from "./attributes.ts";
import { none, operator } from "./operator.ts";
import { movement } from "./work.ts";

export const BitCast = operator("BitCast", {
  since: 26,
  arity: [1, 1],
  attributes: { to: required(elementType()) },
  shape: ([x], { to }) => {
    if (bitsOf(x!.dtype) !== bitsOf(to) || to === "string" || x!.dtype === "string") {
      fail({
        code: "shape.dtype",
        message: "reads the bits of a type of another width",
        expected: `a type of ${bitsOf(to)} bits`,
        got: `${x!.dtype}, ${bitsOf(x!.dtype)} bits`,
      });
    }
    return [{ dtype: to, dims: x!.dims }];
  },
  run: ([x], { to }) => {
    const data = allocate(to, sizeOf(x!.dims));
    // Integers below a byte lie one to a byte, the signed ones extended.
    if (bitsOf(to) < 8) {
      const shift = 32 - bitsOf(to);
      const isSigned = kindOf(to) === "int";
      const [from, into] = [x!.data, data] as unknown as [number[], number[]];
      for (let i = 0; i < into.length; i++)
        into[i] = isSigned ? (from[i]! << shift) >> shift : (from[i]! << shift) >>> shift;
    } else {
      const [from, into] = [x!.data, data].map((part) => part as Exclude<TensorData, string[]>);
      new Uint8Array(into!.buffer).set(new Uint8Array(from!.buffer, from!.byteOffset, from!.byteLength));
    }
    return [{ dtype: to, dims: x!.dims, data }];
  },
  gradient: none("bits are not numbers"),
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "float32 to int32",
      inputs: [f32([3], [1, -2, 0])],
      attributes: { to: "int32" },
      expected: [tensor("int32", [3], [0x3f800000, -0x40000000, 0])],
    },
    {
      name: "int64 to float64",
      inputs: [tensor("int64", [1], [0x4000000000000000n])],
      attributes: { to: "float64" },
      expected: [tensor("float64", [1], [2])],
    },
    {
      name: "int4 to uint4",
      inputs: [tensor("int4", [3], [-1, 7, -8])],
      attributes: { to: "uint4" },
      expected: [tensor("uint4", [3], [15, 7, 8])],
      notInRuntime: "no kernel for 4-bit integers",
    },
  ],
});
