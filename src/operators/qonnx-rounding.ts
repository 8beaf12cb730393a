/**
 * @file The rounding modes of QONNX, as functions and as nodes. Source: fastmachinelearning/qonnx,
 * docs/qonnx-custom-ops/intquant_v1.md. Names may be written in lower case.
 */

import { fail } from "../base/errors.ts";
import { roundHalfEven } from "../base/soft-float.ts";
import type { Value } from "../graph/value.ts";
import type { Emit } from "./emit.ts";

interface Mode {
  readonly round: (value: number) => number;
  readonly emit: (g: Emit, x: Value) => Value;
}

/** Rounds the magnitude, then puts the sign back. */
const symmetric = (round: (value: number) => number, emit: (g: Emit, magnitude: Value) => Value): Mode => ({
  round: (value) => Math.sign(value) * round(Math.abs(value)),
  emit: (g, x) => g.mul(g.op("Sign", [x]), emit(g, g.op("Abs", [x]))),
});

const halfEven: Mode = { round: roundHalfEven, emit: (g, x) => g.op("Round", [x]) };

const modes: Readonly<Record<string, Mode>> = {
  ROUND: halfEven,
  HALF_EVEN: halfEven,
  CEIL: { round: Math.ceil, emit: (g, x) => g.op("Ceil", [x]) },
  FLOOR: { round: Math.floor, emit: (g, x) => g.op("Floor", [x]) },
  UP: symmetric(Math.ceil, (g, x) => g.op("Ceil", [x])),
  DOWN: symmetric(Math.floor, (g, x) => g.op("Floor", [x])),
  HALF_UP: symmetric(
    (value) => Math.floor(value + 0.5),
    (g, x) => g.op("Floor", [g.add(x, g.scalar(x, 0.5))]),
  ),
  HALF_DOWN: symmetric(
    (value) => Math.ceil(value - 0.5),
    (g, x) => g.op("Ceil", [g.sub(x, g.scalar(x, 0.5))]),
  ),
};

/** @throws FemtoError `attribute.choice` */
export const roundingMode = (name: string): Mode =>
  modes[name.toUpperCase()] ??
  fail({
    code: "attribute.choice",
    where: "attribute rounding_mode",
    message: `"${name}" is not one of its values`,
    expected: Object.keys(modes).join(", "),
  });
