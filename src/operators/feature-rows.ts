/** @file Which features of an example the rows of a value are: picked, turned and reshaped, but not computed. */

import { integers } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";

const moving = new Set(["Transpose", "Cast", "Reshape", "Flatten"]);

/**
 * The feature of every row, through Gather, Transpose, Cast and reshaping back to what nothing makes.
 * @returns the kind of what makes the rows, where they are computed
 */
export function featureRows(value: Value, features: number): readonly number[] | string {
  const node = value.producer;
  if (node === undefined) return Array.from({ length: features }, (_, f) => f);
  if (node.kind === "Gather") {
    const from = featureRows(node.inputs[0]!, features);
    const indices = node.inputs[1]?.constant;
    if (typeof from === "string") return from;
    return indices === undefined ? "Gather" : integers(indices).map((index) => from[index]!);
  }
  return moving.has(node.kind) ? featureRows(node.inputs[0]!, features) : node.kind;
}
