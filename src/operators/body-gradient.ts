/**
 * @file The gradient of an operator through its body: the operator is written out in simpler ones, and their rules are
 * applied in reverse. For operators whose own formula would say no more than that (recurrences, sampling).
 */

import { isFloat } from "../base/dtype.ts";
import type { Value } from "../graph/value.ts";
import { applyRule } from "./apply-rule.ts";
import { dtypeOf, type Emit } from "./emit.ts";

/**
 * @param body emits the operator's outputs from `inputs`
 * @param dys ∂L/∂output, `undefined` where nothing flows
 * @returns ∂L/∂input, `undefined` where nothing flows
 */
export function bodyGradient(
  g: Emit,
  inputs: readonly (Value | undefined)[],
  dys: readonly (Value | undefined)[],
  body: () => readonly Value[],
): (Value | undefined)[] {
  const position = () => (g.before === undefined ? g.graph.nodes.length : g.graph.nodes.indexOf(g.before));
  const from = position();
  const outputs = body();
  const emitted = g.graph.nodes.slice(from, position());
  const cotangents = new Map<Value, Value>();
  const collect = (value: Value, part: Value): void => {
    const sum = cotangents.get(value);
    cotangents.set(value, sum === undefined ? part : g.add(sum, part));
  };
  for (const [i, output] of outputs.entries()) if (dys[i] !== undefined) collect(output, dys[i]);
  for (const node of emitted.reverse()) {
    const parts = node.outputs.map((output) => output && cotangents.get(output));
    if (parts.every((part) => part === undefined)) continue;
    const dxs = applyRule(g, node, parts);
    for (const [i, input] of node.inputs.entries()) {
      const dx = dxs[i];
      if (input !== undefined && dx !== undefined && isFloat(dtypeOf(input))) collect(input, dx);
    }
  }
  return inputs.map((input) => input && cotangents.get(input));
}
