/** @file The machines room: the machines that Femto brings along, and the reading of a user's own. */

import { fail } from "../base/errors.ts";
import { text as ascendLike } from "./library/ascend-like.ts";
import { text as edgeTpuLike } from "./library/edge-tpu-like.ts";
import { text as eyeriss65nm } from "./library/eyeriss-65nm.ts";
import { text as eyerissRatio } from "./library/eyeriss-ratio.ts";
import { text as horowitzLpddr4 } from "./library/horowitz-45nm-lpddr4.ts";
import { text as horowitz1m } from "./library/horowitz-45nm-sram1m.ts";
import { text as horowitz8k } from "./library/horowitz-45nm-sram8k.ts";
import { text as horowitz32k } from "./library/horowitz-45nm-sram32k.ts";
import { text as interp16nm } from "./library/interp-16nm.ts";
import { text as interp22nm } from "./library/interp-22nm.ts";
import { text as interp28nm } from "./library/interp-28nm.ts";
import { text as isaacLike } from "./library/isaac-like.ts";
import { text as jouppi7nm } from "./library/jouppi-7nm.ts";
import { text as loihiLike } from "./library/loihi-like.ts";
import { text as lpddr4Edge } from "./library/lpddr4-edge.ts";
import { text as lutAsic45nm } from "./library/lut-asic-45nm.ts";
import { text as lutFabric } from "./library/lut-fabric.ts";
import { text as mcuSram } from "./library/mcu-sram.ts";
import { text as metaPrototypeLike } from "./library/meta-prototype-like.ts";
import { text as shenjingLike } from "./library/shenjing-like.ts";
import { text as snnPaper22nm } from "./library/snn-paper-22nm.ts";
import { text as teslaNpuLike } from "./library/tesla-npu-like.ts";
import { text as tpuLike } from "./library/tpu-like.ts";
import { text as tpuV4iLike } from "./library/tpu-v4i-like.ts";
import { holdsEquations } from "./lookups.ts";
import type { Machine } from "./machine.ts";
import { readMachine } from "./read-machine.ts";

export * from "./fit/index.ts";
export * from "./import/index.ts";
export * from "./lookups.ts";
export { type MacTable, withMacTable } from "./mac-table.ts";
export * from "./machine.ts";
export * from "./mapping.ts";
export * from "./nest.ts";
export { columns, type Recipe, type Row, recipeA, recipeASram, recipeB, recipes } from "./node-scaling.ts";
export type { Citation, Price, Scaled, WeightTable } from "./price.ts";
export * from "./range.ts";
export { readMachine } from "./read-machine.ts";
export { machineJsonSchema, SHORTEST_CITATION } from "./schema.ts";
export { sramReadPerBit } from "./sram-price.ts";

/** The table of contents: name → YAML text. */
const library: Readonly<Record<string, string>> = {
  "ascend-like": ascendLike,
  "edge-tpu-like": edgeTpuLike,
  "eyeriss-65nm": eyeriss65nm,
  "eyeriss-ratio": eyerissRatio,
  "horowitz-45nm-lpddr4": horowitzLpddr4,
  "horowitz-45nm-sram1m": horowitz1m,
  "horowitz-45nm-sram32k": horowitz32k,
  "horowitz-45nm-sram8k": horowitz8k,
  "interp-16nm": interp16nm,
  "interp-22nm": interp22nm,
  "interp-28nm": interp28nm,
  "isaac-like": isaacLike,
  "jouppi-7nm": jouppi7nm,
  "loihi-like": loihiLike,
  "lpddr4-edge": lpddr4Edge,
  "lut-asic-45nm": lutAsic45nm,
  "lut-fabric": lutFabric,
  "mcu-sram": mcuSram,
  "meta-prototype-like": metaPrototypeLike,
  "shenjing-like": shenjingLike,
  "snn-paper-22nm": snnPaper22nm,
  "tesla-npu-like": teslaNpuLike,
  "tpu-like": tpuLike,
  "tpu-v4i-like": tpuV4iLike,
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

/** Names of the machines on which EQAT's equations hold as they stand. */
export const equationMachines = (): string[] => machineNames.filter((name) => holdsEquations(loadMachine(name)));

/** One line a machine, for listings. */
export interface MachineSummary {
  readonly name: string;
  readonly title: string;
  readonly nodeNm: number;
  readonly unit: string;
  /** Kind of its mapping. */
  readonly mapping: string;
  /** Names of the components. */
  readonly components: readonly string[];
  readonly prices: number;
}

export const listMachines = (): MachineSummary[] =>
  machineNames.map((entry) => {
    const { name, title, technology, unit, mapping, components } = loadMachine(entry);
    return {
      name,
      title,
      nodeNm: technology.nodeNm,
      unit: unit.label,
      mapping: mapping.kind,
      components: components.map((component) => component.name),
      prices: components.reduce((sum, { prices }) => sum + prices.length, 0),
    };
  });
