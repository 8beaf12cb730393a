/**
 * @file Remove dead nodes: what no output depends on, in the graph and in the bodies of control flow.
 *
 * Cases:
 * 1. a node none of whose outputs reaches a graph output;
 * 2. the same inside subgraphs;
 * 3. initializers that nothing reads (those that are graph inputs, too, stay inputs but lose nothing);
 * 4. trailing outputs that nobody reads stay: the operator decides what they cost.
 */

import type { Graph } from "../graph/graph.ts";
import { removeDeadNodes as removeFrom } from "../graph/order.ts";
import type { Pass } from "../graph/pass.ts";

export const removeDeadNodes: Pass = {
  name: "remove-dead-nodes",
  run: (model) => removeDead(model.graph),
};

function removeDead(graph: Graph): boolean {
  let modified = removeFrom(graph);
  for (const node of graph.nodes) for (const inner of node.subgraphs) modified = removeDead(inner) || modified;
  const before = graph.initializers.length;
  graph.pruneInitializers();
  return modified || graph.initializers.length < before;
}
