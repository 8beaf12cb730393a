/**
 * @file Trainable parameters: which initializers of a model are weights that a user wants trained, which are running
 * statistics, and, by their absence, which are mere constants. An ONNX file does not say; the places where an
 * initializer is read do.
 *
 * Cases, first match of the earliest reader counts (readers are found through Identity, Transpose, Reshape, Squeeze, Cast
 * and quantisers):
 * 1. Conv, ConvTranspose: W weight, B bias; Gemm: A or B weight, C bias; MatMul and Einsum: a constant factor is a weight;
 * 2. RNN, GRU, LSTM: W and R weights, B bias, peepholes other;
 * 3. BatchNormalization: scale, B shift, mean and var statistics; Layer-, Group-, Instance- and RMSNormalization: scale, shift;
 * 4. PRelu slopes: other; Gather from a float table: embedding;
 * 5. Add or Sub of a constant with more than one element: bias, or embedding where it varies along two axes or more
 *    (positions); Mul or Div by one: scale. Not where the other operand is still the input (normalisation of the data), nor
 *    where the constant is a mask (elements of −10⁴ or less, NaN);
 * 6. a constant that is expanded or concatenated to data (class tokens): embedding, unless all its elements are equal
 *    (padding);
 * 7. all else are constants: scalars, Clip bounds, exponents, scales of quantisers, shapes.
 */

import { isFloat } from "../base/dtype.ts";
import { numbers, type Tensor } from "../base/tensor.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { graphsOf } from "./nested.ts";
import { isView } from "./views.ts";

export type ParameterRole = "weight" | "bias" | "scale" | "shift" | "statistic" | "embedding" | "other";

export interface Parameter {
  /** The initializer. */
  readonly value: Value;
  /** The node that gives it its role. */
  readonly node: Node;
  readonly role: ParameterRole;
  /** Takes part in weight decay: matrices, kernels and embeddings; not biases, scales, shifts. */
  readonly decay: boolean;
}

/** All weights and running statistics, in the order of the initializers. */
export function trainableParameters(model: Model): Parameter[] {
  const parameters: Parameter[] = [];
  const order = new Map<Node, number>();
  for (const graph of graphsOf(model.graph)) for (const node of graph.nodes) order.set(node, order.size);
  for (const graph of graphsOf(model.graph)) {
    for (const value of graph.initializers) {
      if (value.constant === undefined || !isFloat(value.constant.dtype)) continue;
      const found = roleOf(value, value.constant, order);
      if (found === undefined) continue;
      const decay = found.role === "weight" || found.role === "embedding";
      parameters.push({ value, node: found.node, role: found.role, decay });
    }
  }
  return parameters;
}

interface Found {
  readonly node: Node;
  readonly role: ParameterRole;
}

function roleOf(value: Value, constant: Tensor, order: ReadonlyMap<Node, number>): Found | undefined {
  const uses = value.uses.sort((a, b) => order.get(a.node)! - order.get(b.node)!);
  for (const { node, index } of uses) {
    if (index === 0 && isView(node)) {
      const behind = node.outputs[0] && roleOf(node.outputs[0], constant, order);
      if (behind !== undefined) return behind;
      continue;
    }
    const role = node.domain === "" ? rules[node.op]?.(index, node, constant) : undefined;
    if (role !== undefined) return { node, role };
    if (node.op === "Expand" && index === 0 && varies(constant)) {
      const behind = node.outputs[0] && roleOf(node.outputs[0], constant, order);
      if (behind !== undefined) return behind;
    }
  }
  return undefined;
}

type Rule = (index: number, node: Node, constant: Tensor) => ParameterRole | undefined;

const roles =
  (...byIndex: (ParameterRole | undefined)[]): Rule =>
  (index) =>
    byIndex[index];

/** A constant factor of the first `factors` inputs; a product of constants alone is no layer. */
const factor =
  (factors: number): Rule =>
  (index, { inputs }) =>
    index < factors && inputs.slice(0, factors).every((input, i) => i === index || input?.constant === undefined)
      ? "weight"
      : undefined;

const recurrent = roles(undefined, "weight", "weight", "bias", undefined, undefined, undefined, "other");

const rules: Readonly<Record<string, Rule>> = {
  Conv: roles(undefined, "weight", "bias"),
  ConvTranspose: roles(undefined, "weight", "bias"),
  Gemm: (index, node, constant) => (index === 2 ? "bias" : factor(2)(index, node, constant)),
  MatMul: factor(2),
  Einsum: factor(Number.POSITIVE_INFINITY),
  RNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  BatchNormalization: roles(undefined, "scale", "shift", "statistic", "statistic"),
  LayerNormalization: roles(undefined, "scale", "shift"),
  GroupNormalization: roles(undefined, "scale", "shift"),
  InstanceNormalization: roles(undefined, "scale", "shift"),
  RMSNormalization: roles(undefined, "scale"),
  PRelu: roles(undefined, "other"),
  Gather: (index, _node, { dims }) => (index === 0 && dims.length >= 2 ? "embedding" : undefined),
  Concat: (_index, _node, constant) => (varies(constant) ? "embedding" : undefined),
  Add: (index, node, constant) => {
    if (!isAffine(index, node, constant)) return undefined;
    return constant.dims.filter((dim) => dim > 1).length > 1 ? "embedding" : "bias";
  },
  Sub: (index, node, constant) => (isAffine(index, node, constant) ? "bias" : undefined),
  Mul: (index, node, constant) => (isAffine(index, node, constant) ? "scale" : undefined),
  Div: (index, node, constant) => (index === 1 && isAffine(index, node, constant) ? "scale" : undefined),
};

/** A constant that shifts or scales features, not a scalar, not a mask, not the normalisation of the data. */
function isAffine(index: number, node: Node, constant: Tensor): boolean {
  const other = node.inputs[1 - index];
  return constant.data.length > 1 && !isMask(constant) && other !== undefined && !isData(other);
}

const isMask = (constant: Tensor): boolean => numbers(constant).some((v) => !(v > -1e4));

function varies(constant: Tensor): boolean {
  const values = numbers(constant);
  return values.some((v) => v !== values[0]);
}

/** Is the value an input that was at most cast, rearranged, scaled and shifted by constants? */
function isData(value: Value): boolean {
  const node = value.producer;
  if (node === undefined) return value.constant === undefined;
  if (isView(node)) return node.inputs[0] !== undefined && isData(node.inputs[0]);
  if (node.domain !== "" || !["Add", "Sub", "Mul", "Div"].includes(node.op)) return false;
  return node.inputs.every((input) => input !== undefined && (input.constant !== undefined || isData(input)));
}
