/**
 * @file Looks through nodes that show the same numbers in another arrangement: which initializer stands behind the weight
 * input of a layer.
 */

import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";

/** Operators whose output holds the elements of their first input, each once, in any shape and order. */
const rearranging = new Set(["Identity", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast"]);

/** Operators that put their first input on a coarser grid. */
const quantizing = new Set([
  ...["FakeQuant", "SetQuant", "Quant", "BipolarQuant", "QuantizeLinear", "DequantizeLinear", "IntQuant"],
]);

/** Does the node show its first input in another arrangement or precision? */
export function isView(node: Node): boolean {
  return node.domain === "" && rearranging.has(node.op) ? true : quantizing.has(node.op);
}

/** The value behind rearrangements and quantisers: an initializer, a graph input, or what a real operator makes. */
export function origin(value: Value): Value {
  let at = value;
  while (at.producer !== undefined && isView(at.producer) && at.producer.inputs[0] !== undefined) {
    at = at.producer.inputs[0];
  }
  return at;
}
