/** @file An operator's example as a model: what the tests over the operator table run. */

import { isFloat, kindOf } from "../base/dtype.ts";
import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { Emit, type Example, hasGradient, type Operator, readAttributes, writeAttributes } from "../operators/index.ts";

export interface Case {
  readonly model: Model;
  readonly g: Emit;
  readonly inputs: (Value | undefined)[];
  readonly outputs: Value[];
  readonly feeds: Record<string, Tensor>;
}

const isConstantInput = (t: Tensor | undefined) => t !== undefined && kindOf(t.dtype) !== "float" && t.dims.length <= 1;

/** The example as a model with one node (or, unless `isWhole`, with the body of an operator of our own). Integer vectors (axes, shapes) become initializers, as exporters write them. */
export function build(op: Operator, example: Example, widen = false, isWhole = widen): Case {
  const graph = new Graph(op.name);
  const feeds: Record<string, Tensor> = {};
  const inputs = example.inputs.map((input, index) => {
    if (input === undefined) return undefined;
    const value = widen && input.dtype === "float32" ? tensor("float64", input.dims, numbers(input)) : input;
    const isVector = isConstantInput(value) && example.inputs.some((t) => t && isFloat(t.dtype));
    const needsConstant = isVector || example.constant?.includes(index);
    if (needsConstant) return graph.addInitializer(`in${index}`, value);
    feeds[`in${index}`] = value;
    return graph.addInput(`in${index}`, { dtype: value.dtype, dims: value.dims });
  });
  const g = new Emit(graph);
  const kind = op.domain === "" ? op.name : `${op.domain}.${op.name}`;
  const total = example.outputs ?? example.expected?.length ?? 1;
  let outputs: Value[];
  if (op.body !== undefined && op.domain !== "") {
    const at = readAttributes(op.attributes, writeAttributes(op.attributes, example.attributes ?? {}));
    outputs = isWhole ? g.ops(kind, inputs, example.attributes ?? {}, total) : [...op.body(g, inputs as Value[], at)];
  } else outputs = g.ops(kind, inputs, example.attributes ?? {}, total);
  for (const output of outputs) graph.addOutput(output);
  return { model: new Model(graph), g, inputs, outputs, feeds };
}

/** The inputs of an example whose gradient is checked. */
export const differentiated = (op: Operator, example: Example): readonly number[] =>
  hasGradient(op) ? (example.gradientOf ?? example.inputs.flatMap((t, i) => (t?.dtype === "float32" ? [i] : []))) : [];
