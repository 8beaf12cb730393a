/**
 * @file Merge equal nodes: what is computed twice is computed once (common subexpressions). Gradient rules emit freely
 * and rely on it.
 *
 * Cases:
 * 1. nodes of one graph with the same operator, attributes, inputs and number of outputs → the first of them; in order,
 *    so that whole equal branches collapse;
 * 2. constant inputs count as equal when their elements are (up to `largest` elements), except weights that training
 *    would change: two biases of zeros are two biases;
 * 3. never: random operators, nodes with subgraphs or with attributes that Femto only carries through, unknown operators;
 * 4. a node whose outputs are graph outputs stays, where a name would be lost;
 * 5. inside subgraphs likewise, each graph for itself.
 */

import type { Graph } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { lookUp } from "../operators/index.ts";
import { bypass, graphsOf } from "./nested.ts";
import { trainableParameters } from "./parameters.ts";
import { printAttributes, printTensor } from "./print.ts";

export interface MergeOptions {
  /** Constants with more elements are compared by identity. */
  readonly largest?: number;
}

export function mergeEqualNodes({ largest = 64 }: MergeOptions = {}): Pass {
  return {
    name: "merge-equal-nodes",
    run: (model) => {
      const weights = new Set(trainableParameters(model).map(({ value }) => value));
      const keys = new Keys(weights, largest);
      let modified = false;
      for (const graph of [...graphsOf(model.graph)]) modified = mergeIn(model, graph, keys) || modified;
      for (const graph of graphsOf(model.graph)) graph.pruneInitializers();
      return modified;
    },
  };
}

function mergeIn(model: Model, graph: Graph, keys: Keys): boolean {
  const first = new Map<string, Node>();
  const merged: Node[] = [];
  for (const node of graph.nodes) {
    const operator = lookUp(node.kind);
    const isFunction = operator === undefined && model.functions.has(node.kind);
    if ((operator === undefined && !isFunction) || operator?.isRandom) continue;
    const attributes = printAttributes(node.attributes);
    if (attributes === undefined) continue;
    const outputs = node.outputs.map((output) => (output === undefined ? "_" : "o")).join("");
    const key = `${node.kind} {${attributes}} ${node.inputs.map((input) => keys.of(input)).join(" ")} ${outputs}`;
    const twin = first.get(key);
    if (twin === undefined) first.set(key, node);
    else if (mergeInto(graph, node, twin)) merged.push(node);
  }
  graph.removeNodes(merged);
  return merged.length > 0;
}

/** All outputs move, or none. */
function mergeInto(graph: Graph, node: Node, twin: Node): boolean {
  const pairs = node.outputs.flatMap((output, index) => (output ? [[output, twin.outputs[index]!] as const] : []));
  if (pairs.some(([from, to]) => graph.outputs.includes(from) && graph.outputs.includes(to))) return false;
  for (const [from, to] of pairs) bypass(graph, from, to);
  return true;
}

/** Numbers for values; equal small constants share one. */
class Keys {
  readonly #numbers = new Map<Value, string>();
  readonly #weights: ReadonlySet<Value>;
  readonly #largest: number;

  constructor(weights: ReadonlySet<Value>, largest: number) {
    this.#weights = weights;
    this.#largest = largest;
  }

  of(value: Value | undefined): string {
    if (value === undefined) return "_";
    let key = this.#numbers.get(value);
    if (key === undefined) {
      const { constant } = value;
      const isByContent = constant !== undefined && constant.data.length <= this.#largest && !this.#weights.has(value);
      key = isByContent ? printTensor(constant) : `%${this.#numbers.size}`;
      this.#numbers.set(value, key);
    }
    return key;
  }
}
