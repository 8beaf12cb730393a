/** @file Derivatives of one operator in the reference engine, for tests: values, gradients and second derivatives. */

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

/** L = Σ wᵢ·yᵢ with irregular weights, and ∂L/∂input for the inputs of `wrt`, in one graph. */
export function derive(call: Call, wrt: readonly number[]) {
  const graph = new Graph();
  const g = new Emit(graph);
  const feeds: Record<string, Tensor> = {};
  const inputs = call.inputs.map((input, i) => {
    feeds[`in${i}`] = input;
    return graph.addInput(`in${i}`, { dtype: input.dtype, dims: call.dims?.[i] ?? input.dims });
  });
  const y = g.op(call.kind, inputs, call.attributes);
  const loss = sumOf(g, g.mul(y, weights(g, y, call)));
  const slopes = gradients(
    g,
    loss,
    wrt.map((i) => inputs[i]!),
  );
  return { graph, g, feeds, inputs, y, loss, slopes };
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

const sumOf = (g: Emit, value: Value): Value =>
  g.sum(
    value,
    value.type!.dims!.map((_, axis) => axis),
  );

/** Runs a graph and reads values of it as plain numbers. */
export function read(graph: Graph, feeds: Record<string, Tensor>, values: readonly Value[]): number[][] {
  graph.outputs.splice(0, graph.outputs.length, ...values);
  const { outputs } = runReference(new Model(graph), feeds);
  return values.map((value) => Array.from(numbers(outputs[value.name]!)));
}

/** ∂L/∂input for the inputs of `wrt`, in their own shapes flattened. */
export function slopesOf(call: Call, wrt: readonly number[] = call.inputs.map((_, i) => i)): number[][] {
  const { graph, feeds, slopes } = derive(call, wrt);
  return read(graph, feeds, slopes);
}

/** The gradients of a call with symbolic dimensions, computed with the dimensions of its tensors. */
export function slopesOfKnownSize(call: Call, wrt: readonly number[]): number[][] {
  return slopesOf({ ...call, dims: call.inputs.map((input) => input.dims) }, wrt);
}

/** Hessian times a direction: ∂(Σ vᵢ·∂L/∂x)/∂x, emitted, and by central differences of the emitted gradient. */
export function curvature(call: Call, index: number): { emitted: number[]; numeric: number[] } {
  const { graph, g, feeds, inputs, slopes } = derive(call, [index]);
  const slope = slopes[0]!;
  const dims = slope.type!.dims as number[];
  const direction = g.tensorLike(
    slope,
    dims,
    Array.from({ length: sizeOf(dims) }, (_, i) => 1 - 0.3 * i),
  );
  const along = sumOf(g, g.mul(slope, direction));
  const [second] = gradients(g, along, [inputs[index]!]);
  const [emitted] = read(graph, feeds, [second!]) as [number[]];
  const x = feeds[`in${index}`]!;
  const at = (i: number, by: number) => {
    const data = Float64Array.from(numbers(x));
    data[i]! += by;
    return read(graph, { ...feeds, [`in${index}`]: { ...x, data } }, [along])[0]![0]!;
  };
  const numeric = Array.from(numbers(x), (_, i) => (at(i, 1e-5) - at(i, -1e-5)) / 2e-5);
  return { emitted, numeric };
}
