/** @file Gradient rules must not need the batch size: with a symbol for it they give what they give with a number. */

import { describe, expect, it } from "vitest";
import { isFloat } from "../base/dtype.ts";
import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { gradients } from "../gradient/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { Emit, type Example, findOperator, type Operator } from "./index.ts";

/** Operators whose given inputs have the batch as their first axis. */
const batched: Readonly<Record<string, readonly number[]>> = {
  AveragePool: [0],
  BatchNormalization: [0],
  Conv: [0],
  ConvTranspose: [0],
  GlobalAveragePool: [0],
  GlobalLpPool: [0],
  GlobalMaxPool: [0],
  GroupNormalization: [0],
  InstanceNormalization: [0],
  LpPool: [0],
  LRN: [0],
  MaxPool: [0],
  MeanVarianceNormalization: [0],
  NegativeLogLikelihoodLoss: [0, 1],
  Attention: [0, 1, 2, 4, 5, 6],
  SoftmaxCrossEntropyLoss: [0, 1],
};

/** Gradients of Σ y² with respect to every float input. */
function gradientsOf(op: Operator, example: Example, symbolic: readonly number[]): Tensor[] {
  const graph = new Graph(op.name);
  const feeds: Record<string, Tensor> = {};
  const inputs = example.inputs.map((t, i) => {
    if (t === undefined) return undefined;
    const dtype = isFloat(t.dtype) ? "float64" : t.dtype;
    const wide = isFloat(t.dtype) ? tensor("float64", t.dims, numbers(t)) : t;
    feeds[`x${i}`] = wide;
    return graph.addInput(`x${i}`, { dtype, dims: symbolic.includes(i) ? ["N", ...t.dims.slice(1)] : t.dims });
  });
  const g = new Emit(graph);
  const outputs = g.ops(op.name, inputs, example.attributes ?? {}, example.outputs ?? 1);
  const parts = outputs
    .filter((y) => isFloat(y.type!.dtype))
    .map((y) =>
      g.sum(
        g.mul(y, y),
        y.type!.dims!.map((_, axis) => axis),
      ),
    );
  const loss = parts.reduce((a, b) => g.add(a, b));
  const wrt = inputs.filter((input) => input !== undefined && isFloat(input.type!.dtype));
  graph.outputs.push(...gradients(g, loss, wrt as never));
  const { outputs: results } = runReference(new Model(graph), feeds);
  return graph.outputs.map((output) => results[output.name]!);
}

describe.each(Object.entries(batched))("%s with a symbolic batch", (name, axes) => {
  const op = findOperator(name);
  it.each(
    op.examples.filter(({ inputs }) => isFloat(inputs[0]!.dtype)).map((example) => [example.name, example] as const),
  )("%s", (_, example) => {
    const known = gradientsOf(op, example, []);
    const symbolic = gradientsOf(op, example, axes);
    for (const [i, t] of known.entries()) {
      expect(symbolic[i]!.dims).toEqual(t.dims);
      const [a, b] = [numbers(symbolic[i]!), numbers(t)];
      for (let k = 0; k < b.length; k++) {
        const isSame = Object.is(a[k], b[k]) || Math.abs(a[k]! - b[k]!) <= 1e-12 * (1 + Math.abs(b[k]!));
        expect(isSame, `gradient ${i}, element ${k}: ${a[k]} and ${b[k]}`).toBe(true);
      }
    }
  });
});
