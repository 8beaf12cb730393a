/**
 * @file Placement: where values live between layers. Here the trivial one of EQAT's equations: all weights in one
 * memory, all activations in one memory, every element read once from there.
 */

import { fail } from "../base/errors.ts";
import { type Holding, isMemory, type Machine, type Memory } from "../machines/index.ts";

export type Placement = Readonly<Record<"weights" | "activations", Memory>>;

/** Names of memories that replace what the machine file says under `holds`. */
export type PlacementChoice = Readonly<Partial<Record<"weights" | "activations", string>>>;

/** @throws FemtoError `machine.placement` where no memory, or more than one, holds what is asked for */
export function placeTrivially(machine: Machine, choice: PlacementChoice = {}): Placement {
  return {
    weights: homeOf("weights", machine, choice.weights),
    activations: homeOf("activations", machine, choice.activations),
  };
}

function homeOf(held: Holding, machine: Machine, chosen: string | undefined): Memory {
  const memories = machine.components.filter(isMemory);
  const homes = memories.filter(({ name, holds }) => (chosen === undefined ? holds.includes(held) : name === chosen));
  const [home, second] = homes;
  if (home !== undefined && second === undefined) return home;
  return fail({
    code: "machine.placement",
    where: home === undefined ? machine.origin : `${machine.origin}:${second!.line}`,
    message:
      chosen !== undefined
        ? `the machine has no memory called ${chosen}`
        : home === undefined
          ? `no memory holds ${held}`
          : `more than one memory holds ${held}`,
    expected: `one of: ${memories.map(({ name }) => name).join(", ") || "the machine has no memory"}`,
    hint: `write holds: [${held}] at the memory in which ${held} live`,
  });
}
