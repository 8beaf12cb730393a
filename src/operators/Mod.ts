/**
 * @file Mod: the remainder of a / b with broadcasting. With `fmod` it has the sign of a (C's fmod), else, for integers
 * alone, the sign of b (Python's %). ONNX Mod-13.
 */

import { isFloat } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { f32, i64, tensor } from "../base/tensor.ts";
import { flag } from "./attributes.ts";
import { binary } from "./binary.ts";

function remainder(a: bigint, b: bigint, isSignOfA: boolean): bigint {
  if (b === 0n) return fail({ code: "run.division", message: "an integer is divided by zero" });
  const rest = a % b;
  return isSignOfA || rest === 0n || rest < 0n === b < 0n ? rest : rest + b;
}

export const Mod = binary("Mod", {
  since: 10,
  attributes: { fmod: flag(false) },
  check: ([a], { fmod }) => {
    if (!isFloat(a!.dtype) || fmod) return;
    fail({ code: "attribute.fmod", where: "attribute fmod", message: "must be 1 for floats", got: "0" });
  },
  f: (a, b) => a % b,
  exact: (a, b, { fmod }) => remainder(a, b, fmod),
  // y = a − b·trunc(a/b): ∂L/∂a = dy, ∂L/∂b = −dy · trunc(a/b) = −dy · (a − y)/b
  gradient: (g, { a, b, y, dy }) => [dy, g.neg(g.mul(dy, g.div(g.sub(a, y), b)))],
  ops: { divide: 1, round: 1, multiply: 1, add: 1 },
  tolerance: 0,
  examples: [
    {
      name: "floats have the sign of a",
      inputs: [f32([4], [-4.25, 7.5, 5.25, -8.5]), f32([4], [2, -3, 8, 2.25])],
      attributes: { fmod: true },
      expected: [f32([4], [-0.25, 1.5, 5.25, -1.75])],
    },
    {
      name: "integers have the sign of b",
      inputs: [i64([-4, 7, 5, 4, -7, 8]), i64([2, -3, 8, -2, 3, 5])],
      expected: [i64([0, -2, 5, 0, 2, 3])],
    },
    {
      name: "integers with fmod",
      inputs: [i64([-4, 7, 5, 4, -7, 8]), i64([2, -3, 8, -2, 3, 5])],
      attributes: { fmod: true },
      expected: [i64([0, 1, 5, 0, -1, 3])],
    },
    {
      name: "broadcast uint8",
      inputs: [tensor("uint8", [3], [7, 200, 9]), tensor("uint8", [], [6])],
      expected: [tensor("uint8", [3], [1, 2, 3])],
    },
  ],
});
