/**
 * @file BipolarQuant (QONNX): x̂ = s where x ≥ 0, −s below. Source: fastmachinelearning/qonnx,
 * docs/qonnx-custom-ops/bipolarquant_v1.md.
 */

import { f32, scalar } from "../base/tensor.ts";
import { checkTypes } from "./element-types.ts";
import { mapPairs } from "./elements.ts";
import { masked } from "./masks.ts";
import { operator } from "./operator.ts";
import { sameTypes } from "./shapes.ts";
import { elementwise } from "./work.ts";

const x = f32([2, 3], [0.31, -0.72, 0, 0.93, -1.4, 0.48]);

export const BipolarQuant = operator("BipolarQuant", {
  domain: "qonnx.custom_op.general",
  since: 1,
  arity: [2, 2],
  attributes: {},
  shape: ([x, scale]) => {
    checkTypes([x, scale], "float");
    sameTypes(x, scale);
    return [{ dtype: x!.dtype, dims: x!.dims }];
  },
  run: ([x, scale]) => [mapPairs(x!, scale!, (value, s) => (value >= 0 ? s : -s))],
  // Straight through, as Quant with one signed bit: ∂L/∂x = dy where |x| ≤ s, else 0;
  // ∂L/∂s = Σ dy · (y − x inside)/s.
  gradient: (g, [x, scale], [dy], _at, [y]) => {
    const inside = g.op("LessOrEqual", [g.op("Abs", [x!]), scale!]);
    const dScale = g.mul(dy!, g.div(g.sub(y!, masked(g, x!, inside)), scale!));
    return [masked(g, dy!, inside), g.sumTo(dScale, scale!)];
  },
  body: (g, [x, scale]) => [
    g.mul(g.where(g.op("Less", [x!, g.scalar(x!, 0)]), g.scalar(x!, -1), g.scalar(x!, 1)), scale!),
  ],
  work: elementwise({ compare: 1, multiply: 1 }),
  tolerance: 0,
  examples: [
    {
      name: "one scale",
      inputs: [x, scalar("float32", 0.5)],
      expected: [f32([2, 3], [0.5, -0.5, 0.5, 0.5, -0.5, 0.5])],
      gradientOf: [],
    },
    {
      name: "a scale for each row",
      inputs: [x, f32([2, 1], [0.5, 2])],
      expected: [f32([2, 3], [0.5, -0.5, 0.5, 2, -2, 2])],
      gradientOf: [],
    },
  ],
});
