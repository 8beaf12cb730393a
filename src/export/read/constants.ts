/** @file What a value of a graph is, where it follows from constants alone. */

import type { Tensor } from "../../base/tensor.ts";
import type { Value } from "../../graph/value.ts";
import { lookUp } from "../../operators/index.ts";
import { evaluate } from "../../rewrites/evaluate.ts";

/** Computes values that depend on constants only; each node once. */
export class Constants {
  readonly #known = new Map<Value, Tensor | undefined>();

  /** `undefined` for an absent value and for one that depends on an input of the graph. */
  of(value: Value | undefined): Tensor | undefined {
    if (value === undefined) return undefined;
    if (value.constant !== undefined) return value.constant;
    if (this.#known.has(value)) return this.#known.get(value);
    const result = this.#compute(value);
    this.#known.set(value, result);
    return result;
  }

  #compute(value: Value): Tensor | undefined {
    const node = value.producer;
    const operator = node && lookUp(node.kind);
    if (node === undefined || operator === undefined || operator.isRandom || node.subgraphs.length > 0)
      return undefined;
    const inputs = node.inputs.map((input) => this.of(input));
    if (node.inputs.some((input, i) => input !== undefined && inputs[i] === undefined)) return undefined;
    return evaluate(node, inputs)[node.outputs.indexOf(value)];
  }
}
