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

/**
 * Where everything lives. A home is looked up when it is asked for: machines whose weights are cells or tables have no
 * memory for them.
 * @throws FemtoError `machine.placement`, when a home is asked for, where no memory or more than one holds such values
 */
export function placeTrivially(machine: Machine, choice: PlacementChoice = {}): Placement {
  const isHeld = (held: Holding) =>
    choice[held] !== undefined || machine.components.some((entry) => isMemory(entry) && entry.holds.includes(held));
  const [sums, states] = [isHeld("partial sums"), isHeld("state")];
  const heldIn = (held: "partial sums" | "state"): Holding =>
    (held === "state" ? states : sums) ? held : "activations";
  const found = new Map<Holding, Memory>();
  const home = (held: Holding): Memory => {
    const known = found.get(held) ?? homeOf(held, machine, choice[held]);
    found.set(held, known);
    return known;
  };
  return {
    get weights() {
      return home("weights");
    },
    get activations() {
      return home("activations");
    },
    get partialSums() {
      return home(heldIn("partial sums"));
    },
    get state() {
      return home(heldIn("state"));
    },
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
