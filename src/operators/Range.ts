/** @file Range: start, start + delta, … up to but without limit. ONNX Range-11. */

import { isInteger } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { numbers, scalar, tensor } from "../base/tensor.ts";
import { addDims, type Dim, mapDim, multiplyDims } from "../graph/dims.ts";
import { int } from "./attributes.ts";
import { dimsIn, span } from "./contents.ts";
import { fromNumbers } from "./loops.ts";
import { type Known, none, operator } from "./operator.ts";
import { sameTypes } from "./shapes.ts";
import { streaming } from "./work.ts";

/** max(0, ⌈(limit − start) / delta⌉) */
function countOf(start: number, limit: number, delta: number): number {
  if (delta === 0) fail({ code: "data.range", where: "input delta", message: "a step of 0 leads nowhere" });
  return Math.max(0, Math.ceil((limit - start) / delta));
}

function countDim([start, limit, delta]: readonly Known[]): Dim | undefined {
  const constants = [start!, limit!, delta!].map(({ constant }) => constant && numbers(constant)[0]!);
  if (constants.every((value) => value !== undefined)) return countOf(...(constants as [number, number, number]));
  const [from, to, step] = [start!, limit!, delta!].map((input) => dimsIn(input)?.[0]);
  if (from === undefined || to === undefined || typeof step !== "number") return undefined;
  if (typeof from === "number" && typeof to === "number") return countOf(from, to, step);
  const distance = addDims(to, multiplyDims(-1, from));
  return step === 1 ? distance : mapDim(distance, `count _/${step}`, (size) => Math.max(0, Math.ceil(size / step)));
}

export const Range = operator("Range", {
  since: 11,
  arity: [3, 3],
  // Sums of half floats are taken in doubles and rounded once, whatever stash_type asks for.
  attributes: { stash_type: int(1) },
  shape: (inputs, _at, context) => {
    sameTypes(...inputs);
    const [start, , delta] = inputs;
    const count = countDim(inputs);
    const [from, step] = [dimsIn(start)?.[0], dimsIn(delta)?.[0]];
    const isShape = isInteger(start.dtype) && typeof count === "number" && count <= 64;
    const contents =
      isShape && typeof from === "number" && typeof step === "number"
        ? span(count).map((i) => from + i * step)
        : undefined;
    return [{ dtype: start.dtype, dims: [count ?? context.fresh("range")], contents }];
  },
  run: ([start, limit, delta]) => {
    const [from, to, step] = [start, limit, delta].map((input) => numbers(input)[0]!) as [number, number, number];
    const count = countOf(from, to, step);
    return [
      fromNumbers(
        start.dtype,
        [count],
        Float64Array.from({ length: count }, (_, i) => from + i * step),
      ),
    ];
  },
  gradient: none("its length jumps with its inputs: write start + delta · (a range of integers) instead"),
  work: (_inputs, [y]) => streaming([], [y], { add: y.dims[0]!, multiply: y.dims[0]! }),
  examples: [
    {
      name: "floats, the end between two steps",
      inputs: [scalar("float32", 1.5), scalar("float32", 4.25), scalar("float32", 0.5)],
      expected: [tensor("float32", [6], [1.5, 2, 2.5, 3, 3.5, 4])],
    },
    {
      name: "downwards",
      inputs: [scalar("int32", 10), scalar("int32", 6), scalar("int32", -3)],
      expected: [tensor("int32", [2], [10, 7])],
    },
    {
      name: "nothing",
      inputs: [scalar("int64", 3), scalar("int64", 3), scalar("int64", 1)],
      expected: [tensor("int64", [0], [])],
    },
  ],
});
