/** @file Node: one operator call. Inputs are set through methods only, so that values always know their uses. */

import type { Tensor } from "../base/tensor.ts";
import type { Graph } from "./graph.ts";
import type { Value } from "./value.ts";

/** An attribute with ONNX's type; `reference` names an attribute of the enclosing function. */
export type Attribute =
  | { readonly type: "int" | "float"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "ints" | "floats"; readonly value: readonly number[] }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "tensor"; readonly value: Tensor }
  | { readonly type: "graph"; readonly value: Graph }
  | { readonly type: "reference"; readonly value: string; readonly as: number }
  /** A protobuf value that Femto carries through untouched (type protos, sparse tensors …). */
  | { readonly type: "opaque"; readonly value: unknown };

export type Attributes = Readonly<Record<string, Attribute>>;

export interface NodeFields {
  op: string;
  domain?: string;
  name?: string;
  /** Absent optional inputs are `undefined`. */
  inputs: readonly (Value | undefined)[];
  /** Absent optional outputs are `undefined`. */
  outputs: readonly (Value | undefined)[];
  attributes?: Attributes;
}

export class Node {
  readonly op: string;
  /** "" is the standard domain `ai.onnx`. */
  readonly domain: string;
  name: string;
  attributes: Attributes;
  readonly metadata = new Map<string, string>();
  /** The graph that holds this node; set by {@link Graph}. */
  graph: Graph | undefined;
  readonly #inputs: (Value | undefined)[] = [];
  readonly #outputs: (Value | undefined)[];

  constructor({ op, domain = "", name = "", inputs, outputs, attributes = {} }: NodeFields) {
    this.op = op;
    this.domain = domain === "ai.onnx" ? "" : domain;
    this.name = name;
    this.attributes = attributes;
    for (const [index, value] of inputs.entries()) this.setInput(index, value);
    this.#outputs = [...outputs];
    for (const value of outputs) if (value !== undefined) value.producer = this;
  }

  get inputs(): readonly (Value | undefined)[] {
    return this.#inputs;
  }

  get outputs(): readonly (Value | undefined)[] {
    return this.#outputs;
  }

  /** `Conv` for standard operators, `femto.FakeQuant` for those of another domain. */
  get kind(): string {
    return this.domain === "" ? this.op : `${this.domain}.${this.op}`;
  }

  /** Asks for an optional output that follows those the node has (a mask, indices). */
  addOutput(value: Value): void {
    this.#outputs.push(value);
    value.producer = this;
  }

  setInput(index: number, value: Value | undefined): void {
    this.#inputs[index]?.removeUse(this, index);
    this.#inputs[index] = value;
    value?.addUse(this, index);
  }

  /** Lets go of all inputs; called when the node leaves its graph. */
  detach(): void {
    for (const index of this.#inputs.keys()) this.setInput(index, undefined);
    for (const subgraph of this.subgraphs) for (const node of subgraph.nodes) node.detach();
  }

  /** The bodies of control-flow operators (If, Loop, Scan). */
  get subgraphs(): Graph[] {
    return Object.values(this.attributes).flatMap((attribute) => (attribute.type === "graph" ? [attribute.value] : []));
  }

  /** `node 17 Conv "stage2/conv1"`, for error paths. */
  describe(): string {
    const index = this.graph?.nodes.indexOf(this) ?? -1;
    return `node ${index < 0 ? "" : `${index} `}${this.kind}${this.name === "" ? "" : ` "${this.name}"`}`;
  }
}
