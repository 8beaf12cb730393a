/**
 * @file A Timeloop architecture as mapping `nest`: meshes become dimensions of the array, memories serve those inside of
 * them. Timeloop states no ports; each memory gets one to read and one to write, as wide as an access.
 */

import { flow, type Remarks } from "./imported.ts";
import { chainsOf, type Dataspace, dataspaces, type Part } from "./timeloop-parts.ts";

const operands: Readonly<Record<Dataspace, "I1" | "I2" | "O">> = { Weights: "I2", Inputs: "I1", Outputs: "O" };

/** What a memory without depth is taken to hold: a terabit. */
const UNBOUNDED_BITS = 1e12;

/** Lines of `mapping:`, or none where the architecture does not say enough for a nest. */
export function nestLines(parts: readonly Part[], remarks: Remarks): string[] {
  const units = parts.filter(({ kind }) => kind === "arithmetic");
  const [unit] = units;
  const memories = parts.filter(({ kind, keeps }) => kind !== "arithmetic" && keeps.length > 0);
  const chains = chainsOf(memories);
  const homeless = (Object.keys(dataspaces) as Dataspace[]).filter((space) => chains[space].length === 0);
  if (
    unit === undefined ||
    units.length > 1 ||
    homeless.length > 0 ||
    memories.some(({ width }) => width === undefined)
  ) {
    remarks.add(["architecture", "nodes"], "no loop nest can be made of this; the machine reads every operand once");
    return [];
  }
  const dimensions = unit.meshes.length === 0 ? [{ name: "D1", size: 1 }] : unit.meshes;
  remarks.add(["architecture", "nodes"], "Timeloop states no ports: each memory has one to read and one to write");
  return [
    "mapping:",
    "  kind: nest",
    `  array: ${flow({ unit: unit.name, dimensions: dimensions.map(({ name }) => name), sizes: dimensions.map(({ size }) => size) })}`,
    "  memories:",
    // from the units out
    ...memories.toReversed().flatMap((part) => {
      const own = part.keeps.map((space) => operands[space]);
      const port = (name: string, type: string, directions: readonly string[]) =>
        `        - ${flow({
          name,
          type,
          bandwidth_min: part.width,
          bandwidth_max: part.width,
          allocation: own.flatMap((operand) =>
            directions.filter((to) => operand === "O" || to === directions[0]).map((to) => `${operand}, ${to}`),
          ),
        })}`;
      const size = part.size === undefined || !Number.isFinite(part.size) ? UNBOUNDED_BITS : part.size;
      if (size === UNBOUNDED_BITS) remarks.add(part.path, "no size is stated; the nest takes it as a terabit");
      return [
        `    - component: ${flow(part.name)}`,
        `      size_bits: ${size}`,
        `      operands: ${flow(own)}`,
        `      served_dimensions: ${flow(dimensions.map(({ name }) => name).filter((name) => !part.meshes.some((mesh) => mesh.name === name)))}`,
        "      ports:",
        port("r_port_1", "read", ["tl", "th"]),
        port("w_port_1", "write", ["fh", "fl"]),
      ];
    }),
  ];
}
