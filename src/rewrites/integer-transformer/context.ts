/** @file What the rules of the integer transformer share: the graph that is written, codes by value, measured ranges. */

import { fail } from "../../base/errors.ts";
import type { Node } from "../../graph/node.ts";
import type { Value } from "../../graph/value.ts";
import { type Emit, inferNode } from "../../operators/index.ts";
import { copyNode } from "../copy-nodes.ts";
import { type Codes, requantise, scaleFor } from "./codes.ts";

export interface IntegerOptions {
  /** Greatest magnitude of every float value by its name, measured on training examples. */
  readonly ranges: ReadonlyMap<string, number>;
  /** Root of layer norms: exact, or I-ViT's ten steps from 2^16. */
  readonly root: "exact" | "ten-step";
}

export class IntegerContext {
  readonly g: Emit;
  readonly options: IntegerOptions;
  /** Float value of the given graph → its codes. */
  readonly codes = new Map<Value, Codes>();
  /** Values that are whole numbers or truth values in the given graph, too: what stands for them. */
  readonly same = new Map<Value, Value | undefined>();
  readonly #narrow = new Map<string, Codes>();

  constructor(g: Emit, options: IntegerOptions) {
    this.g = g;
    this.options = options;
  }

  /** Greatest magnitude that a value takes. @throws FemtoError `integer.range` for one that was not measured */
  rangeOf(value: Value): number {
    return (
      this.options.ranges.get(value.name) ??
      fail({
        code: "integer.range",
        where: value.name,
        message: "has no measured range",
        hint: "run the float model on training examples first",
      })
    );
  }

  codesOf(value: Value): Codes {
    return (
      this.codes.get(value) ??
      fail({ code: "integer.operator", where: value.name, message: "has no integer form", got: value.producer?.kind })
    );
  }

  /** The value on a symmetric grid of so many bits over its measured range. */
  as(value: Value, bits: number): Codes {
    const key = `${value.name}/${bits}`;
    const known = this.#narrow.get(key);
    if (known !== undefined) return known;
    const made = requantise(this.g, this.codesOf(value), scaleFor(this.rangeOf(value), bits), bits);
    this.#narrow.set(key, made);
    return made;
  }

  /** Codes of one scale as they are, others in 8 bits: for what rearranges elements. */
  uniform(value: Value): Codes {
    const own = this.codesOf(value);
    return own.scales.length === 1 ? own : this.as(value, 8);
  }

  /** The same node on other values. */
  copy(node: Node, given: readonly (readonly [Value, Value])[] = []): Value {
    const values = new Map([...this.same, ...given]);
    const name = (stem: string) => this.g.graph.freshName(stem);
    const copy = this.g.graph.addNode(copyNode(node, { values, name, forgetTypes: true }));
    inferNode(copy);
    return copy.outputs[0]!;
  }
}
