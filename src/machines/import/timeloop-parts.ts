/** @file Parts: the components of a Timeloop architecture in order, with inherited attributes and instances counted. */

import { fail } from "../../base/errors.ts";
import type { LocatedYaml, Path } from "../located-yaml.ts";
import type { Remarks } from "./imported.ts";

/** What Timeloop calls a dataspace, and what a machine calls it. */
export const dataspaces = { Weights: "weights", Inputs: "activations", Outputs: "partial sums" } as const;
export type Dataspace = keyof typeof dataspaces;

type Values = Readonly<Record<string, unknown>>;

export interface Part {
  readonly name: string;
  readonly path: Path;
  readonly kind: "arithmetic" | "registers" | "sram" | "dram";
  /** Instances: the product of the meshes around it. */
  readonly count: number;
  /** Meshes around it, outermost first: `PE.X` → 14. */
  readonly meshes: readonly { readonly name: string; readonly size: number }[];
  readonly attributes: Values;
  readonly technology: unknown;
  /** Bits of one instance; infinite where a memory has no depth; absent for what is no memory. */
  readonly size: number | undefined;
  /** Bits of an access. */
  readonly width: number | undefined;
  readonly datawidth: number | undefined;
  readonly operand: string | undefined;
  readonly keeps: readonly Dataspace[];
}

const isMapping = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const kinds: readonly (readonly [RegExp, Part["kind"]])[] = [
  [/dram|hbm|ddr/i, "dram"],
  [/mac|mult|compute/i, "arithmetic"],
  [/sram|cache|glb/i, "sram"],
  [/rf|reg|storage|buffer|fifo|spad/i, "registers"],
];

/** Attributes that were understood, or that only steer estimators whose result the reference table holds. */
const understood: Readonly<Record<Part["kind"], readonly string[]>> = {
  arithmetic: ["technology", "multiplier_width", "adder_width", "datawidth", "compute_energy", "mac_energy", "energy"],
  registers: ["technology", "depth", "width", "datawidth", "read_bandwidth", "write_bandwidth"],
  sram: ["technology", "depth", "width", "datawidth", "read_bandwidth", "write_bandwidth"],
  dram: ["technology", "depth", "width", "datawidth", "read_bandwidth", "write_bandwidth", "type"],
};
const energies = ["read_energy", "write_energy", "update_energy", "global_cycle_seconds"];

/** For each dataspace, the memories that keep it, from the outside in. */
export function chainsOf(parts: readonly Part[]): Record<Dataspace, Part[]> {
  const of = (dataspace: Dataspace) =>
    parts.filter((part) => part.size !== undefined && part.keeps.includes(dataspace));
  return { Weights: of("Weights"), Inputs: of("Inputs"), Outputs: of("Outputs") };
}

/** @throws FemtoError `import.timeloop` */
export function walkArchitecture(yaml: LocatedYaml, origin: string, remarks: Remarks): Part[] {
  const root = isMapping(yaml.value) ? yaml.value.architecture : undefined;
  const nodes = isMapping(root) ? root.nodes : undefined;
  if (!isMapping(root) || !Array.isArray(nodes)) {
    return fail({
      code: "import.timeloop",
      where: `${origin}:1`,
      message: "this is no Timeloop architecture",
      expected: "architecture: { version: 0.4, nodes: [ … ] }",
    });
  }
  if (Number(root.version) !== 0.4) remarks.add(["architecture", "version"], "the version is not 0.4");
  for (const key of Object.keys(yaml.value as Values)) {
    if (key !== "architecture") remarks.add([key], "not part of the architecture; not translated");
  }
  remarks.known(root, ["architecture"], ["version", "nodes"]);
  const parts: Part[] = [];
  const walk = (list: readonly unknown[], at: Path, outer: Inherited): void => {
    let inherited = outer;
    list.forEach((node, i) => {
      const path = [...at, i];
      if (!isMapping(node)) {
        remarks.add(path, "this is no node");
        return;
      }
      const tag = yaml.tagOf(path);
      if (Array.isArray(node.nodes)) {
        remarks.known(node, path, ["nodes", "name"]);
        walk(node.nodes, [...path, "nodes"], inherited);
      } else if (tag === "!Container") {
        inherited = containerOf(node, path, inherited, remarks);
      } else if (tag === "!Component") {
        const part = partOf(node, path, inherited, remarks);
        if (part !== undefined) parts.push(part);
      } else remarks.add(path, `${tag ?? "a node without tag"} is not translated`);
    });
  };
  walk(nodes, ["architecture", "nodes"], { attributes: {}, meshes: [] });
  return parts;
}

interface Inherited {
  readonly attributes: Values;
  readonly meshes: Part["meshes"];
}

function containerOf(node: Values, path: Path, outer: Inherited, remarks: Remarks): Inherited {
  remarks.known(node, path, ["name", "spatial", "attributes", "constraints"]);
  constraintsOf(node, path, remarks);
  return {
    attributes: { ...outer.attributes, ...(isMapping(node.attributes) ? node.attributes : {}) },
    meshes: [...outer.meshes, ...meshesOf(node, path, remarks)],
  };
}

function meshesOf({ name, spatial }: Values, path: Path, remarks: Remarks): Part["meshes"] {
  if (!isMapping(spatial)) return [];
  remarks.known(spatial, [...path, "spatial"], ["meshX", "meshY"]);
  return (["meshX", "meshY"] as const).flatMap((key) => {
    const size = spatial[key];
    if (size === undefined || size === 1) return [];
    if (typeof size === "number" && Number.isInteger(size) && size > 1) {
      return [{ name: `${String(name)}.${key.slice(-1)}`, size }];
    }
    remarks.add([...path, "spatial", key], `${String(size)} is no whole number; expressions are not evaluated`);
    return [];
  });
}

/** Which dataspaces a node keeps; everything else under `constraints` steers Timeloop's mapper. */
function constraintsOf(node: Values, path: Path, remarks: Remarks): Dataspace[] {
  const all = Object.keys(dataspaces) as Dataspace[];
  if (!isMapping(node.constraints)) return all;
  const { dataspace, ...rest } = node.constraints;
  for (const key of Object.keys(rest)) {
    remarks.add([...path, "constraints", key], "steers Timeloop's mapper; not translated");
  }
  if (!isMapping(dataspace)) return all;
  remarks.known(dataspace, [...path, "constraints", "dataspace"], ["keep", "bypass", "keep_only"]);
  const listed = (value: unknown) => (Array.isArray(value) ? value : []) as string[];
  const keep = dataspace.keep ?? dataspace.keep_only;
  for (const name of [...listed(keep), ...listed(dataspace.bypass)]) {
    if (!(name in dataspaces)) {
      remarks.add([...path, "constraints", "dataspace"], `${name} is none of ${all.join(", ")}; not translated`);
    }
  }
  return all.filter((space) =>
    keep === undefined ? !listed(dataspace.bypass).includes(space) : listed(keep).includes(space),
  );
}

function partOf(node: Values, path: Path, outer: Inherited, remarks: Remarks): Part | undefined {
  const name = String(node.name ?? "");
  remarks.known(node, path, ["name", "class", "subclass", "attributes", "constraints", "spatial"]);
  const keeps = constraintsOf(node, path, remarks);
  const own = isMapping(node.attributes) ? node.attributes : {};
  const attributes: Values = { ...outer.attributes, ...own };
  const described = `${String(node.class ?? "")} ${String(node.subclass ?? "")}`;
  const kind = kinds.find(([pattern]) => pattern.test(described))?.[1];
  if (kind === undefined) {
    remarks.add([...path, "class"], `class ${described.trim()} is not translated, so ${name} is not in the machine`);
    return undefined;
  }
  for (const key of Object.keys(own)) {
    if (!understood[kind].includes(key) && !energies.includes(key)) {
      remarks.add([...path, "attributes", key], "not translated");
    }
  }
  const numberOf = (key: string): number | undefined => {
    const value = attributes[key];
    if (value === undefined || typeof value === "number") return value;
    remarks.add([...path, "attributes", key], `${String(value)} is no number; expressions are not evaluated`);
    return undefined;
  };
  const meshes = [...outer.meshes, ...meshesOf(node, path, remarks)];
  const width = kind === "arithmetic" ? undefined : numberOf("width");
  const depth = kind === "arithmetic" ? undefined : numberOf("depth");
  if (attributes.read_bandwidth !== undefined) {
    remarks.add([...path, "attributes", "read_bandwidth"], "taken as words of datawidth bits per cycle");
  }
  return {
    name,
    path,
    kind,
    meshes,
    count: meshes.reduce((product, { size }) => product * size, 1),
    attributes,
    technology: attributes.technology,
    size:
      kind === "arithmetic"
        ? undefined
        : depth !== undefined && width !== undefined
          ? depth * width
          : Number.POSITIVE_INFINITY,
    width,
    datawidth: numberOf("datawidth"),
    operand: kind === "arithmetic" ? operandOf(described, attributes, path, remarks) : undefined,
    keeps: kind === "arithmetic" ? [] : keeps,
  };
}

function operandOf(described: string, attributes: Values, path: Path, remarks: Remarks): string {
  const bits = attributes.multiplier_width ?? attributes.datawidth;
  const width = typeof bits === "number" ? bits : 8;
  if (typeof bits !== "number")
    remarks.add(path, "no multiplier_width is stated; the energy is taken as that of 8 bits");
  return /fp|float/i.test(described) ? `float${width}` : `int${width}`;
}
