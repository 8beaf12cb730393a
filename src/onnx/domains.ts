/** @file Which operators and domains a model uses, its functions and subgraphs included. */

import type { Graph } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";

/** Every node of a graph and of the graphs within it. */
export function* nodesIn(graph: Graph): Generator<Node> {
  for (const node of graph.nodes) {
    yield node;
    for (const inner of node.subgraphs) yield* nodesIn(inner);
  }
}

/** `Conv`, `femto.FakeQuant` … */
export const kindsIn = (graph: Graph): Set<string> => new Set([...nodesIn(graph)].map((node) => node.kind));

/** The domains of all nodes of the model, in order of appearance; "" is the standard one. */
export function domainsIn(model: Model): Set<string> {
  const graphs = [model.graph, ...[...model.functions.values()].map(({ graph }) => graph)];
  return new Set(graphs.flatMap((graph) => [...nodesIn(graph)].map(({ domain }) => domain)));
}
