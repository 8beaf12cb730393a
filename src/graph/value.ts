/** @file Value: an edge of the graph. It knows its producer and every use, so that rewriting needs no search. */

import type { DType } from "../base/dtype.ts";
import type { Tensor } from "../base/tensor.ts";
import type { Dim } from "./dims.ts";
import type { Node } from "./node.ts";

/** A tensor type; `dims` is absent while the rank is unknown. */
export interface TensorType {
  readonly dtype: DType;
  readonly dims: readonly Dim[] | undefined;
}

/** One place where a value is read: input number `index` of `node`. */
export interface Use {
  readonly node: Node;
  readonly index: number;
}

export class Value {
  name: string;
  type: TensorType | undefined;
  /** The node that makes this value; absent for graph inputs and initializers. */
  producer: Node | undefined;
  /** The elements of an initializer. */
  constant: Tensor | undefined;
  /** The elements of a small integer value as far as inference knows them, symbols included: shapes, axes, sizes. */
  contents: readonly Dim[] | undefined;
  /** What ONNX cannot say: format, true bits, spike window … (written as `metadata_props`). */
  readonly metadata = new Map<string, string>();
  readonly #uses = new Map<Node, Set<number>>();

  constructor(name: string, type?: TensorType, constant?: Tensor) {
    this.name = name;
    this.type = type ?? (constant && { dtype: constant.dtype, dims: constant.dims });
    this.constant = constant;
  }

  /** Every node input that reads this value, also in subgraphs. Graph outputs are not uses. */
  get uses(): Use[] {
    return [...this.#uses].flatMap(([node, indices]) => [...indices].map((index) => ({ node, index })));
  }

  get isUsed(): boolean {
    return this.#uses.size > 0;
  }

  /** Called by {@link Node} alone. @internal */
  addUse(node: Node, index: number): void {
    const indices = this.#uses.get(node);
    if (indices === undefined) this.#uses.set(node, new Set([index]));
    else indices.add(index);
  }

  /** Called by {@link Node} alone. @internal */
  removeUse(node: Node, index: number): void {
    const indices = this.#uses.get(node);
    indices?.delete(index);
    if (indices?.size === 0) this.#uses.delete(node);
  }

  /** Lets every reader of this value read `other` instead. Graph outputs stay; see `Graph.replace`. */
  replaceUses(other: Value): void {
    for (const { node, index } of this.uses) node.setInput(index, other);
  }
}
