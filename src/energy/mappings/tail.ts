/**
 * @file What all mappings do alike: the elementary operations of a region, what its nodes read besides the factors of
 * the product, and the result that leaves it.
 */

import type { Actions } from "../actions.ts";
import type { Region } from "../mapping.ts";
import type { NodeCost, Operand } from "../node-cost.ts";

/** Extra reads (biases, second operands), elementary operations, and the writes of what leaves the region. */
export function tailActions(plan: Actions, { head, tail }: Region): void {
  const inside = new Set<string>();
  for (const node of [head, ...tail]) {
    operandReads(plan, node, inside);
    const { widthsOf } = plan.context;
    plan.elementary(node, node.kind === "stream" ? widthsOf(node).input : widthsOf(node).weight);
    for (const { value } of node.writes) inside.add(value);
  }
  resultWrites(plan, tail.at(-1) ?? head);
}

function operandReads(plan: Actions, node: NodeCost, inside: ReadonlySet<string>): void {
  const { placement, widthsOf } = plan.context;
  const { input } = widthsOf(node);
  for (const read of node.reads) {
    if (inside.has(read.value) || isNegligible(read)) continue;
    const home = read.isConstant ? placement.weights : placement.activations;
    const cause = read.isConstant ? "weights" : "activations";
    plan.move(node, home, "read", read.elements, input, cause, `${read.value} read once`);
  }
}

function resultWrites(plan: Actions, node: NodeCost): void {
  const { placement, widthsOf } = plan.context;
  const { output } = widthsOf(node);
  for (const { value, elements } of node.writes) {
    plan.move(node, placement.activations, "write", elements, output, "activations", `${value} written once`);
  }
}

/** A constant of one element (a scale, an exponent) is part of the instruction. */
const isNegligible = ({ isConstant, elements }: Operand): boolean => isConstant && elements <= 1;
