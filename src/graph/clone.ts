/** @file Copies of graphs and models; tensors are shared, since nothing changes them in place. */

import { Graph } from "./graph.ts";
import { Model } from "./model.ts";
import { type Attribute, Node } from "./node.ts";
import { Value } from "./value.ts";

function cloneValue(value: Value): Value {
  const copy = new Value(value.name, value.type, value.constant);
  for (const [key, text] of value.metadata) copy.metadata.set(key, text);
  return copy;
}

/**
 * Copies a graph. `mapping` receives old → new for every value; values that it already holds (or, for captured
 * values of an outer graph, values that nothing maps) are taken as they are.
 */
export function cloneGraph(graph: Graph, mapping = new Map<Value, Value>()): Graph {
  const copy = new Graph(graph.name);
  for (const [key, text] of graph.metadata) copy.metadata.set(key, text);
  const own = (value: Value): Value => {
    const known = mapping.get(value);
    if (known !== undefined) return known;
    const fresh = cloneValue(value);
    mapping.set(value, fresh);
    return fresh;
  };
  for (const value of graph.inputs) copy.inputs.push(own(value));
  for (const value of graph.initializers) copy.initializers.push(own(value));
  for (const node of graph.nodes) copy.addNode(cloneNode(node, mapping, own));
  for (const value of graph.outputs) copy.outputs.push(mapping.get(value) ?? value);
  return copy;
}

function cloneNode(node: Node, mapping: Map<Value, Value>, own: (value: Value) => Value): Node {
  const attributes: Record<string, Attribute> = {};
  for (const [name, attribute] of Object.entries(node.attributes)) {
    attributes[name] =
      attribute.type === "graph" ? { type: "graph", value: cloneGraph(attribute.value, mapping) } : attribute;
  }
  const copy = new Node({
    op: node.op,
    domain: node.domain,
    name: node.name,
    attributes,
    inputs: node.inputs.map((input) => input && (mapping.get(input) ?? input)),
    outputs: node.outputs.map((output) => output && own(output)),
  });
  for (const [key, text] of node.metadata) copy.metadata.set(key, text);
  return copy;
}

export function cloneModel(model: Model): Model {
  const copy = new Model(cloneGraph(model.graph));
  copy.opsets.clear();
  for (const [domain, version] of model.opsets) copy.opsets.set(domain, version);
  for (const [key, fn] of model.functions) copy.functions.set(key, { ...fn, graph: cloneGraph(fn.graph) });
  for (const [key, text] of model.metadata) copy.metadata.set(key, text);
  copy.producer = model.producer;
  copy.doc = model.doc;
  return copy;
}
