/** @file Which operators and domains a model uses, its functions and subgraphs included. */

import { fail } from "../base/errors.ts";
import type { Graph } from "../graph/graph.ts";
import { FEMTO_DOMAIN, type Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";

/** The bodies of a model: its graph and those of its functions. */
export const bodiesOf = (model: Model): Graph[] => [
  model.graph,
  ...[...model.functions.values()].map(({ graph }) => graph),
];

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
  return new Set(bodiesOf(model).flatMap((graph) => [...nodesIn(graph)].map(({ domain }) => domain)));
}

/**
 * No runtime but Femto knows its own operators: a file must say what they compute.
 * @throws FemtoError `onnx.function`
 */
export function requireFunctions(model: Model): void {
  for (const kind of bodiesOf(model).flatMap((graph) => [...kindsIn(graph)])) {
    if (!kind.startsWith(`${FEMTO_DOMAIN}.`) || model.functions.has(kind)) continue;
    fail({
      code: "onnx.function",
      message: `the model uses ${kind} without its definition`,
      expected: `a model-local function ${kind}`,
      hint: "a valid ONNX file carries the functions of its own operators",
    });
  }
}
