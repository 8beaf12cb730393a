/**
 * @file Schedule: what a mapping makes of a region of the graph — priced actions and busy time. Mappings count; only the
 * bill turns actions into energy.
 */

import { fail } from "../base/errors.ts";
import { type Arithmetic, type Component, isArithmetic, type Machine } from "../machines/index.ts";
import type { NodeCost, Unmodelled } from "./node-cost.ts";
import type { Width } from "./width.ts";

/** What energy is spent on. */
export const causes = [
  "compute",
  "weights",
  "activations",
  "partial sums",
  "state",
  "network",
  "conversion",
  "instructions",
  "leakage",
] as const;
export type Cause = (typeof causes)[number];

/** Something that a component does so many times. */
export interface Action {
  readonly component: Component;
  readonly verb: string;
  /** Operations; for data elements, each as wide as its operand's format. */
  readonly count: number;
  /** Formats of the operands, or of the element that is moved. */
  readonly operands: readonly Width[];
  readonly cause: Cause;
  /** `deployment`: paid once when the model is installed (programming a crossbar), not in every inference. */
  readonly per: "inference" | "deployment";
  /** Which node asks for it, and by which rule. */
  readonly from: { readonly layer: string; readonly node: string; readonly rule: string };
}

/** How long a unit was in a state. */
export interface Busy {
  readonly unit: string;
  readonly cycles: number;
  readonly state: "active" | "stalled" | "idle";
}

/** Time of a region; absent where a mapping knows no time. */
export interface Timing {
  readonly latencyCycles: number;
  readonly busy: readonly Busy[];
  /** Multiply-accumulates over what the array could do in the latency; absent for regions without products. */
  readonly utilisation?: number;
  /** What the latency is bound by: `compute`, `dram bandwidth`. */
  readonly binding: string;
}

export interface Schedule {
  /** The nodes of the region; the first one gives it its name. */
  readonly nodes: readonly NodeCost[];
  readonly actions: readonly Action[];
  readonly timing?: Timing;
  /** Nodes, or parts of them, that the machine has no price for. */
  readonly unmodelled: readonly Unmodelled[];
  /** What the mapping chose (a tiling, a movement), for people. */
  readonly choices?: Readonly<Record<string, string | number>>;
}

/** The one component that can do something, if there is one. @throws FemtoError `machine.price` where there are more */
export function findUnit(machine: Machine, verb: string): Arithmetic | undefined {
  const units = machine.components
    .filter(isArithmetic)
    .filter(({ prices }) => prices.some((price) => price.verb === verb));
  const [unit, second] = units;
  if (second === undefined) return unit;
  return fail({
    code: "machine.price",
    where: `${machine.origin}:${second.line}`,
    message: `more than one component has a price for ${verb}`,
    expected: `one arithmetic component with verb: ${verb}`,
    got: listed(machine),
  });
}

/** The one component that can do something. @throws FemtoError `machine.price` */
export function unitFor(machine: Machine, verb: string): Arithmetic {
  return (
    findUnit(machine, verb) ??
    fail({
      code: "machine.price",
      where: machine.origin,
      message: `no component has a price for ${verb}`,
      expected: `one arithmetic component with verb: ${verb}`,
      got: listed(machine),
    })
  );
}

const listed = (machine: Machine): string =>
  machine.components.map(({ name, line }) => `${name} (line ${line})`).join(", ");
