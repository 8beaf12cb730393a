/** @file Asks the operator of a node for its gradient: what reverse mode and gradients through a body have in common. */

import { fail } from "../base/errors.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { readAttributes } from "./attributes.ts";
import type { Emit } from "./emit.ts";
import { hasGradient, type NoGradient } from "./operator.ts";
import { findOperator } from "./table.ts";

/**
 * @param dys ∂L/∂output, `undefined` where nothing flows
 * @returns ∂L/∂input in the order of the inputs; nothing for an operator whose slope is zero wherever it has one
 * @throws FemtoError `gradient.none` where the operator has no gradient
 */
export function applyRule(g: Emit, node: Node, dys: readonly (Value | undefined)[]): readonly (Value | undefined)[] {
  const operator = findOperator(node.kind);
  if (!hasGradient(operator)) {
    const { none, isFlat } = operator.gradient as NoGradient;
    if (isFlat) return [];
    return fail({
      code: "gradient.none",
      message: `${node.kind} has no gradient: ${none}`,
      hint: "stop the gradient before it, or put an operator with a straight-through gradient in its place",
    });
  }
  const values = readAttributes(operator.attributes, node.attributes);
  return operator.gradient(g, node.inputs as Value[], dys as Value[], values, node.outputs as Value[]);
}
