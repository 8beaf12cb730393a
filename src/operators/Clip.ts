/** @file Clip: min(max(x, low), high); both bounds are optional scalars. ONNX Clip-13. */

import { bitsOf, isInteger } from "../base/dtype.ts";
import { f32, scalar } from "../base/tensor.ts";
import { checkTypes } from "./element-types.ts";
import { mapIntegerPairs, mapPairs } from "./elements.ts";
import { masked } from "./masks.ts";
import { operator } from "./operator.ts";
import { checkRank, sameTypes } from "./shapes.ts";
import { elementwise } from "./work.ts";

export const Clip = operator("Clip", {
  since: 11,
  arity: [1, 3],
  attributes: {},
  shape: ([x, low, high]) => {
    checkTypes([x], "number");
    sameTypes(x, low, high);
    if (low !== undefined) checkRank(low, 0, "min");
    if (high !== undefined) checkRank(high, 0, "max");
    return [{ dtype: x!.dtype, dims: x!.dims }];
  },
  run: ([x, low, high]) => {
    // Doubles hold integers of 32 bits as they are.
    const isExact = isInteger(x!.dtype) && bitsOf(x!.dtype) > 32;
    const above = (a: typeof x, b: typeof x) =>
      isExact ? mapIntegerPairs(a!, b!, (v, l) => (v < l ? l : v)) : mapPairs(a!, b!, Math.max);
    const below = (a: typeof x, b: typeof x) =>
      isExact ? mapIntegerPairs(a!, b!, (v, h) => (v > h ? h : v)) : mapPairs(a!, b!, Math.min);
    const raised = low === undefined ? x! : above(x, low);
    return [high === undefined ? raised : below(raised, high)];
  },
  // ∂L/∂x = dy where low ≤ x ≤ high (then y = x), else 0.
  // ∂L/∂low = Σ dy where x < low ≤ high, ∂L/∂high = Σ dy where max(x, low) > high.
  gradient: (g, [x, low, high], [dy], _at, [y]) => {
    const part = (kind: string) => masked(g, dy!, g.op(kind, [x!, y!]));
    const [dx, atLow, atHigh] = [part("Equal"), part("Less"), part("Greater")];
    if (low === undefined || high === undefined) {
      return [dx, low && g.sumTo(atLow, low), high && g.sumTo(atHigh, high)];
    }
    // Crossed bounds: y = high everywhere.
    const isOrdered = g.op("LessOrEqual", [low, high]);
    const dLow = masked(g, atLow, isOrdered);
    const dHigh = g.add(atHigh, masked(g, atLow, g.op("Not", [isOrdered])));
    return [dx, g.sumTo(dLow, low), g.sumTo(dHigh, high)];
  },
  work: elementwise({ compare: 2 }),
  tolerance: 0,
  examples: [
    {
      name: "both bounds",
      inputs: [f32([2, 3], [-3, -0.9, 0.2, 0.7, 1.4, 5]), scalar("float32", -1), scalar("float32", 1.5)],
      expected: [f32([2, 3], [-1, -0.9, 0.2, 0.7, 1.4, 1.5])],
    },
    {
      name: "only an upper bound",
      inputs: [f32([3], [-3, 0.2, 5]), undefined, scalar("float32", 1.5)],
      expected: [f32([3], [-3, 0.2, 1.5])],
    },
    {
      name: "only a lower bound",
      inputs: [f32([3], [-3, 0.2, 5]), scalar("float32", 0.1)],
      expected: [f32([3], [0.1, 0.2, 5])],
    },
    { name: "no bounds", inputs: [f32([2], [-3, 5])], expected: [f32([2], [-3, 5])] },
    {
      name: "inclusive bounds",
      inputs: [f32([2], [-1, 1]), scalar("float32", -1), scalar("float32", 1)],
      expected: [f32([2], [-1, 1])],
      gradientOf: [],
    },
    {
      name: "crossed bounds give the upper one",
      inputs: [f32([3], [-3, 0.2, 5]), scalar("float32", 2), scalar("float32", 1)],
      expected: [f32([3], [1, 1, 1])],
    },
  ],
});
