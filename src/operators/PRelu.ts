/** @file PRelu: x for x ≥ 0, slope · x below, where the slope broadcasts to x. ONNX PRelu-16. */

import { fail } from "../base/errors.ts";
import { f32, tensor } from "../base/tensor.ts";
import { checkTypes } from "./element-types.ts";
import { mapPairs } from "./elements.ts";
import { masked } from "./masks.ts";
import { operator } from "./operator.ts";
import { broadcastDims, sameTypes } from "./shapes.ts";
import { elementwise } from "./work.ts";

export const PRelu = operator("PRelu", {
  since: 9,
  arity: [2, 2],
  attributes: {},
  shape: ([x, slope]) => {
    checkTypes([x, slope], "number");
    sameTypes(x, slope);
    if (x!.dims !== undefined && slope!.dims !== undefined) {
      const dims = broadcastDims(x!.dims, slope!.dims);
      if (
        dims.length !== x!.dims.length ||
        dims.some((dim, axis) => typeof x!.dims![axis] === "number" && dim !== x!.dims![axis])
      ) {
        fail({
          code: "shape.broadcast",
          where: "input slope",
          message: "does not broadcast to x",
          expected: `a shape that stretches to [${x!.dims.join(", ")}]`,
          got: `[${slope!.dims.join(", ")}]`,
        });
      }
    }
    return [{ dtype: x!.dtype, dims: x!.dims }];
  },
  run: ([x, slope]) => [mapPairs(x!, slope!, (v, s) => (v < 0 ? s * v : v))],
  // ∂L/∂x = dy for x ≥ 0, dy · slope below; ∂L/∂slope = Σ dy · x where x < 0
  gradient: (g, [x, slope], [dy]) => {
    const isBelow = g.op("Less", [x!, g.scalar(x!, 0)]);
    const dx = g.where(isBelow, g.mul(dy!, slope!), dy!);
    return [dx, g.sumTo(masked(g, g.mul(dy!, x!), isBelow), slope!)];
  },
  work: elementwise({ compare: 1, multiply: 1 }),
  examples: [
    {
      name: "a slope for each column",
      inputs: [f32([2, 3], [-2.5, -0.75, 0.3, 1.5, -0.1, -4]), f32([3], [0.5, -2, 0.25])],
      expected: [f32([2, 3], [-1.25, 1.5, 0.3, 1.5, 0.2, -1])],
    },
    {
      name: "a slope for each channel",
      inputs: [f32([1, 2, 2], [-2, 3, -4, -0.5]), f32([2, 1], [0.5, 0.1])],
      expected: [f32([1, 2, 2], [-1, 3, -0.4, -0.05])],
    },
    { name: "the kink", inputs: [f32([1], [0]), f32([1], [0.5])], expected: [f32([1], [0])], gradientOf: [] },
    {
      name: "int32",
      inputs: [tensor("int32", [2], [-3, 4]), tensor("int32", [1], [2])],
      expected: [tensor("int32", [2], [-6, 4])],
    },
  ],
});
