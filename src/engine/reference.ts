/** @file The reference engine: runs a graph node by node with the operators' own plain loops. Slow, obvious, float64-capable. */

import { at, fail } from "../base/errors.ts";
import { Rng } from "../base/rng.ts";
import type { Tensor } from "../base/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import type { Attributes, Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { findOperator, lookUp, type RunContext, readAttributes } from "../operators/index.ts";
import type { Feeds } from "./feeds.ts";

export interface ReferenceOptions {
  /** Seed of operators that draw random numbers. */
  seed?: number;
  /** Receives every value as it is computed. */
  watch?: (value: Value, tensor: Tensor) => void;
}

export interface ReferenceRun {
  readonly outputs: Record<string, Tensor>;
  /** Multiply-accumulates that really happened. */
  readonly macs: number;
}

/** Runs a model on named inputs. @throws FemtoError `engine.feed` for a missing input, and what operators throw */
export function runReference(model: Model, feeds: Feeds, options: ReferenceOptions = {}): ReferenceRun {
  const run = new Interpreter(model, options);
  const known: Scope["known"] = new Map();
  for (const input of model.graph.inputs) {
    const feed = feeds[input.name];
    if (feed !== undefined) known.set(input, feed);
    else if (input.constant === undefined) {
      fail({ code: "engine.feed", message: `input "${input.name}" is missing`, expected: "a tensor for each input" });
    }
  }
  const outputs = run.graph(model.graph, { known, call: {} });
  return {
    outputs: Object.fromEntries(model.graph.outputs.map((value, i) => [value.name, outputs[i]!])),
    macs: run.tally.mac,
  };
}

interface Scope {
  /** Inputs, captured outer values and everything computed; `undefined` for an input that a call leaves out. */
  readonly known: Map<Value, Tensor | undefined>;
  /** Attributes of the function call around, to which references inside its body refer. */
  readonly call: Attributes;
}

class Interpreter {
  readonly tally = { mac: 0 };
  readonly #model: Model;
  readonly #random: Rng;
  readonly #watch: ((value: Value, tensor: Tensor) => void) | undefined;

  constructor(model: Model, { seed = 0, watch }: ReferenceOptions) {
    this.#model = model;
    this.#random = new Rng(seed, "reference");
    this.#watch = watch;
  }

  /** Runs the nodes; what they compute is added to the scope. */
  graph(graph: Graph, scope: Scope): Tensor[] {
    const { known } = scope;
    const read = (value: Value): Tensor =>
      known.get(value) ??
      value.constant ??
      fail({ code: "engine.value", message: `value "${value.name}" has not been computed` });
    const isAbsent = (value: Value) => known.has(value) && known.get(value) === undefined;
    for (const node of graph.nodes) {
      const results = at(node.describe(), () => {
        const inputs = node.inputs.map((input) => (input === undefined || isAbsent(input) ? undefined : read(input)));
        return this.#node(node, inputs, scope);
      });
      for (const [index, output] of node.outputs.entries()) {
        const result = results[index];
        if (output === undefined || result === undefined) continue;
        known.set(output, result);
        this.#watch?.(output, result);
      }
    }
    return graph.outputs.map(read);
  }

  #node(node: Node, inputs: readonly (Tensor | undefined)[], scope: Scope): readonly Tensor[] {
    const attributes = resolved(node.attributes, scope.call);
    const fn = this.#model.functions.get(node.kind);
    if (fn !== undefined && lookUp(node.kind) === undefined) {
      const known = new Map(fn.graph.inputs.map((value, index) => [value, inputs[index]]));
      return this.graph(fn.graph, { known, call: { ...fn.defaults, ...attributes } });
    }
    const operator = findOperator(node.kind);
    const context: RunContext = {
      outputs: node.outputs.length,
      tally: this.tally,
      random: this.#random,
      evaluate: (graph, feeds) => {
        const known = new Map(scope.known);
        for (const [index, value] of graph.inputs.entries()) known.set(value, feeds[index]!);
        return this.graph(graph, { ...scope, known });
      },
    };
    return operator.run(inputs as Tensor[], readAttributes(operator.attributes, attributes), context);
  }
}

/** References take the value that the call gives; without one they are as good as not written. */
function resolved(attributes: Attributes, call: Attributes): Attributes {
  const entries = Object.entries(attributes).map(([name, attribute]) => {
    return [name, attribute.type === "reference" ? call[attribute.value] : attribute] as const;
  });
  return Object.fromEntries(entries.filter(([, attribute]) => attribute !== undefined)) as Attributes;
}
