/** @file Scope: which value a name means in a graph, and, for names it does not define, in the graphs around it. */

import { fail } from "../base/errors.ts";
import { Value } from "../graph/value.ts";

export class Scope {
  readonly #values = new Map<string, Value>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  /** The value that this graph itself defines under the name. */
  own(name: string): Value | undefined {
    return this.#values.get(name);
  }

  find(name: string): Value | undefined {
    return this.#values.get(name) ?? this.#outer?.find(name);
  }

  /** @throws FemtoError `onnx.duplicate` where this graph or one around it defines the name, `onnx.name` for none */
  define(name: string, what: string): Value {
    if (name === "") fail({ code: "onnx.name", message: `${what} has no name` });
    if (this.find(name) !== undefined) {
      fail({ code: "onnx.duplicate", message: `${what} "${name}" is defined twice`, expected: "one definition" });
    }
    const value = new Value(name);
    this.#values.set(name, value);
    return value;
  }

  /** @throws FemtoError `onnx.missing` */
  resolve(name: string, where: string): Value {
    return (
      this.find(name) ??
      fail({
        code: "onnx.missing",
        where,
        message: `"${name}" is read but nothing defines it`,
        expected: "a graph input, an initializer or the output of a node",
      })
    );
  }
}
