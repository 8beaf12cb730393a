/** @file First derivatives of one operator in the reference engine, for tests. */

import { numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { gradients } from "../gradient/index.ts";
import type { Dim } from "../graph/dims.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "./index.ts";

export interface Call {
  readonly kind: string;
  readonly inputs: readonly Tensor[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Dimensions of the graph inputs, symbols allowed; those of the tensors unless given. */
  readonly dims?: readonly (readonly Dim[])[];
}

/** float64 numbers. */
export const f64 = (dims: readonly number[], values: ArrayLike<number>): Tensor => tensor("float64", dims, values);

/** ∂L/∂input for the inputs of `wrt` (all of them unless given), flattened, where L = Σ wᵢ·yᵢ. */
export function slopesOf(call: Call, wrt: readonly number[] = call.inputs.map((_, i) => i)): number[][] {
  const graph = new Graph();
  const g = new Emit(graph);
  const feeds: Record<string, Tensor> = {};
  const inputs = call.inputs.map((input, i) => {
    feeds[`in${i}`] = input;
    return graph.addInput(`in${i}`, { dtype: input.dtype, dims: call.dims?.[i] ?? input.dims });
  });
  const y = g.op(call.kind, inputs, call.attributes);
  const axes = y.type!.dims!.map((_, axis) => axis);
  const loss = g.sum(g.mul(y, weights(g, y, call)), axes);
  const slopes = gradients(
    g,
    loss,
    wrt.map((i) => inputs[i]!),
  );
  for (const slope of slopes) graph.addOutput(slope);
  const { outputs } = runReference(new Model(graph), feeds);
  return slopes.map((slope) => Array.from(numbers(outputs[slope.name]!)));
}

/** Weights 0.5, 0.75, 1 … so that no two elements agree by accident; all alike where the call states dimensions. */
function weights(g: Emit, y: Value, call: Call): Value {
  if (call.dims !== undefined) return g.scalar(y, 0.75);
  const dims = y.type!.dims as number[];
  return g.tensorLike(
    y,
    dims,
    Array.from({ length: sizeOf(dims) }, (_, i) => 0.5 + 0.25 * i),
  );
}
