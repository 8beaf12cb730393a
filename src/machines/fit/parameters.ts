/** @file Which price a column of measurements counts for. */

import { fail } from "../../base/errors.ts";
import { isArithmetic, isMemory, pricesOf } from "../lookups.ts";
import type { Component, Machine } from "../machine.ts";
import type { Price } from "../price.ts";
import type { Table } from "./csv.ts";

export interface Parameter {
  readonly column: string;
  /** `sram.read`, or `sram.leakage`. */
  readonly id: string;
  readonly component: Component;
  /** Absent for power by the second. */
  readonly price: Price | undefined;
  /** Multiples of the price for one unit of the column: 8 for bytes at a price per bit. */
  readonly factor: number;
}

/** Columns that are no counts. */
const others = ["layer", "uj"];

/**
 * Columns are the ids of prices (`dram.read`: bits; `mac.mac.int8`: operations), or `macs`, `bytes_read`,
 * `bytes_written` where only one price can be meant, or `cycles` for power by the second.
 * @throws FemtoError `fit.column`
 */
export function parametersOf(table: Table, machine: Machine): Parameter[] {
  const prices = pricesOf(machine);
  const byPrice = (column: string, price: Price, factor: number): Parameter => ({
    column,
    id: price.id,
    component: machine.components.find(({ name }) => name === price.component)!,
    price,
    factor,
  });
  return table.columns
    .filter((column) => !others.includes(column))
    .map((column) => {
      const named = prices.find(({ id }) => id.toLowerCase() === column);
      if (named !== undefined) return byPrice(column, named, 1);
      if (column === "cycles") return staticParameter(machine, table);
      const candidates = candidatesFor(column, machine, prices);
      const [only, second] = candidates;
      if (only !== undefined && second === undefined) return byPrice(column, only, column === "macs" ? 1 : 8);
      return fail({
        code: "fit.column",
        where: `${table.origin}:1 › ${column}`,
        message: only === undefined ? "the column counts for no price" : "the column may count for several prices",
        expected: `layer, uj, cycles, ${(only === undefined ? prices : candidates).map(({ id }) => id).join(", ")}`,
      });
    });
}

function candidatesFor(column: string, machine: Machine, prices: readonly Price[]): Price[] {
  const verb = { bytes_read: "read", bytes_written: "write" }[column];
  const memories = machine.components.filter(isMemory).map(({ name }) => name);
  if (verb !== undefined) return prices.filter((price) => price.verb === verb && memories.includes(price.component));
  if (column !== "macs") return [];
  const units = machine.components.filter(isArithmetic).flatMap((unit) => unit.prices);
  const integers = units.filter(({ operand }) => operand?.includes("float") === false);
  const whole = integers.filter((price) => price.verb === "mac");
  return whole.length > 0 ? whole : integers.filter((price) => price.verb === "multiply");
}

/** The component that states leakage, else the first of which there is one. */
function staticParameter(machine: Machine, { origin }: Table): Parameter {
  if (machine.clockMhz === undefined) {
    return fail({
      code: "fit.column",
      where: `${origin}:1 › cycles`,
      message: "cycles become power only with a clock",
      expected: `clock_mhz in ${machine.origin}, or no column cycles`,
    });
  }
  const { components } = machine;
  const component =
    components.find(({ staticPower }) => staticPower?.leakageMw !== undefined) ??
    components.find(({ count }) => count === 1) ??
    components[0]!;
  return { column: "cycles", id: `${component.name}.leakage`, component, price: undefined, factor: 1 };
}
