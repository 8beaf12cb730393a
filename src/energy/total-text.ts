/** @file An energy of a bill as a person reads it. */

import { formatEnergy, pJ } from "../base/units.ts";
import type { EnergyUnit } from "../machines/index.ts";
import type { Bill } from "./bill.ts";

export const energyText = (value: number, unit: EnergyUnit): string =>
  unit.kind === "picojoules" ? formatEnergy(pJ(value)) : value.toPrecision(3);

/** `≥ 325 nJ (212 nJ to 1.12 µJ)` */
export function totalText({ total, unit, isComplete }: Pick<Bill, "total" | "unit" | "isComplete">): string {
  const text = (value: number) => energyText(value, unit);
  const spread = total.lo === total.hi ? "" : ` (${text(total.lo)} to ${text(total.hi)})`;
  return `${isComplete ? "" : "≥ "}${text(total.mid)}${unit.kind === "picojoules" ? "" : ` × ${unit.label}`}${spread}`;
}
