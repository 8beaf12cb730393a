/**
 * @file Placement: where values live between layers. One memory holds all weights, one all activations; partial sums
 * and state live where the machine says, or with the activations.
 */

import { fail } from "../base/errors.ts";
import { type Holding, isMemory, type Machine, type Memory } from "../machines/index.ts";

export interface Placement {
  readonly weights: Memory;
  readonly activations: Memory;
  readonly partialSums: Memory;
  readonly state: Memory;
}

/** Names of memories that replace what the machine file says under `holds`. */
export type PlacementChoice = Readonly<Partial<Record<Holding, string>>>;

/** @throws FemtoError `machine.placement` where no memory, or more than one, holds what is asked for */
export function placeTrivially(machine: Machine, choice: PlacementChoice = {}): Placement {
  const weights = homeOf("weights", machine, choice.weights);
  const activations = homeOf("activations", machine, choice.activations);
  const own = (held: Holding) =>
    choice[held] !== undefined || machine.components.some((entry) => isMemory(entry) && entry.holds.includes(held))
      ? homeOf(held, machine, choice[held])
      : activations;
  return {
    weights,
    activations,
    partialSums: own("partial sums"),
    state: own("state"),
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
