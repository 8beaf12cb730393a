/**
 * @file What all mappings do alike: the elementary operations of a region, what its nodes read besides the factors of
 * the product, and the result that leaves it.
 */

import type { Actions } from "../actions.ts";
import type { Region } from "../mapping.ts";
import type { NodeCost, Operand } from "../node-cost.ts";
import { fetch, store } from "./travel.ts";

export interface TailOptions {
  /**
   * What happens to what leaves the region: it is written to its home and sent on (`write`); the product's own mapping
   * wrote it there, and it is sent on (`forward`); or the mapping saw to it all (`done`).
   */
  readonly result?: "write" | "forward" | "done";
}

/** Extra reads (biases, second operands), elementary operations, and the writes of what leaves the region. */
export function tailActions(plan: Actions, { head, tail }: Region, { result = "write" }: TailOptions = {}): void {
  const inside = new Set<string>();
  for (const node of [head, ...tail]) {
    operandReads(plan, node, inside);
    plan.elementary(node, plan.context.widthsOf(node).weight);
    for (const { value } of node.writes) inside.add(value);
  }
  if (result !== "done") resultWrites(plan, tail.at(-1) ?? head, result === "forward");
}

function operandReads(plan: Actions, node: NodeCost, inside: ReadonlySet<string>): void {
  const { placement, widthsOf } = plan.context;
  const { input, weight } = widthsOf(node);
  for (const read of node.reads) {
    if (inside.has(read.value) || isNegligible(read)) continue;
    // Of a stream, constants have the width of its operation: vectors that bits choose.
    const width = read.isConstant && node.kind === "stream" ? weight : input;
    const home = read.isConstant ? placement.weights : placement.activations;
    const cause = read.isConstant ? "weights" : "activations";
    const rule = `${read.value} read once`;
    fetch(plan, node, home, read.elements, width, cause, rule);
    plan.move(node, home, "read", read.elements, width, cause, rule);
  }
}

function resultWrites(plan: Actions, node: NodeCost, isWritten: boolean): void {
  const { placement, widthsOf } = plan.context;
  const { output } = widthsOf(node);
  for (const { value, elements } of node.writes) {
    const rule = `${value} written once`;
    if (!isWritten) plan.move(node, placement.activations, "write", elements, output, "activations", rule);
    store(plan, node, placement.activations, elements, output, "activations", rule);
  }
}

/** A constant of one element (a scale, an exponent) is part of the instruction. */
const isNegligible = ({ isConstant, elements }: Operand): boolean => isConstant && elements <= 1;
