/**
 * @file A piece of logic made of comparators, lookup tables and adders, paid: raw features come from memory once, each;
 * comparisons with constants, table reads, full adders of the counters and comparisons of an argmax are paid, and what
 * leaves goes to memory. Everything else travels on wires, which the price of a table includes.
 */

import { isMemory } from "../../machines/index.ts";
import { Actions } from "../actions.ts";
import { groupsOf } from "../bit-values.ts";
import type { Wires } from "../lookup-regions.ts";
import type { MappingContext, Region } from "../mapping.ts";
import type { NodeCost, Operand } from "../node-cost.ts";
import type { Schedule } from "../schedule.ts";
import type { Width } from "../width.ts";
import { fetch, store } from "./travel.ts";

/** A region of {@link lookupRegions} whose head is logic. */
export function planLogic({ head, tail }: Region, wires: Wires, context: MappingContext): Schedule {
  const plan = new Actions(context);
  const nodes = [head, ...tail];
  for (const node of nodes) {
    if (!wires.isLogic(node)) plan.elementary(node, context.widthsOf(node).weight);
    else if (!wires.isWiring(node)) operations(plan, node);
  }
  if (context.machine.components.some(isMemory)) borders(plan, nodes, wires);
  return { nodes, actions: plan.actions, unmodelled: plan.unmodelled, ...choices(head) };
}

function operations(plan: Actions, node: NodeCost): void {
  const { input, weight } = plan.context.widthsOf(node);
  if (node.comparisons !== undefined) {
    for (const [bits, count] of comparators(node, input)) {
      plan.elementary({ ...node, ops: [{ op: "compare", count: count * samplesOf(node) }] }, bits);
    }
  } else if (node.operator === "femto.GroupSum") {
    const { size, last, groups } = groupsOf(node);
    const each = (groups - 1) * fullAdders(size) + fullAdders(last);
    plan.elementary({ ...node, ops: [{ op: "add", count: (each * node.nY) / groups }] }, 1);
  } else plan.elementary(node, weight);
}

/** Comparators of one sample by the bits that they compare; a comparison of one bit is a wire. */
function comparators({ comparisons }: NodeCost, input: Width): Map<Width, number> {
  const { bits, count } = comparisons!;
  if (bits === undefined) return new Map([[input, count]]);
  const found = new Map<Width, number>();
  for (const width of bits) if (width > 1) found.set(width, (found.get(width) ?? 0) + 1);
  return found;
}

/** Examples, or tokens, that a thermometer encodes in one run. */
const samplesOf = ({ nY, comparisons }: NodeCost): number => nY / comparisons!.code;

/** Bits become the number of ones, ⌊log₂⌋ + 1 bits, by full adders, each of which takes a bit away. */
const fullAdders = (bits: number): number => Math.max(0, bits - Math.floor(Math.log2(Math.max(1, bits))) - 1);

/** What comes in from memory and what goes out to it. */
function borders(plan: Actions, nodes: readonly NodeCost[], wires: Wires): void {
  const { placement, widthsOf } = plan.context;
  const region = new Set(nodes);
  const inside = new Set(nodes.flatMap(({ writes }) => writes.map(({ value }) => value)));
  for (const node of nodes) {
    if (wires.isWiring(node)) continue;
    const { input, weight } = widthsOf(node);
    for (const read of node.reads) {
      const source = wires.isLogic(node) ? wires.sourceOf(read) : read;
      const isOnWires = inside.has(source.value) || (wires.isLogic(node) && wires.isMade(source.value));
      if (isOnWires || (read.isConstant && read.elements <= 1)) continue;
      const home = read.isConstant ? placement.weights : placement.activations;
      const cause = read.isConstant ? "weights" : "activations";
      const { count, what } = elementsRead(node, read, source);
      const width = read.isConstant ? weight : input;
      const rule = `${source.value}: ${what}`;
      fetch(plan, node, home, count, width, cause, rule);
      plan.move(node, home, "read", count, width, cause, rule);
    }
  }
  for (const node of nodes) {
    const { output } = widthsOf(node);
    for (const { value, elements } of node.writes) {
      if (!wires.leaves(value, node, region)) continue;
      const rule = `${value} written once`;
      plan.move(node, placement.activations, "write", elements, output, "activations", rule);
      store(plan, node, placement.activations, elements, output, "activations", rule);
    }
  }
}

/** Of a thermometer's input the features that some threshold is compared with; of others what is read, or all that there is. */
function elementsRead(node: NodeCost, read: Operand, source: Operand): { count: number; what: string } {
  if (node.comparisons !== undefined) {
    return { count: node.comparisons.features * samplesOf(node), what: "features that a threshold is compared with" };
  }
  return { count: Math.min(read.elements, source.elements), what: "read once" };
}

/** What a reader of the bill wants to know of an encoder. */
function choices({ comparisons }: NodeCost): Pick<Schedule, "choices"> {
  if (comparisons === undefined) return {};
  const wires = comparisons.bits?.filter((bits) => bits === 1).length ?? 0;
  return { choices: { comparators: comparisons.count - wires, wires } };
}
