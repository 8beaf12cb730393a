/** @file What one node of a model does in one run, as counted from its `work`: the input of every mapping. */

import type { AffineMap, Loop, Work } from "../operators/index.ts";
import type { Comparisons } from "./comparisons.ts";

/** A sum of products with constant weights, by its numbers: all that the equations of EQAT ask for. */
export interface LayerCost {
  /** The node's name, made unique by a number where nodes share one; that of its first output where it has none. */
  readonly name: string;
  /** `node 3 Conv "conv2"`. */
  readonly node: string;
  readonly operator: string;
  readonly macs: number;
  /** Weight elements (without bias), each read once. */
  readonly nW: number;
  /** Elements of the activations that enter, each read once. */
  readonly nA: number;
  /** Elements of the output. */
  readonly nY: number;
  /** Loop bounds whose product is `macs`. */
  readonly loops: readonly Loop[];
}

/** A tensor that a node touches. */
export interface Operand {
  /** Name of the value; of the value it shows under another shape, where it is a view. */
  readonly value: string;
  readonly isConstant: boolean;
  /** Distinct elements touched. */
  readonly elements: number;
  /** Shape of the tensor; `index` has one entry for each dimension. */
  readonly dims?: readonly number[] | undefined;
  /** Absent where the access is not affine (gathers, tables). */
  readonly index?: AffineMap | undefined;
}

/**
 * `layer`: products with weights. `product`: products of two activations, one of which takes the place of the weights.
 * `stream`: everything else that computes or moves data, element by element.
 */
export type NodeKind = "layer" | "product" | "stream";

/** A node with its operands. `macs`, `nW`, `nA` are 0 for a stream. */
export interface NodeCost extends LayerCost {
  readonly kind: NodeKind;
  /** Elementary operations besides the multiply-accumulates of a product. */
  readonly ops: Work["ops"];
  /** The two factors of a product; for two activations the second one stands in the place of the weights. */
  readonly weight: Operand | undefined;
  readonly input: Operand | undefined;
  /** What is read besides the factors: biases, second operands, the input of a stream. */
  readonly reads: readonly Operand[];
  readonly writes: readonly Operand[];
  readonly state: NonNullable<Work["state"]>;
  /** Of thermometers with constant thresholds. */
  readonly comparisons?: Comparisons | undefined;
}

/** A node whose work cannot be counted. */
export interface Unmodelled {
  readonly node: string;
  readonly operator: string;
  readonly reason: string;
  /** Its elementary operations, where its shapes are known. */
  readonly ops: Work["ops"];
}

export interface Counts {
  /** Every node that does something, in the order of the graph. */
  readonly nodes: readonly NodeCost[];
  /** Those with constant weights. */
  readonly layers: readonly NodeCost[];
  readonly unmodelled: readonly Unmodelled[];
  /** Values that enter the model, and those that leave it. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** A sum over all nodes: `totalOf(counts, "macs")`. */
export const totalOf = (counts: Counts, key: "macs" | "nW"): number =>
  counts.nodes.reduce((sum, node) => sum + node[key], 0);
