/**
 * @file ScatterND: blocks written (or added, multiplied, maximised …) at places named by tuples of indices. ONNX
 * ScatterND-18. Trap: ONNX Runtime 1.30 joins repeated places in a race where a session has more than one thread.
 */

import { fail } from "../base/errors.ts";
import { f32, sizeOf, tensor } from "../base/tensor.ts";
import { text } from "./attributes.ts";
import { scatterBlocks } from "./nd-gradient.ts";
import { blockPositions } from "./nd-positions.ts";
import { operator } from "./operator.ts";
import { scatterGradient } from "./scatter-gradient.ts";
import { scatterInto, scatterOperation } from "./scattering.ts";
import { sameTypes } from "./shapes.ts";
import { streaming } from "./work.ts";

export const ScatterND = operator("ScatterND", {
  since: 18,
  arity: [3, 3],
  attributes: { reduction: text("none", "add", "mul", "max", "min") },
  shape: ([data, indices, updates]) => {
    sameTypes(data, updates);
    const width = indices.dims?.at(-1);
    if (data.dims !== undefined && typeof width === "number" && width > data.dims.length) {
      fail({
        code: "shape.rank",
        where: "input indices",
        message: `name ${width} axes`,
        expected: `at most the ${data.dims.length} axes of data`,
      });
    }
    return [{ dtype: data.dtype, dims: data.dims }];
  },
  run: ([data, indices, updates], { reduction }) => [
    scatterInto(data, blockPositions(data.dims, indices, 0), updates, reduction),
  ],
  gradient: (g, [data, indices, updates], [dy], { reduction }, [y]) =>
    scatterGradient(
      g,
      {
        gather: (from) => g.op("GatherND", [from, indices]),
        scatter: (into, what, by) =>
          by === "none" ? g.op("ScatterND", [into, indices, what]) : scatterBlocks(g, [into, indices, what], by),
      },
      { data, updates, dy, y, reduction },
    ),
  work: (inputs, outputs, { reduction }) => {
    const updates = sizeOf(inputs[2].dims);
    const ops = Object.entries(scatterOperation[reduction]).map(([op, n]) => [op, n * updates]);
    return streaming(inputs, outputs, Object.fromEntries(ops));
  },
  tolerance: 1e-6,
  examples: [
    {
      name: "elements replaced",
      inputs: [f32([2, 2], [1, 2, 3, 4]), tensor("int64", [2, 2], [0, 1, -1, 0]), f32([2], [20, 30])],
      expected: [f32([2, 2], [1, 20, 30, 4])],
    },
    {
      name: "rows added, one twice",
      inputs: [f32([2, 2], [1, 2, 3, 4]), tensor("int64", [2, 1], [1, 1]), f32([2, 2], [10, 20, 100, 200])],
      attributes: { reduction: "add" },
      expected: [f32([2, 2], [1, 2, 113, 224])],
    },
    {
      name: "multiplied",
      inputs: [f32([3], [2, 3, 5]), tensor("int64", [2, 1], [0, 0]), f32([2], [0.5, 7])],
      attributes: { reduction: "mul" },
      expected: [f32([3], [7, 3, 5])],
    },
    {
      name: "the greatest",
      inputs: [f32([3], [2, 3, 5]), tensor("int64", [2, 1], [0, 2]), f32([2], [4, 1])],
      attributes: { reduction: "max" },
      expected: [f32([3], [4, 3, 5])],
    },
    {
      name: "the least",
      inputs: [f32([3], [2, 3, 5]), tensor("int64", [2, 1], [0, 2]), f32([2], [4, 1])],
      attributes: { reduction: "min" },
      expected: [f32([3], [2, 3, 1])],
    },
    {
      name: "int64 replaced",
      inputs: [tensor("int64", [2, 1], [1, 2]), tensor("int64", [1, 1], [1]), tensor("int64", [1, 1], [9])],
      expected: [tensor("int64", [2, 1], [1, 9])],
    },
  ],
});
