/** @file Walks a graph and the bodies of control flow inside it, and lets values take each other's place there. */

import type { Tensor } from "../base/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import { Value } from "../graph/value.ts";

/** The graph itself, then every subgraph in it, outermost first. */
export function* graphsOf(graph: Graph): Generator<Graph> {
  yield graph;
  for (const node of graph.nodes) for (const subgraph of node.subgraphs) yield* graphsOf(subgraph);
}

/**
 * Lets every reader of `value` (a value of `graph`) read `other` instead. Refuses, and answers false, where a graph
 * output would lose its name or become a bare input, initializer or outer value, which ONNX Runtime does not take.
 */
export function bypass(graph: Graph, value: Value, other: Value): boolean {
  if (graph.outputs.includes(value)) {
    if (other.producer?.graph !== graph || graph.outputs.includes(other)) return false;
  }
  graph.replace(value, other);
  for (const inner of graphsOf(graph)) {
    if (inner === graph) continue;
    for (const [index, output] of inner.outputs.entries()) if (output === value) inner.outputs[index] = other;
  }
  return true;
}

/** Adds an initializer to `graph`, under a name that is free in the whole of `root`. */
export function addConstant(root: Graph, graph: Graph, stem: string, constant: Tensor): Value {
  const value = new Value(root.freshName(stem), undefined, constant);
  graph.initializers.push(value);
  return value;
}
