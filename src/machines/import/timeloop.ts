/**
 * @file Timeloop/Accelergy v0.4 architecture YAML → femto machine. The architecture names components; their energies
 * come from an energy reference table (ERT) that Accelergy wrote, or from attributes. Where neither states one, the price
 * is missing, and stays missing.
 */

import { fail } from "../../base/errors.ts";
import { readYaml } from "../located-yaml.ts";
import { componentText, flow, type Imported, nameFrom, Remarks, sound, type Yaml } from "./imported.ts";
import { type Energies, readErt } from "./timeloop-ert.ts";
import { nestLines } from "./timeloop-nest.ts";
import { chainsOf, type Dataspace, dataspaces, type Part, walkArchitecture } from "./timeloop-parts.ts";

export interface TimeloopOptions {
  /** Text of the energy reference table (`ERT.yaml`) of the same architecture. */
  readonly ert?: string;
  /** Where the file names no technology. */
  readonly nodeNm?: number;
  readonly name?: string;
  readonly citation?: string;
  readonly origin?: string;
}

/** @throws FemtoError `yaml.*`, `import.timeloop` */
export function importTimeloop(text: string, options: TimeloopOptions = {}): Imported {
  const { origin = "arch.yaml" } = options;
  const template = text.split("\n").findIndex((line) => /\{\{|\{%/.test(line.replace(/#.*/, "")));
  if (template >= 0) {
    fail({
      code: "import.timeloop",
      where: `${origin}:${template + 1}`,
      message: "Jinja templates are not evaluated",
      expected: "the architecture as YAML",
      hint: "import the file that Timeloop wrote out (parsed-processed-input.yaml), or fill in the values",
    });
  }
  const yaml = readYaml(text, origin, { tags: true });
  const remarks = new Remarks(yaml);
  const parts = walkArchitecture(yaml, origin, remarks);
  const ert = options.ert === undefined ? undefined : readErt(options.ert);
  const missing: string[] = [];
  const nodeNm = nodeOf(parts, options, origin);
  const chains = chainsOf(parts);
  const components = parts.map((part) => partText(part, chains, ert?.of(part.name), missing, remarks));
  for (const name of ert?.names ?? []) {
    if (!parts.some((part) => part.name === name)) {
      remarks.add([], `the energy reference table prices ${name}, which the architecture does not have`);
    }
  }
  const lines = [
    "schema: femto-machine/1",
    `name: ${nameFrom(options.name ?? origin.replace(/\.ya?ml$/, ""))}`,
    `title: ${flow(`${options.name ?? origin}, imported from a Timeloop architecture`)}`,
    "energy: pJ",
    `technology: { node_nm: ${nodeNm} }`,
    ...nestLines(parts, remarks),
    "sources:",
    `  timeloop: ${JSON.stringify(options.citation ?? `Timeloop architecture ${origin}${ert === undefined ? "" : " with the energy reference table that Accelergy made of it"}`)}`,
    "components:",
    ...components,
  ];
  const imported = { text: `${lines.join("\n")}\n`, remarks: remarks.sorted(), missing };
  return sound(imported, "import.timeloop", origin);
}

function nodeOf(parts: readonly Part[], { nodeNm }: TimeloopOptions, origin: string): number {
  const stated = parts.map(({ technology }) => technology).find((entry) => entry !== undefined);
  const node = Number(/^\d+(\.\d+)?/.exec(String(stated ?? ""))?.[0] ?? nodeNm);
  if (Number.isFinite(node)) return node;
  return fail({
    code: "import.timeloop",
    where: origin,
    message: "no component states its technology",
    expected: 'attributes: { technology: "45nm" }, or the node as an option',
  });
}

function partText(
  part: Part,
  chains: Record<Dataspace, Part[]>,
  energies: Energies | undefined,
  missing: string[],
  remarks: Remarks,
): string {
  const { name, path, kind, count, attributes } = part;
  const inherent = (verb: string): number | undefined => {
    const value = attributes[`${verb}_energy`] ?? (verb === "compute" ? attributes.energy : undefined);
    return typeof value === "number" ? value : undefined;
  };
  const energyOf = (verb: string) => energies?.actions[verb] ?? inherent(verb);
  const leak = energies?.leakageMw;
  if (energies?.actions.leak !== undefined && leak === undefined) {
    remarks.add(path, "the leak of the energy reference table is per cycle, and no cycle time is stated");
  }
  const common: { [key: string]: Yaml } = {
    count: count === 1 ? undefined : count,
    static: leak === undefined || leak === 0 ? undefined : { leakage_mw: leak, source: "timeloop" },
  };
  if (kind === "arithmetic") {
    const energy = energyOf("compute") ?? energyOf("mac");
    if (energy === undefined) missing.push(`${name}.mac`);
    return componentText({
      name,
      fields: { class: "arithmetic", mac_scaling: "none", ...common },
      prices:
        energy === undefined
          ? []
          : [{ verb: "mac", operand: part.operand, value: energy, unit: "pJ", source: "timeloop" }],
    });
  }
  const update = energyOf("update");
  if (update !== undefined && update !== energyOf("write")) {
    remarks.add(path, `an update costs ${update} pJ, another price than a write; updates are billed as writes`);
  }
  const { width } = part;
  const prices = (["read", "write"] as const).flatMap((verb) => {
    const value = energyOf(verb);
    if (value !== undefined && width !== undefined)
      return [{ verb, value, unit: "pJ", bits: width, source: "timeloop" }];
    missing.push(`${name}.${verb}`);
    return [];
  });
  const homes = (Object.keys(dataspaces) as Dataspace[]).filter((space) => homeOf(chains[space]) === part);
  const inner = (Object.keys(dataspaces) as Dataspace[]).flatMap((space) => {
    const chain = chains[space];
    return chain[chain.indexOf(part) + 1] !== undefined && chain.includes(part)
      ? [chain[chain.indexOf(part) + 1]!.name]
      : [];
  });
  return componentText({
    name,
    fields: {
      class: kind,
      type: kind === "dram" ? String(attributes.type ?? "not-stated").toLowerCase() : undefined,
      size: part.size !== undefined && Number.isFinite(part.size) ? sizeText(part.size) : undefined,
      ...common,
      holds: homes.length === 0 ? undefined : homes.map((space) => dataspaces[space]),
      backs: inner.length === 0 ? undefined : [...new Set(inner)],
      bandwidth_bits: bandwidthOf(part),
    },
    prices,
  });
}

const sizeText = (bits: number): Yaml => (bits % 8 === 0 ? bits / 8 : `${bits / 8} B`);

/** The outermost memory on chip of which there is one; otherwise the outermost of all. */
const homeOf = (chain: readonly Part[]): Part | undefined =>
  chain.find(({ kind, count }) => kind !== "dram" && count === 1) ?? chain[0];

function bandwidthOf({ attributes, datawidth = 1 }: Part): Yaml {
  const { read_bandwidth: read, write_bandwidth: write } = attributes;
  if (typeof read !== "number" || typeof write !== "number") return undefined;
  return read === write ? read * datawidth : { read: read * datawidth, write: write * datawidth };
}
