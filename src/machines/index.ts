/** @file The machines room: the machines that Femto brings along, and the reading of a user's own. */

import { fail } from "../base/errors.ts";
import { text as eyerissRatio } from "./library/eyeriss-ratio.ts";
import { text as horowitzLpddr4 } from "./library/horowitz-45nm-lpddr4.ts";
import { text as horowitz1m } from "./library/horowitz-45nm-sram1m.ts";
import { text as horowitz8k } from "./library/horowitz-45nm-sram8k.ts";
import { text as horowitz32k } from "./library/horowitz-45nm-sram32k.ts";
import type { Machine } from "./machine.ts";
import { readMachine } from "./read-machine.ts";

export * from "./lookups.ts";
export * from "./machine.ts";
export * from "./mapping.ts";
export * from "./nest.ts";
export { columns, type Recipe, type Row, recipeA, recipeASram, recipeB, recipes } from "./node-scaling.ts";
export type { Citation, Price, Scaled, WeightTable } from "./price.ts";
export * from "./range.ts";
export { machineJsonSchema } from "./schema.ts";
export { sramReadPerBit } from "./sram-price.ts";

/** The table of contents: name → YAML text. */
const library: Readonly<Record<string, string>> = {
  "eyeriss-ratio": eyerissRatio,
  "horowitz-45nm-lpddr4": horowitzLpddr4,
  "horowitz-45nm-sram1m": horowitz1m,
  "horowitz-45nm-sram32k": horowitz32k,
  "horowitz-45nm-sram8k": horowitz8k,
};

export const machineNames: readonly string[] = Object.keys(library);

/**
 * A machine by its name, or from the YAML text of a machine file: `loadMachine("horowitz-45nm-sram8k")`.
 * Reading a file from disk is the caller's; `origin` is then its name, for errors.
 * @throws FemtoError `machine.unknown` for a name that is not in the library, and those of reading
 */
export function loadMachine(nameOrText: string, origin = "machine.yaml"): Machine {
  const name = nameOrText.trim();
  if (name.includes("\n") || name.includes(":")) return readMachine(nameOrText, origin);
  const text = Object.hasOwn(library, name) ? library[name] : undefined;
  if (text !== undefined) return readMachine(text, `femto:${name}`);
  return fail({
    code: "machine.unknown",
    message: `no machine is called "${name}"`,
    expected: machineNames.join(", "),
    hint: "a machine of your own is a YAML file: pass its path",
  });
}

/** One line a machine, for listings. */
export interface MachineSummary {
  readonly name: string;
  readonly title: string;
  readonly nodeNm: number;
  readonly unit: string;
  /** Names of the components. */
  readonly components: readonly string[];
  readonly prices: number;
}

export const listMachines = (): MachineSummary[] =>
  machineNames.map((entry) => {
    const { name, title, technology, unit, components } = loadMachine(entry);
    return {
      name,
      title,
      nodeNm: technology.nodeNm,
      unit: unit.label,
      components: components.map((component) => component.name),
      prices: components.reduce((sum, { prices }) => sum + prices.length, 0),
    };
  });
