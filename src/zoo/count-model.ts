/**
 * @file Counts a model: parameters from its initializers, operations from the `work` of its operators. Counts only; what
 * they cost is for machines to say.
 */

import { isFloat } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { bindDim } from "../graph/dims.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { type Bound, count, findOperator, type OpKind, readAttributes, type Work } from "../operators/index.ts";

export interface ModelCount {
  /** Elements of float initializers that training changes: not scalars, not running statistics. */
  readonly parameters: number;
  /** Running means and variances. */
  readonly statistics: number;
  /** Multiply-accumulates of one run. */
  readonly macs: number;
  readonly ops: Readonly<Partial<Record<OpKind, number>>>;
  /** Nodes with multiply-accumulates, in order. */
  readonly layers: readonly { readonly node: Node; readonly macs: number }[];
}

/**
 * @param bindings a number for each symbolic dimension, e.g. `{ N: 1 }`
 * @throws FemtoError `count.symbol` where a dimension stays open
 */
export function countModel(model: Model, bindings: Readonly<Record<string, number>> = {}): ModelCount {
  const ops: Partial<Record<OpKind, number>> = {};
  const layers: { node: Node; macs: number }[] = [];
  for (const node of model.graph.nodes) {
    const work = workOf(node, bindings);
    for (const { op, count: number } of work.ops) ops[op] = (ops[op] ?? 0) + number;
    const macs = count(work, "mac");
    if (macs > 0) layers.push({ node, macs });
  }
  const isStatistic = (value: Value) =>
    value.uses.some(({ node, index }) => node.kind === "BatchNormalization" && index >= 3);
  let [parameters, statistics] = [0, 0];
  for (const value of model.graph.initializers) {
    const { dtype, dims, data } = value.constant!;
    if (!isFloat(dtype) || dims.length === 0) continue;
    if (isStatistic(value)) statistics += data.length;
    else parameters += data.length;
  }
  return { parameters, statistics, macs: ops.mac ?? 0, ops, layers };
}

function workOf(node: Node, bindings: Readonly<Record<string, number>>): Work {
  const bound = (value: Value | undefined): Bound | undefined => {
    if (value === undefined) return undefined;
    const dims = value.type?.dims?.map((dim) => bindDim(dim, bindings));
    if (dims === undefined || dims.some((dim) => typeof dim === "string")) {
      fail({
        code: "count.symbol",
        where: node.describe(),
        message: `the shape of "${value.name}" is not known`,
        got: `[${dims?.join(", ") ?? "unknown rank"}]`,
        hint: "give a number for each symbolic dimension",
      });
    }
    return { dtype: value.type!.dtype, dims: dims as number[] };
  };
  const operator = findOperator(node.kind);
  const attributes = readAttributes(operator.attributes, node.attributes);
  return operator.work(node.inputs.map(bound) as Bound[], node.outputs.map(bound) as Bound[], attributes);
}
