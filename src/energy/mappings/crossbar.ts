/**
 * @file Analog crossbars with converters, as ISAAC (Shafiee et al., ISCA 2016) describes them [source: structure;
 * reconstructed: counts]. A weight of b bits lies in ⌈b / cell bits⌉ columns, an input of b bits is applied in
 * ⌈b / DAC bits⌉ steps, and every column is converted in every step of every row tile; a shift and an addition gather
 * each converted value. Weights are programmed once, when the model is installed.
 */

import type { Component, Machine, MachineMapping } from "../../machines/index.ts";
import { Actions } from "../actions.ts";
import { type MappingContext, mapping, type Region } from "../mapping.ts";
import type { NodeCost } from "../node-cost.ts";
import { findUnit } from "../schedule.ts";
import { bitsOfWidth } from "../width.ts";
import { productOf } from "./product.ts";
import { tailActions } from "./tail.ts";
import { fetch } from "./travel.ts";

type Crossbar = Extract<MachineMapping, { kind: "crossbar" }>;

export const crossbar = mapping({
  id: "crossbar",
  title: "analog crossbars: cells multiply, converters are paid for every column, step and row tile",
  prices: "everything",
  plan(region, given) {
    const { head, tail } = region;
    const { activations, partialSums, state } = given.placement;
    // Weights lie in the cells; biases and other constants come from where activations live.
    const context = { ...given, placement: { weights: activations, activations, partialSums, state } };
    const plan = new Actions(context);
    let choices = {};
    // A product of two activations has nothing to be programmed: it is done where numbers are.
    if (head.kind === "product") {
      const { weight, input } = context.widthsOf(head);
      plan.mac(head, { weight, input });
      for (const [count, width] of [
        [head.nA, input],
        [head.nW, weight],
      ] as const) {
        fetch(plan, head, activations, count, width, "activations", "factor once");
        plan.move(head, activations, "read", count, width, "activations", "read once");
      }
    } else if (head.kind === "layer") choices = planArray(plan, region, context);
    tailActions(plan, region);
    return { nodes: [head, ...tail], actions: plan.actions, unmodelled: plan.unmodelled, choices };
  },
});

function planArray(plan: Actions, { head }: Region, { machine, placement, widthsOf }: MappingContext) {
  const own = machine.mapping as Crossbar;
  const { weight, input } = widthsOf(head);
  const { K, M, T, groups, elements } = productOf(head);
  const columns = Math.ceil(bitsOfWidth(weight) / own.cellBits);
  const steps = Math.ceil(bitsOfWidth(input) / own.dacBits);
  const rowTiles = Math.ceil(K / own.rows);
  const columnTiles = Math.ceil((M * columns) / own.cols);
  const conversions = groups * T * M * columns * rowTiles * steps;
  const drives = groups * T * K * columnTiles * steps;
  fetch(plan, head, placement.activations, elements.input, input, "activations", "input once");
  plan.move(head, placement.activations, "read", groups * K * T, input, "activations", "every input of every position");
  convert(plan, head, machine, "dac", drives, `rows × ${steps} steps × ${columnTiles} column tiles`);
  pay(plan, head, machine, "cell", "read", groups * T * K * M * columns * steps, "compute", "cells × steps");
  convert(plan, head, machine, "adc", conversions, `columns × ${steps} steps × ${rowTiles} row tiles`);
  const gather = findUnit(machine, "add");
  if (gather === undefined) plan.missing(head, "the machine has no price for add");
  else
    plan.add(head, {
      component: gather,
      verb: "add",
      count: conversions,
      operands: [],
      cause: "compute",
      rule: "one shift and addition for each conversion",
    });
  const bus = machine.components.find(
    ({ class: kind, prices }) => kind === "network" && prices.some(({ verb }) => verb === "transfer"),
  );
  if (bus !== undefined) {
    plan.add(head, {
      component: bus,
      verb: "transfer",
      count: groups * K * T,
      operands: [input],
      cause: "network",
      rule: "inputs to the crossbars",
    });
  }
  pay(plan, head, machine, "cell", "program", head.nW * columns, "weights", "every cell once, at installation");
  return { crossbars: groups * rowTiles * columnTiles, steps, "cells per weight": columns };
}

function convert(
  plan: Actions,
  node: NodeCost,
  machine: Machine,
  direction: "adc" | "dac",
  count: number,
  rule: string,
): void {
  const component = machine.components.find((entry) => entry.class === "converter" && entry.direction === direction);
  if (component === undefined) plan.missing(node, `the machine has no ${direction.toUpperCase()}`);
  else plan.add(node, { component, verb: "convert", count, operands: [], cause: "conversion", rule });
}

/** Programming is paid per deployment; a machine that does not price it leaves it out of `deployment` only. */
function pay(
  plan: Actions,
  node: NodeCost,
  machine: Machine,
  kind: Component["class"],
  verb: string,
  count: number,
  cause: "compute" | "weights",
  rule: string,
): void {
  const per = verb === "program" ? "deployment" : "inference";
  const component = machine.components.find(
    (entry) => entry.class === kind && entry.prices.some((price) => price.verb === verb),
  );
  if (component !== undefined) plan.add(node, { component, verb, count, operands: [], cause, rule, per });
  else if (per === "inference") plan.missing(node, `the machine has no price for ${verb} of a ${kind}`);
}
