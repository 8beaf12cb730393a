/** @file One operator of lookup-table networks in a graph, run with its gradients in float64. */

import { isFloat } from "../base/dtype.ts";
import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/index.ts";
import { gradients } from "../gradient/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { expandFunctions } from "../rewrites/index.ts";
import { Emit } from "./index.ts";

export interface Slopes {
  readonly y: Tensor;
  /** ∂L/∂input for each float input, L = Σ dy·y. */
  readonly slopes: readonly (Tensor | undefined)[];
}

const wide = (t: Tensor): Tensor => (isFloat(t.dtype) ? tensor("float64", t.dims, numbers(t)) : t);

/** The graph of y and ∂L/∂inputs for a given ∂L/∂y; integer inputs are constants. */
export function withSlopes(kind: string, inputs: readonly Tensor[], dy: Tensor, attributes: object = {}) {
  const graph = new Graph();
  const g = new Emit(graph);
  const feeds: Record<string, Tensor> = {};
  const values = inputs.map((input, i) => {
    if (!isFloat(input.dtype)) return graph.addInitializer(`in${i}`, input);
    feeds[`in${i}`] = input;
    return graph.addInput(`in${i}`, { dtype: input.dtype, dims: input.dims });
  });
  feeds.dy = dy;
  const seed = graph.addInput("dy", { dtype: dy.dtype, dims: dy.dims });
  const y = g.op(kind, values, { ...attributes });
  const floats = values.filter(({ type }) => isFloat(type!.dtype));
  const slopes = gradients(g, y, floats, { seed });
  for (const value of [y, ...slopes]) graph.addOutput(g.op("Identity", [value]));
  return { model: new Model(graph), feeds, floats: values.map((value) => floats.indexOf(value)) };
}

/** Runs it in float64 in the reference engine, nothing but standard operators. */
export function slopesOf(kind: string, inputs: readonly Tensor[], dy: Tensor, attributes: object = {}): Slopes {
  const { model, feeds, floats } = withSlopes(kind, inputs.map(wide), wide(dy), attributes);
  expandFunctions().run(model);
  const { outputs } = runReference(model, feeds);
  const [y, ...slopes] = model.graph.outputs.map((value) => outputs[value.name]!);
  return { y: y!, slopes: floats.map((at) => (at < 0 ? undefined : slopes[at])) };
}

/** A number that the emitted nodes put out, in float64. */
export function evaluated(emit: (g: Emit, x: Value) => Value, x: Tensor): number {
  const graph = new Graph();
  const input = graph.addInput("x", { dtype: "float64", dims: x.dims });
  graph.addOutput(emit(new Emit(graph), input));
  const model = new Model(graph);
  return numbers(runReference(model, { x: wide(x) }).outputs[graph.outputs[0]!.name]!)[0]!;
}
