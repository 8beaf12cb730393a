/** @file Which features of an example the rows of a value are: picked, turned and reshaped, but not computed. */

import { sizeOf, stridesOf } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { readAttributes } from "./attributes.ts";
import { span } from "./contents.ts";
import { Gather, positionsOf } from "./Gather.ts";
import { pickAlong, walk } from "./pick.ts";
import { axisIndex } from "./shapes.ts";
import { order, Transpose } from "./Transpose.ts";

/** Operators that leave the elements in their order. */
const still = new Set(["Cast", "Reshape", "Flatten"]);

/**
 * The feature of every row, through Gather, Transpose, Cast and reshaping back to what nothing makes. The elements of all
 * examples are followed, of one where their number is open; rows are those of the first example.
 * @returns the kind of what makes the rows, where they are computed or shapes are not known
 */
export function featureRows(value: Value, features: number): readonly number[] | string {
  const elements = elementsOf(value, features);
  return typeof elements === "string" ? elements : elements.filter((element) => element < features);
}

/** Which element of the input each element of the value is. */
function elementsOf(value: Value, features: number): readonly number[] | string {
  const node = value.producer;
  if (node === undefined) return span(Math.max(features, sizeOf(dimsOfOne(value))));
  if (!still.has(node.kind) && node.kind !== "Gather" && node.kind !== "Transpose") return node.kind;
  const from = elementsOf(node.inputs[0]!, features);
  if (typeof from === "string" || still.has(node.kind)) return from;
  const dims = dimsOfOne(node.inputs[0]!);
  const index = sizeOf(dims) === from.length ? movedIndex(node, dims) : undefined;
  return index === undefined ? node.kind : Array.from(index, (i) => from[i]!);
}

/** Dimensions for one example, where their number is open. */
const dimsOfOne = (value: Value): number[] =>
  (value.type?.dims ?? []).map((dim) => (typeof dim === "number" ? dim : 1));

/** Where each element of the output stands in the input. */
function movedIndex(node: Node, dims: readonly number[]): Int32Array | undefined {
  if (node.kind === "Gather") {
    const indices = node.inputs[1]?.constant;
    if (indices === undefined) return undefined;
    const axis = axisIndex(readAttributes(Gather.attributes, node.attributes).axis as number, dims.length);
    return pickAlong(dims, axis, positionsOf(indices, dims[axis]!));
  }
  const { perm } = readAttributes(Transpose.attributes, node.attributes) as { perm: readonly number[] | undefined };
  const axes = order(perm, dims.length);
  const strides = stridesOf(dims);
  return walk(
    axes.map((axis) => dims[axis]!),
    axes.map((axis) => strides[axis]!),
  );
}
