/** @file What all graphs of one model (or the body of one function) share while they are read. */

import type { GraphProto, NodeProto } from "onnx-buf";
import { fail } from "../base/errors.ts";
import { ElementTypes } from "./element-types.ts";
import { isQonnxDomain } from "./qonnx.ts";
import type { Symbols } from "./symbols.ts";
import type { TensorSource } from "./tensor-read.ts";

export interface ReadContextFields {
  readonly irVersion: number;
  /** Domain → version, as the file imports them. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Kinds (`domain.name`) of the model's own functions. */
  readonly functions: ReadonlySet<string>;
  readonly symbols: Symbols;
  readonly tensors: TensorSource;
  readonly inFunction: boolean;
}

export class ReadContext implements ReadContextFields {
  readonly irVersion: number;
  readonly opsets: ReadonlyMap<string, number>;
  readonly functions: ReadonlySet<string>;
  readonly symbols: Symbols;
  readonly tensors: TensorSource;
  readonly inFunction: boolean;
  readonly types = new ElementTypes();
  readonly #names = new Set<string>();
  readonly #read = new Set<string>();

  constructor(fields: ReadContextFields, proto: GraphProto) {
    this.irVersion = fields.irVersion;
    this.opsets = fields.opsets;
    this.functions = fields.functions;
    this.symbols = fields.symbols;
    this.tensors = fields.tensors;
    this.inFunction = fields.inFunction;
    this.#collect(proto);
  }

  /** A name that nothing in the file carries. */
  freshName(stem: string): string {
    let name = stem;
    for (let i = 1; this.#names.has(name); i++) name = `${stem}_${i}`;
    this.#names.add(name);
    return name;
  }

  /** Whether a node input or graph output of the file has this name. */
  isRead(name: string): boolean {
    return this.#read.has(name);
  }

  /** The version of a domain for this node. @throws FemtoError `onnx.opset` where the file does not import it */
  versionOf(domain: string): number {
    const version = this.opsets.get(domain);
    if (version !== undefined) return version;
    if (isQonnxDomain(domain)) return 1;
    return fail({
      code: "onnx.opset",
      message: `the file imports no operator set of domain "${domain === "" ? "ai.onnx" : domain}"`,
      expected: "an opset_import for every domain that is used",
    });
  }

  #collect(graph: GraphProto): void {
    for (const { name } of [...graph.input, ...graph.initializer]) this.#names.add(name);
    for (const { name } of graph.output) this.#read.add(name);
    for (const node of graph.node) this.#collectNode(node);
  }

  #collectNode(node: NodeProto): void {
    for (const name of node.output) this.#names.add(name);
    for (const name of node.input) {
      this.#names.add(name);
      this.#read.add(name);
    }
    for (const { g } of node.attribute) if (g !== undefined) this.#collect(g);
  }
}
