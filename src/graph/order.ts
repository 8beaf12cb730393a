/** @file Orders of nodes: topological sort and what is reachable from the outputs. */

import { fail } from "../base/errors.ts";
import type { Graph } from "./graph.ts";
import type { Node } from "./node.ts";
import type { Value } from "./value.ts";

/** Values that a node reads: its inputs and what its subgraphs capture. */
export function reads(node: Node): Value[] {
  const values = node.inputs.filter((input) => input !== undefined);
  for (const subgraph of node.subgraphs) {
    const inner = new Set<Value>([...subgraph.inputs, ...subgraph.initializers]);
    for (const child of subgraph.nodes) {
      for (const value of reads(child)) if (!inner.has(value)) values.push(value);
      for (const output of child.outputs) if (output !== undefined) inner.add(output);
    }
    for (const output of subgraph.outputs) if (!inner.has(output)) values.push(output);
  }
  return values;
}

/** Sorts the nodes topologically (stable). @throws FemtoError `graph.cycle` */
export function sortNodes(graph: Graph): void {
  const own = new Set(graph.nodes);
  const waiting = new Map<Node, number>();
  const readers = new Map<Node, Node[]>();
  for (const node of graph.nodes) {
    const makers = new Set(reads(node).flatMap((v) => (v.producer && own.has(v.producer) ? [v.producer] : [])));
    waiting.set(node, makers.size);
    for (const maker of makers) readers.set(maker, [...(readers.get(maker) ?? []), node]);
  }
  const order: Node[] = [];
  const ready = graph.nodes.filter((node) => waiting.get(node) === 0);
  for (let i = 0; i < ready.length; i++) {
    const node = ready[i]!;
    order.push(node);
    for (const reader of readers.get(node) ?? []) {
      const left = waiting.get(reader)! - 1;
      waiting.set(reader, left);
      if (left === 0) ready.push(reader);
    }
  }
  if (order.length < graph.nodes.length) {
    const stuck = graph.nodes.find((node) => waiting.get(node)! > 0)!;
    fail({
      code: "graph.cycle",
      where: stuck.describe(),
      message: "the graph has a cycle",
      expected: "an acyclic graph",
    });
  }
  graph.reorder(order);
}

/** Removes nodes whose outputs nobody reads; returns whether any went. */
export function removeDeadNodes(graph: Graph): boolean {
  const live = new Set<Value>(graph.outputs);
  const dead: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (node.outputs.some((output) => output !== undefined && live.has(output))) {
      for (const value of reads(node)) live.add(value);
    } else dead.push(node);
  }
  graph.removeNodes(dead);
  return dead.length > 0;
}
