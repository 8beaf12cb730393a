/** @file Questions to a machine: components by class, and the price of an action. */

import { fail } from "../base/errors.ts";
import type { Arithmetic, Component, Machine, Memory } from "./machine.ts";
import type { Price } from "./price.ts";

const memoryClasses: readonly string[] = ["registers", "sram", "dram", "flash"];

export const isMemory = (component: Component): component is Memory => memoryClasses.includes(component.class);

export const isArithmetic = (component: Component): component is Arithmetic => component.class === "arithmetic";

/** All prices, in the order of the file. */
export const pricesOf = (machine: Machine): Price[] => machine.components.flatMap(({ prices }) => prices);

const chains = new WeakMap<Memory, Memory[]>();

/** Memories that stand behind `memory`, nearest first. */
export function behind(machine: Machine, memory: Memory): Memory[] {
  const known = chains.get(memory);
  if (known !== undefined) return known;
  const next = machine.components.filter(isMemory).filter(({ backs }) => backs.includes(memory.name));
  const chain = [...new Set(next.flatMap((further) => [further, ...behind(machine, further)]))];
  chains.set(memory, chain);
  return chain;
}

/**
 * The price of one action.
 * @throws FemtoError `machine.price` with component, verb and line where the machine does not state it
 */
export function priceOf(machine: Machine, component: Component, verb: string, operand?: string): Price {
  const price = component.prices.find((entry) => entry.verb === verb && entry.operand === operand);
  if (price !== undefined) return price;
  return fail({
    code: "machine.price",
    where: `${machine.origin}:${component.line} › component ${component.name}`,
    message: `has no price for ${verb}${operand === undefined ? "" : ` of ${operand}`}`,
    expected: `a price with verb: ${verb}${operand === undefined ? "" : `, operand: ${operand}`}`,
    got: component.prices.map(({ id }) => id).join(", ") || "no prices",
    hint: "add the price with its unit and source; `femto machines show NAME` prints files to learn from",
  });
}

/**
 * Do the equations of EQAT hold on it: every operand read once, one multiplier whose price is quadratic in the widths, and one memory each from
 * which weights and activations are read?
 */
export function holdsEquations({ mapping, components }: Machine): boolean {
  const has = (component: Component, verb: string) => component.prices.some((price) => price.verb === verb);
  const multipliers = components.filter((component) => isArithmetic(component) && has(component, "multiply"));
  const [multiplier] = multipliers.filter(isArithmetic);
  const isHome = (held: "weights" | "activations") => {
    const homes = components.filter(isMemory).filter(({ holds }) => holds.includes(held));
    return homes.length === 1 && has(homes[0]!, "read");
  };
  return (
    mapping.kind === "once" &&
    multipliers.length === 1 &&
    multiplier?.scaling.kind === "quadratic" &&
    multiplier.prices.some(({ operand }) => operand?.includes("float") === false) &&
    isHome("weights") &&
    isHome("activations")
  );
}

/** What a file may say but a reader should know: actions that cost nothing. */
export const warningsOf = (machine: Machine): string[] =>
  pricesOf(machine)
    .filter(({ energy }) => energy.mid === 0)
    .map(({ id, line }) => `${machine.origin}:${line}: ${id} is priced at zero, so whatever it does is free`);
