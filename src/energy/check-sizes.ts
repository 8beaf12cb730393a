/** @file Checks of plain numbers that reach a count: one clear message for each that is none. */

import { fail } from "../base/errors.ts";

/** @throws FemtoError `energy.range` unless a whole number of at least 1 that doubles hold exactly */
export function checkWhole(value: number, where: string): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  fail({ code: "energy.range", where, message: "is not a size", expected: "a whole number ≥ 1", got: String(value) });
}

/** Every number of a record. @throws FemtoError `energy.range` */
export function checkPositive(values: Readonly<Record<string, number>>, what: string): void {
  for (const [name, value] of Object.entries(values)) {
    if (Number.isFinite(value) && value > 0) continue;
    fail({
      code: "energy.range",
      where: `${what} of ${name}`,
      message: "is not positive",
      expected: "a number > 0",
      got: String(value),
    });
  }
}

/** Every number of a record that is given; no limit (`Infinity`) is one. @throws FemtoError `energy.range` */
export function checkLimits(values: object, what: string): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || (typeof value === "number" && value >= 0)) continue;
    fail({
      code: "energy.range",
      where: `${what} of ${name}`,
      message: "is not a limit",
      expected: "a number ≥ 0",
      got: String(value),
    });
  }
}
