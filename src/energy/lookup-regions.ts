/**
 * @file Regions on a fabric of lookup tables: thermometers, tables, counters and the wiring between them are one piece of
 * logic. What travels inside it is on wires, which the price of a table includes; memory stands at its borders alone.
 */

import type { Region } from "./mapping.ts";
import type { NodeCost, Operand } from "./node-cost.ts";
import { readersOf, regionsOf } from "./regions.ts";

/** What is made of comparators, tables and adders. */
const logic = new Set(["femto.Thermometer", "femto.LutLayer", "femto.GroupSum", "femto.ConditionalSum"]);

/** What picks, turns or joins elements by constants: wires. */
const wiring = new Set(["Gather", "Transpose", "Slice", "Cast", "Concat"]);

/** How a model hangs together on a fabric. */
export interface Wires {
  /** Is the node part of a piece of logic? */
  isLogic(node: NodeCost): boolean;
  /** Is it a part that computes nothing? */
  isWiring(node: NodeCost): boolean;
  /** Does a piece of logic make the value? */
  isMade(value: string): boolean;
  /** What a piece of logic really reads: that from which the wiring in front of it picks its elements. */
  sourceOf(operand: Operand): Operand;
  /** Must a value that a node of a region writes go to memory: does it leave the model, or does another thing than wires take it? */
  leaves(value: string, writer: NodeCost, region: ReadonlySet<NodeCost>): boolean;
}

/** Regions with the wires of the model; the wiring of a piece of logic belongs to what it leads to, or comes from. */
export function lookupRegions(nodes: readonly NodeCost[], outputs: ReadonlySet<string>): Region[] {
  const { wires, homeOf } = wiresOf(nodes, outputs);
  const attached = new Map<NodeCost, NodeCost[]>();
  for (const node of nodes) {
    const home = homeOf(node);
    if (home !== undefined) attached.set(home, [...(attached.get(home) ?? []), node]);
  }
  const all = regionsOf(nodes, outputs, {
    // The adders of a conditional sum do on the way out what a product's array does.
    leads: (node) => node.kind !== "stream" || node.operator === "femto.ConditionalSum",
    joins: (node) => !wires.isLogic(node),
  });
  return all
    .filter(({ head }) => !wires.isWiring(head))
    .map(({ head, tail }) => ({ head, tail: [...(attached.get(head) ?? []), ...tail], wires }));
}

function wiresOf(nodes: readonly NodeCost[], outputs: ReadonlySet<string>) {
  const readers = readersOf(nodes);
  const producers = new Map(nodes.flatMap((node) => node.writes.map(({ value }) => [value, node] as const)));
  const parts = new Set(nodes.filter(({ operator }) => logic.has(operator)));
  const [front, behind] = [new Set<NodeCost>(), new Set<NodeCost>()];
  const readersAre = (node: NodeCost, test: (reader: NodeCost) => boolean) =>
    node.writes.every(({ value }) => !outputs.has(value) && (readers.get(value) ?? []).every(test));
  const isUnary = ({ operator, reads }: NodeCost) =>
    wiring.has(operator) && operator !== "Concat" && reads.slice(1).every(({ isConstant }) => isConstant);
  for (const node of nodes.toReversed()) {
    if (!isUnary(node) || !readersAre(node, (reader) => parts.has(reader))) continue;
    if (node.writes.every(({ value }) => (readers.get(value) ?? []).length === 0)) continue;
    parts.add(node);
    front.add(node);
  }
  const isMade = (value: string): boolean => {
    const producer = producers.get(value);
    if (producer === undefined || !parts.has(producer)) return false;
    return front.has(producer) ? isMade(producer.reads[0]!.value) : true;
  };
  for (const node of nodes) {
    if (parts.has(node)) continue;
    const read = node.operator === "Concat" ? node.reads : node.reads.slice(0, 1);
    if (read.length === 0 || !read.every(({ value }) => isMade(value))) continue;
    if (isUnary(node) || node.operator === "Concat") behind.add(node);
    else if (node.operator !== "ArgMax") continue;
    parts.add(node);
  }
  const sourceOf = (operand: Operand): Operand => {
    const producer = producers.get(operand.value);
    return producer !== undefined && front.has(producer) ? sourceOf(producer.reads[0]!) : operand;
  };
  const wires: Wires = {
    isLogic: (node) => parts.has(node),
    isWiring: (node) => front.has(node) || behind.has(node),
    isMade,
    sourceOf,
    leaves: (value, writer, region) =>
      outputs.has(value) ||
      (readers.get(value) ?? []).some((reader) => !region.has(reader) && !(parts.has(writer) && parts.has(reader))),
  };
  /** The part that does something to which a part that is wiring belongs. */
  const homeOf = (node: NodeCost): NodeCost | undefined => {
    if (!wires.isWiring(node)) return undefined;
    const next = front.has(node)
      ? readers.get(node.writes[0]!.value)?.[0]
      : producers.get((node.operator === "Concat" ? node.reads.at(-1) : node.reads[0])!.value);
    return next && (homeOf(next) ?? next);
  };
  return { wires, homeOf };
}
