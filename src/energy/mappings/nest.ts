/**
 * @file Loop nests: a hierarchy of memories over an array, mapped by search as `energy/nest` does (docs/nest.md), paid by
 * the machine's components. Other nodes cost their operations alone, as in the published examples.
 */

import type { Component, Machine, NestMapping as NestMachine } from "../../machines/index.ts";
import { Actions } from "../actions.ts";
import { type MappingContext, mapping } from "../mapping.ts";
import {
  type Found,
  type MachineNest,
  type Move,
  nestLayerOf,
  nestOfMachine,
  paidBits,
  type Searcher,
  searcherOn,
  type Traffic,
} from "../nest/index.ts";
import type { NodeCost } from "../node-cost.ts";
import type { Cause, Schedule } from "../schedule.ts";
import { bitsOfWidth } from "../width.ts";

/** Accumulators of the published examples: 16 bits [source: ZigZag, partial sums of its workloads]. */
const PARTIAL_SUM_BITS = 16;

export const nest = mapping({
  id: "nest",
  title: "a loop nest over a memory hierarchy, the fastest mapping that a search finds",
  prices: "everything",
  plan(region, context) {
    const { head, tail } = region;
    const plan = new Actions(context);
    const schedule = head.kind === "stream" ? undefined : planProduct(plan, head, context);
    for (const node of [head, ...tail]) {
      plan.elementary(node, context.widthsOf(node).weight);
    }
    return { nodes: [head, ...tail], actions: plan.actions, unmodelled: plan.unmodelled, ...schedule };
  },
});

function planProduct(
  plan: Actions,
  head: NodeCost,
  context: MappingContext,
): Pick<Schedule, "timing" | "choices"> | undefined {
  const { machine } = context;
  const { weight, input, output } = context.widthsOf(head);
  const bits = { weight: bitsOfWidth(weight), input: bitsOfWidth(input), output: bitsOfWidth(output) };
  const layer = nestLayerOf(head, { ...bits, partial: Math.max(PARTIAL_SUM_BITS, bits.output) });
  if (typeof layer === "string") {
    plan.missing(head, layer, [{ op: "mac", count: head.macs }]);
    return undefined;
  }
  const laid = nestOfMachine(machine, head);
  const { mapping: chosen, cost, orders } = search(machine, head, laid, layer);
  plan.mac(head, { weight, input });
  const outermost = cost.traffic.reduce((most, { memory }) => Math.max(most, memory), 0);
  for (const row of cost.traffic) {
    const bitsPaid = paidBits(row, laid);
    plan.add(head, {
      component: componentOf(machine, row.memory),
      verb: isWriting(row.move) ? "write" : "read",
      count: bitsPaid,
      operands: [1],
      cause: causeOf(row, head, outermost),
      rule: `${row.move} of the ${row.operand}: ${row.granules} accesses of ${row.granuleBits} bits`,
    });
  }
  const { cycles, binding } = cost.time;
  return {
    timing: {
      latencyCycles: cycles.total,
      busy: [
        { unit: "array", cycles: cycles.computing, state: "active" },
        { unit: "array", cycles: cycles.stalled, state: "stalled" },
        { unit: "array", cycles: cycles.onloading + cycles.offloading, state: "idle" },
      ],
      utilisation: cost.utilisation.overall,
      binding: binding === "array" ? "compute" : `${binding.memory} ${binding.port}`,
    },
    choices: {
      order: chosen.order.map(({ loop, size }) => `${loop} ${size}`).join(" · ") || "one step",
      orders,
    },
  };
}

/** Of the output, what reaches the outermost memory is the finished result. */
function causeOf({ operand, memory }: Traffic, { kind }: NodeCost, outermost: number): Cause {
  if (operand === "weight") return kind === "layer" ? "weights" : "activations";
  return operand === "input" || memory === outermost ? "activations" : "partial sums";
}

const isWriting = (move: Move): boolean => move === "fill" || move === "collect";

const componentOf = (machine: Machine, memory: number): Component => {
  const { component } = (machine.mapping as NestMachine).memories[memory]!;
  return machine.components.find(({ name }) => name === component)!;
};

/** One searcher for each machine and operator: layers of the same shape and widths are searched once. */
const searchers = new WeakMap<Machine, Map<string, Searcher>>();

function search(
  machine: Machine,
  { operator }: NodeCost,
  { architecture, wanted, order }: MachineNest,
  layer: Parameters<Searcher>[0],
): Found {
  const known = searchers.get(machine) ?? new Map<string, Searcher>();
  searchers.set(machine, known);
  const find = known.get(operator) ?? searcherOn(architecture);
  known.set(operator, find);
  return find(layer, wanted, order === undefined ? {} : { order });
}
