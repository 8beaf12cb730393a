/**
 * @file Schedule: from counted work to priced actions, after EQAT's equations 10–12 with separate bits for weights and
 * activations (sheet, gap 1 [reconstructed]):
 *
 *   E_i = MACs_i·E_MAC·q_i^w·q_i^a + E_access·(N_i^w·q_i^w + N_i^a·q_i^a)
 *
 * The multiplier alone scales with the bits; the accumulator, which the equations leave out, is an option.
 */

import { fail } from "../base/errors.ts";
import { type Arithmetic, type Component, isArithmetic, type Machine } from "../machines/index.ts";
import type { Counts, LayerCost } from "./counts.ts";
import { type PlacementChoice, placeTrivially } from "./placement.ts";
import { assignWidths, type LayerWidths, type Width } from "./width.ts";

/** What energy is spent on. */
export const causes = ["compute", "weights", "activations", "partial sums"] as const;
export type Cause = (typeof causes)[number];

/** Something that a component does so many times. */
export interface Action {
  readonly component: Component;
  readonly verb: string;
  readonly count: number;
  /** Formats of the operands, or of the element that is moved. */
  readonly operands: readonly Width[];
  readonly cause: Cause;
  readonly per: "inference";
  /** Which node asks for it, and by which rule. */
  readonly from: { readonly layer: string; readonly node: string; readonly rule: string };
}

export interface Schedule {
  readonly mapping: "eqat";
  readonly actions: readonly Action[];
}

export interface MappingOptions {
  /** Price the additions of the accumulator too; the paper's equations do not. */
  readonly accumulate?: boolean;
  readonly placement?: PlacementChoice;
}

/** The one component that can do something. @throws FemtoError `machine.price` */
export function unitFor(machine: Machine, verb: string): Arithmetic {
  const units = machine.components
    .filter(isArithmetic)
    .filter(({ prices }) => prices.some((price) => price.verb === verb));
  const [unit, second] = units;
  if (unit !== undefined && second === undefined) return unit;
  return fail({
    code: "machine.price",
    where: second === undefined ? machine.origin : `${machine.origin}:${second.line}`,
    message:
      second === undefined ? `no component has a price for ${verb}` : `more than one component has a price for ${verb}`,
    expected: `one arithmetic component with verb: ${verb}`,
    got: machine.components.map(({ name, line }) => `${name} (line ${line})`).join(", "),
  });
}

/** @throws FemtoError `energy.bits`, `machine.price`, `machine.placement` */
export function scheduleEqat(
  { layers }: Counts,
  machine: Machine,
  widths: readonly LayerWidths[],
  { accumulate = false, placement: choice }: MappingOptions = {},
): Schedule {
  const multiplier = unitFor(machine, "multiply");
  const accumulator = accumulate ? unitFor(machine, "add") : undefined;
  const { weights, activations } = placeTrivially(machine, choice);
  const assigned = assignWidths(layers, widths);
  const actions = layers.flatMap((layer, i): Action[] => {
    const { weight, input } = assigned[i]!;
    const action = (
      cause: Cause,
      component: Component,
      verb: string,
      count: number,
      operands: readonly Width[],
      rule: string,
    ): Action => ({
      component,
      verb,
      count,
      operands,
      cause,
      per: "inference",
      from: { layer: layer.name, node: layer.node, rule },
    });
    return [
      action("compute", multiplier, "multiply", layer.macs, [weight, input], macRule(layer)),
      ...(accumulator === undefined
        ? []
        : [
            action(
              "partial sums",
              accumulator,
              "add",
              layer.macs,
              sumFormat(weight),
              "one addition for each multiplication",
            ),
          ]),
      action("weights", weights, "read", layer.nW, [weight], "every weight read once"),
      action("activations", activations, "read", layer.nA, [input], "every element of the input read once"),
    ];
  });
  return { mapping: "eqat", actions };
}

/** Integer products are summed in the accumulator's own width; floats in their own format. */
const sumFormat = (weight: Width): readonly Width[] => (typeof weight === "number" ? [] : [weight]);

/** `MACs = n 1 · o 6 · oh 24 …`, loops of one step left out. */
const macRule = ({ loops }: LayerCost): string =>
  `MACs = ${loops.flatMap(({ name, size }) => (size === 1 ? [] : [`${name} ${size}`])).join(" · ") || "1"}`;
