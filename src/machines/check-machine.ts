/** @file What the parts of a machine must agree on: names that point at components, a hierarchy without cycles. */

import { fail } from "../base/errors.ts";
import type { LocatedYaml, Path } from "./located-yaml.ts";
import { isArithmetic, isMemory } from "./lookups.ts";
import type { Machine, Memory } from "./machine.ts";
import type { NestMapping } from "./nest.ts";

/** @throws FemtoError `machine.hierarchy`, `machine.mapping` */
export function checkMachine(machine: Machine, yaml: LocatedYaml): void {
  checkHierarchy(machine);
  if (machine.mapping.kind === "nest") checkNest(machine, machine.mapping, yaml);
}

function checkHierarchy({ origin, components }: Machine): void {
  const memories = new Map(components.filter(isMemory).map((memory) => [memory.name, memory]));
  const visit = (memory: Memory, seen: readonly string[]): void => {
    const where = `${origin}:${memory.line} › component ${memory.name} › backs`;
    for (const name of memory.backs) {
      const inner = memories.get(name);
      if (inner === undefined) {
        fail({
          code: "machine.hierarchy",
          where,
          message: `there is no memory called ${name}`,
          expected: [...memories.keys()].join(", "),
        });
      } else if (inner === memory || seen.includes(name)) {
        fail({
          code: "machine.hierarchy",
          where,
          message: "a memory stands behind itself",
          got: [...seen, memory.name, name].join(" → "),
        });
      } else visit(inner, [...seen, memory.name]);
    }
  };
  for (const memory of memories.values()) visit(memory, []);
}

function checkNest(
  { origin, components }: Machine,
  { array, memories, spatial }: NestMapping,
  yaml: LocatedYaml,
): void {
  const refuse = (path: Path, message: string, expected: readonly string[], got: string) =>
    fail({
      code: "machine.mapping",
      where: `${origin}:${yaml.lineOf(["mapping", ...path])} › mapping.${path.join(".")}`,
      message,
      expected: expected.join(", "),
      got,
    });
  const dimensions = array.dimensions.map(({ name }) => name);
  const units = components.filter(isArithmetic).map(({ name }) => name);
  const stores = components.filter(isMemory).map(({ name }) => name);
  if (!units.includes(array.unit)) {
    refuse(["array", "unit"], "the array's unit is no arithmetic component", units, array.unit);
  }
  memories.forEach(({ component, servedDimensions }, i) => {
    if (!stores.includes(component)) {
      refuse(["memories", i, "component"], "this is no memory of the machine", stores, component);
    }
    for (const name of servedDimensions) {
      if (!dimensions.includes(name)) {
        refuse(["memories", i, "served_dimensions"], "the array has no such dimension", dimensions, name);
      }
    }
  });
  spatial.forEach(({ unroll }, i) => {
    for (const name of Object.keys(unroll)) {
      if (!dimensions.includes(name))
        refuse(["spatial", i, "unroll"], "the array has no such dimension", dimensions, name);
    }
  });
}
