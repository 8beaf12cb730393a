/** @file The work of one node over shapes given: what tests of mappings start from. */

import { zeros } from "../base/tensor.ts";
import { Model } from "../graph/model.ts";
import { type Bound, Emit, lookUp, readAttributes, type Work } from "../operators/index.ts";

/** The work of one node over an activation and weights of the shapes given. */
export function workOf(
  kind: string,
  input: readonly number[],
  weights: readonly (readonly number[])[],
  attributes = {},
): Work {
  const model = new Model();
  const g = new Emit(model.graph);
  const x = model.graph.addInput("x", { dtype: "float32", dims: input });
  g.op(kind, [x, ...weights.map((dims) => g.constant(zeros("float32", dims)))], attributes);
  const node = model.graph.nodes.at(-1)!;
  const types = (values: readonly ({ type?: unknown } | undefined)[]) => values.map((value) => value!.type as Bound);
  const operator = lookUp(kind)!;
  return operator.work(types(node.inputs), types(node.outputs), readAttributes(operator.attributes, node.attributes));
}
