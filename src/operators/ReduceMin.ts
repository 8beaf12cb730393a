/** @file ReduceMin: the least element over axes. ONNX ReduceMin-20. */

import { f32, i64, tensor } from "../base/tensor.ts";
import { operator } from "./operator.ts";
import { extreme } from "./reduce-extreme.ts";
import { reduction } from "./reductions.ts";

export const ReduceMin = operator(
  "ReduceMin",
  reduction(
    extreme(false, [
      {
        name: "last axis kept",
        inputs: [f32([2, 3], [1, 7, 3, -4, -5, -6]), i64([-1])],
        expected: [f32([2, 1], [1, -6])],
      },
      {
        name: "two axes dropped",
        inputs: [f32([2, 2, 2], [1, 2, 3, 4, 9, 6, 7, 8]), i64([0, 2])],
        attributes: { keepdims: false },
        expected: [f32([2], [1, 3])],
      },
      { name: "all axes", inputs: [f32([2, 2], [1, 2, 3, 5])], expected: [f32([1, 1], [1])] },
      {
        name: "ties",
        inputs: [f32([3], [2, 2, 3])],
        attributes: { keepdims: false },
        expected: [f32([], [2])],
        gradientOf: [],
      },
      {
        name: "an empty axis",
        inputs: [f32([2, 0], []), i64([1])],
        expected: [f32([2, 1], [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])],
        gradientOf: [],
      },
      {
        name: "uint8",
        inputs: [tensor("uint8", [2, 2], [200, 3, 4, 5]), i64([0])],
        expected: [tensor("uint8", [1, 2], [4, 3])],
      },
      { name: "int64", inputs: [i64([3, -4])], expected: [i64([-4])] },
      {
        name: "bool",
        inputs: [tensor("bool", [2, 2], [false, true, false, false]), i64([1])],
        expected: [tensor("bool", [2, 1], [false, false])],
      },
    ]),
  ),
);
