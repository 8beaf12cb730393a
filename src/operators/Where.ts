/** @file Where: a where the condition holds, else b; everything broadcast, any element type. ONNX Where-16. */

import { f32, i64, tensor } from "../base/tensor.ts";
import { mapContents } from "./element-contents.ts";
import { checkTypes } from "./element-types.ts";
import { choosePairs } from "./elements.ts";
import { operator } from "./operator.ts";
import { broadcastShape, sameTypes } from "./shapes.ts";
import { elementwise } from "./work.ts";

export const Where = operator("Where", {
  since: 9,
  arity: [3, 3],
  attributes: {},
  shape: ([condition, a, b]) => {
    checkTypes([condition], "bool");
    sameTypes(a, b);
    const [type] = broadcastShape([condition, a, b], a!.dtype);
    return [{ ...type!, contents: mapContents([condition!, a!, b!], (c, x, y) => (c === 0 ? y : x)) }];
  },
  run: ([condition, a, b]) => [choosePairs(condition!, a!, b!)],
  // ∂L/∂a = dy where the condition holds, else 0; ∂L/∂b the other way round
  gradient: (g, [condition, a, b], [dy]) => {
    const zero = g.scalar(dy!, 0);
    return [undefined, g.sumTo(g.where(condition!, dy!, zero), a!), g.sumTo(g.where(condition!, zero, dy!), b!)];
  },
  work: elementwise({ select: 1 }),
  tolerance: 0,
  examples: [
    {
      name: "broadcast all three",
      inputs: [tensor("bool", [2, 1], [1, 0]), f32([3], [1, 2, 3]), f32([2, 3], [10, 20, 30, 40, 50, 60])],
      expected: [f32([2, 3], [1, 2, 3, 40, 50, 60])],
    },
    {
      name: "int64",
      inputs: [tensor("bool", [2], [0, 1]), i64([1, 2]), tensor("int64", [1], [9007199254740993n])],
      expected: [tensor("int64", [2], [9007199254740993n, 2n])],
    },
    {
      name: "strings",
      inputs: [tensor("bool", [2], [0, 1]), tensor("string", [1], ["a"]), tensor("string", [1], ["b"])],
      expected: [tensor("string", [2], ["b", "a"])],
    },
  ],
});
