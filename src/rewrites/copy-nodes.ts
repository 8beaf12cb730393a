/**
 * @file Copies nodes from one graph into another under new names: what inlining a function and inlining a model have in
 * common. Subgraphs are copied along; what they capture follows the same mapping.
 */

import { Graph } from "../graph/graph.ts";
import { type Attribute, Node } from "../graph/node.ts";
import { Value } from "../graph/value.ts";

export interface CopyOptions {
  /** Old → new value; `undefined` for an input that the caller leaves out. Copied values are added to it. */
  readonly values: Map<Value, Value | undefined>;
  /** A name that is free in the target graph and in the graphs around it. */
  name(stem: string): string;
  /** Takes the place of an attribute: references of a function's body. `undefined` drops it. */
  attribute?(attribute: Attribute): Attribute | undefined;
  /** What the name of a node becomes. */
  nodeName?(name: string): string;
  /** Leaves the types of results open, since other inputs may change them. */
  readonly forgetTypes?: boolean;
}

/** A copy of `node`, in no graph yet. Output values that `values` holds already are taken over, others are made. */
export function copyNode(node: Node, options: CopyOptions): Node {
  const { values } = options;
  const attributes: Record<string, Attribute> = {};
  for (const [name, attribute] of Object.entries(node.attributes)) {
    const kept = options.attribute === undefined ? attribute : options.attribute(attribute);
    if (kept === undefined) continue;
    attributes[name] = kept.type === "graph" ? { type: "graph", value: copyGraph(kept.value, options) } : kept;
  }
  const copy = new Node({
    op: node.op,
    domain: node.domain,
    name: options.nodeName?.(node.name) ?? node.name,
    attributes,
    inputs: node.inputs.map((input) => follow(input, values)),
    outputs: node.outputs.map((output) => output && own(output, options, true)),
  });
  for (const [key, text] of node.metadata) copy.metadata.set(key, text);
  return copy;
}

/** A value outside of what is copied (captured further out) is taken as it is. */
function follow(value: Value | undefined, values: CopyOptions["values"]): Value | undefined {
  return value !== undefined && values.has(value) ? values.get(value) : value;
}

function own(value: Value, { values, name, forgetTypes }: CopyOptions, isResult = false): Value {
  const known = values.get(value);
  if (known !== undefined) return known;
  const copy = new Value(name(value.name), isResult && forgetTypes ? undefined : value.type, value.constant);
  for (const [key, text] of value.metadata) copy.metadata.set(key, text);
  values.set(value, copy);
  return copy;
}

function copyGraph(graph: Graph, options: CopyOptions): Graph {
  const copy = new Graph(graph.name);
  for (const [key, text] of graph.metadata) copy.metadata.set(key, text);
  for (const value of graph.inputs) copy.inputs.push(own(value, options));
  for (const value of graph.initializers) copy.initializers.push(own(value, options));
  for (const node of graph.nodes) copy.addNode(copyNode(node, options));
  for (const value of graph.outputs) copy.outputs.push(follow(value, options.values)!);
  return copy;
}
