/** @file Graph: inputs, initializers, nodes in topological order, outputs. */

import type { Tensor } from "../base/tensor.ts";
import { Node, type NodeFields } from "./node.ts";
import { type TensorType, Value } from "./value.ts";

export class Graph {
  name: string;
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  /** Values with a `constant`. A graph input may also be an initializer (a default value; ONNX IR < 4 demands it). */
  readonly initializers: Value[] = [];
  readonly metadata = new Map<string, string>();
  #nodes: Node[] = [];
  #fresh = 0;
  #names: Set<string> | undefined;

  constructor(name = "graph") {
    this.name = name;
  }

  /** In topological order. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  addInput(name: string, type: TensorType): Value {
    const value = new Value(name, type);
    this.inputs.push(value);
    this.#names?.add(name);
    return value;
  }

  addInitializer(name: string, constant: Tensor): Value {
    const value = new Value(this.freshName(name), undefined, constant);
    this.initializers.push(value);
    return value;
  }

  addOutput(value: Value): Value {
    this.outputs.push(value);
    return value;
  }

  /** Appends a node, or puts it in front of `before`. */
  addNode(fields: NodeFields | Node, before?: Node): Node {
    const node = fields instanceof Node ? fields : new Node(fields);
    node.graph = this;
    for (const output of node.outputs) if (output !== undefined) this.#names?.add(output.name);
    if (before === undefined) this.#nodes.push(node);
    else this.#nodes.splice(this.#nodes.indexOf(before), 0, node);
    return node;
  }

  /** Takes nodes out; their outputs must be unused by then. */
  removeNodes(nodes: Iterable<Node>): void {
    const gone = new Set(nodes);
    for (const node of gone) {
      node.detach();
      node.graph = undefined;
    }
    this.#nodes = this.#nodes.filter((node) => !gone.has(node));
  }

  /** Puts the nodes into the given order (a permutation of `nodes`). */
  reorder(order: readonly Node[]): void {
    this.#nodes = [...order];
  }

  /** Every reader of `value`, and every graph output that is `value`, becomes `other`; an output keeps its name. */
  replace(value: Value, other: Value): void {
    value.replaceUses(other);
    for (const [index, output] of this.outputs.entries()) {
      if (output !== value) continue;
      this.outputs[index] = other;
      const isBound = this.inputs.includes(other) || this.initializers.includes(other);
      if (!isBound && this.outputs.indexOf(other) === index) {
        const name = value.name;
        value.name = this.freshName(`${name}_replaced`);
        other.name = name;
      }
    }
  }

  /** A name that no value of this graph (or of a subgraph) carries yet. */
  freshName(stem: string): string {
    this.#names ??= new Set(allValues(this).map((value) => value.name));
    let name = stem;
    while (name === "" || this.#names.has(name)) name = `${stem}_${++this.#fresh}`;
    this.#names.add(name);
    return name;
  }

  /** Removes initializers that nothing reads. */
  pruneInitializers(): void {
    const kept = this.initializers.filter((value) => value.isUsed || this.outputs.includes(value));
    this.initializers.splice(0, this.initializers.length, ...kept);
  }
}

/** Inputs, initializers and node outputs of a graph and its subgraphs. */
export function allValues(graph: Graph): Value[] {
  const values = new Set<Value>([...graph.inputs, ...graph.initializers]);
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output !== undefined) values.add(output);
    for (const subgraph of node.subgraphs) for (const value of allValues(subgraph)) values.add(value);
  }
  return [...values];
}
