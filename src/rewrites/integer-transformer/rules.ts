/**
 * @file One rule an operator: how it is done on codes (I-ViT, arXiv 2207.01405; QuWeiT sheet M7). Activations have 8 bits,
 * weights 8 bits with one scale a channel, sums 32 bits, the stream along the shortcuts 16 bits, softmax 16 bits.
 *
 * Thermometer, tables and conditional sums work on floats that hold whole numbers: every one of them is exact.
 */

import { fail } from "../../base/errors.ts";
import { numbers, type Tensor, tensor } from "../../base/tensor.ts";
import type { Node } from "../../graph/node.ts";
import type { Value } from "../../graph/value.ts";
import { dimsOf, findOperator, readAttributes, unitOf } from "../../operators/index.ts";
import {
  addBias,
  type Codes,
  clamp32,
  codesOf,
  largest,
  oneScale,
  requantise,
  scaleFor,
  weightCodes,
} from "./codes.ts";
import type { IntegerContext } from "./context.ts";

type Rule = (c: IntegerContext, node: Node) => Codes;

const constantOf = (value: Value | undefined): Tensor | undefined => value?.constant;
const attributesOf = (node: Node): Readonly<Record<string, unknown>> =>
  readAttributes(findOperator(node.kind).attributes, node.attributes) as Readonly<Record<string, unknown>>;

/** The stream along the shortcuts: 16 bits. */
const STREAM = 16;

/** Rearranged elements keep their codes. */
const view: Rule = (c, node) => {
  const own = c.uniform(node.inputs[0]!);
  return { ...own, value: c.copy(node, [[node.inputs[0]!, own.value]]) };
};

/** Rows of a table of constants have 16 bits; of activations, the codes they have. */
const gather: Rule = (c, node) => {
  const table = constantOf(node.inputs[0]);
  if (table === undefined) return view(c, node);
  const scale = scaleFor(mostOf(table), STREAM);
  const codes = c.g.constant(codesOf(table, scale, "int16", largest(STREAM)), "table");
  return { value: c.copy(node, [[node.inputs[0]!, codes]]), scales: [scale], axis: -1 };
};

/** A product with weights of its last axis; or of two activations. */
const matMul: Rule = (c, node) => {
  const [a, b] = node.inputs as [Value, Value];
  const weight = constantOf(b);
  if (weight === undefined) {
    const [left, right] = [c.as(a, 8), c.as(b, 8)];
    const product = c.g.op("MatMulInteger", [left.value, right.value]);
    return { value: product, scales: [oneScale(left) * oneScale(right)], axis: -1 };
  }
  return byWeight(c, a, weight);
};

function byWeight(c: IntegerContext, input: Value, weight: Tensor): Codes {
  const x = c.as(input, 8);
  const { codes, scales } = weightCodes(weight, weight.dims.length - 1);
  const product = c.g.op("MatMulInteger", [x.value, c.g.constant(codes, "weight")]);
  return { value: product, scales: scales.map((scale) => scale * oneScale(x)), axis: -1 };
}

const gemm: Rule = (c, node) => {
  const { alpha, beta, transA, transB } = attributesOf(node);
  const [weight, bias] = [constantOf(node.inputs[1]), constantOf(node.inputs[2])];
  if (weight === undefined || alpha !== 1 || beta !== 1 || transA === true) return unknown(node);
  const product = byWeight(c, node.inputs[0]!, transB === true ? transposed(weight) : weight);
  return node.inputs[2] === undefined ? product : addBias(c.g, product, bias ?? unknown(node));
};

/** Patches: a convolution on 8 bits. */
const conv: Rule = (c, node) => {
  const [weight, bias] = [constantOf(node.inputs[1]), constantOf(node.inputs[2])];
  if (weight === undefined) return unknown(node);
  const x = c.as(node.inputs[0]!, 8);
  const { codes, scales } = weightCodes(weight, 0);
  const sums = c.g.op("ConvInteger", [x.value, c.g.constant(codes, "weight")], attributesOf(node));
  const axis = 1 - weight.dims.length;
  const product = { value: sums, scales: scales.map((scale) => scale * oneScale(x)), axis };
  return bias === undefined ? product : addBias(c.g, product, bias);
};

/** A bias on a sum of products; or two streams, brought to the grid of their sum. */
const add: Rule = (c, node) => {
  const [a, b] = node.inputs as [Value, Value];
  const [activation, other] = constantOf(a) === undefined ? [a, b] : [b, a];
  const fixed = constantOf(other);
  const own = c.codesOf(activation);
  if (fixed !== undefined && own.scales.length > 1 && fixed.data.length === own.scales.length) {
    return addBias(c.g, own, fixed);
  }
  const scale = scaleFor(c.rangeOf(node.outputs[0]!), STREAM);
  const left = requantise(c.g, own, scale, 32).value;
  const right =
    fixed === undefined
      ? requantise(c.g, c.codesOf(other), scale, 32).value
      : c.g.constant(codesOf(fixed, scale, "int32", clamp32(2 ** 31)), "fixed");
  return requantise(c.g, { value: c.g.add(left, right), scales: [scale], axis: -1 }, scale, STREAM);
};

/** A factor that is one number is part of the scale. */
const mul: Rule = (c, node) => {
  const [a, b] = node.inputs as [Value, Value];
  const factor = constantOf(b) ?? constantOf(a);
  const own = constantOf(b) === undefined ? b : a;
  const value = factor?.data.length === 1 ? numbers(factor)[0]! : 0;
  if (!(value > 0)) return unknown(node);
  const codes = c.codesOf(own);
  return { ...codes, scales: codes.scales.map((scale) => scale * value) };
};

/** What is masked is far below everything else. */
const where: Rule = (c, node) => {
  const [seen, scores, masked] = node.inputs as [Value, Value, Value];
  const low = constantOf(masked);
  if (low === undefined || low.data.length !== 1 || !(numbers(low)[0]! <= -1e4)) return unknown(node);
  const own = c.as(scores, 8);
  const mask = c.same.get(seen) ?? unknown(node);
  const least = c.g.scalar("int32", -(2 ** 30));
  return { ...own, value: c.g.where(mask, c.g.cast(own.value, "int32"), least) };
};

const softmax: Rule = (c, node) => {
  const x = node.inputs[0]!;
  const { axis } = attributesOf(node);
  if (axis !== -1 && axis !== dimsOf(x).length - 1) return unknown(node);
  const own = c.codesOf(x);
  // Masked scores have their grid already; the mask itself would stretch it.
  const scores = x.producer?.kind === "Where" ? own : c.as(x, 8);
  const value = c.g.op("femto.Shiftmax", [scores.value], { unit: unitOf(oneScale(scores)), bits: STREAM });
  return { value, scales: [2 ** (1 - STREAM)], axis: -1 };
};

const gelu: Rule = (c, node) => {
  const x = c.as(node.inputs[0]!, 8);
  const value = c.g.op("femto.ShiftGelu", [x.value], { unit: unitOf(1.702 * oneScale(x)) });
  return { value, scales: [oneScale(x) / 2 ** 7], axis: -1 };
};

/** Gains below this part of the largest leave too few bits to requantise by. */
const LEAST_GAIN = 2 ** -9;

/**
 * Codes of scale √D/2^30·γ; a negative γ turns its channel round. Where training has brought some γ down to nearly nothing, the
 * channels come onto one scale first, on which their shifts fit.
 */
const layerNorm: Rule = (c, node) => {
  const x = c.as(node.inputs[0]!, STREAM);
  const width = Number(dimsOf(node.inputs[0]!).at(-1));
  const [gain, shift] = [constantOf(node.inputs[1]), constantOf(node.inputs[2])];
  if (gain === undefined) return unknown(node);
  const [gains, shifts] = [numbers(gain), shift && numbers(shift)];
  const unit = Math.sqrt(width) / 2 ** 30;
  const scales = Array.from(gains, (value) => Math.abs(value) * unit);
  let value = c.g.op("femto.IntegerLayerNorm", [x.value], { root: c.options.root });
  if (gains.some((v) => v < 0)) {
    const signs = Array.from(gains, (v) => (v < 0 ? -1 : 1));
    value = c.g.mul(value, c.g.constant(tensor("int32", [width], signs), "signs"));
  }
  const own: Codes = { value, scales, axis: -1 };
  const [most, mostShift] = [Math.max(...scales), shifts ? mostOf(shift!) : 0];
  const isEven = scales.every((scale, i) => scale > LEAST_GAIN * most && Math.abs(shifts?.[i] ?? 0) < scale * 2 ** 30);
  const codes = isEven ? own : requantise(c.g, own, Math.max(most, mostShift / 2 ** 29, unit * 1e-6), 32);
  return shift === undefined ? codes : addBias(c.g, codes, shift);
};

/** Codes above ⌊t/S⌋ are values above t. */
const thermometer: Rule = (c, node) => {
  const x = c.as(node.inputs[0]!, 8);
  const thresholds = constantOf(node.inputs[1]) ?? unknown(node);
  const scale = oneScale(x);
  const whole = Array.from(numbers(thresholds), (t) => Math.max(-129, Math.min(128, Math.floor(t / scale))));
  const fixed = c.g.constant(tensor("float32", thresholds.dims, whole), "thresholds");
  const bits = c.g.op("femto.Thermometer", [c.g.cast(x.value, "float32"), fixed], attributesOf(node));
  return { value: bits, scales: [1], axis: -1 };
};

const tables: Rule = (c, node) => {
  const own = node.inputs.filter((input): input is Value => input !== undefined && c.codes.has(input));
  return {
    value: c.copy(
      node,
      own.map((input) => [input, c.codesOf(input).value]),
    ),
    scales: [1],
    axis: -1,
  };
};

/** Vectors that were rounded before keep their codes. */
function vectorCodes(value: Value): { codes: Tensor; scale: number } | undefined {
  const { constant: real, producer } = value;
  if (real !== undefined) {
    const scale = scaleFor(mostOf(real), 8);
    return { codes: codesOf(real, scale, "int8", largest(8)), scale };
  }
  const [codes, scale] = producer?.kind === "DequantizeLinear" ? producer.inputs.map(constantOf) : [];
  return codes?.dtype === "int8" && scale?.data.length === 1 ? { codes, scale: numbers(scale)[0]! } : undefined;
}

/** Vectors of 8 bits, sums of 32. */
const conditionalSum: Rule = (c, node) => {
  const { codes, scale } = vectorCodes(node.inputs[1]!) ?? unknown(node);
  const held = c.g.cast(c.g.constant(codes, "vectors"), "float32");
  const sums = c.g.op("femto.ConditionalSum", [c.codesOf(node.inputs[0]!).value, held], attributesOf(node));
  for (const [key, text] of node.metadata) sums.producer!.metadata.set(key, text);
  return { value: c.g.cast(sums, "int32"), scales: [scale], axis: -1 };
};

/** One after the other on a common grid of 16 bits; bits of tables as they are. */
const concat: Rule = (c, node) => {
  if (node.inputs.every((input) => input!.producer?.kind === "femto.LutLayer")) return tables(c, node);
  const scale = scaleFor(c.rangeOf(node.outputs[0]!), STREAM);
  const parts = node.inputs.map((input) => [input!, requantise(c.g, c.codesOf(input!), scale, STREAM).value] as const);
  return { value: c.copy(node, parts), scales: [scale], axis: -1 };
};

/** A constant that is repeated for every example: a class token. */
const expand: Rule = (c, node) => {
  const fixed = constantOf(node.inputs[0]);
  if (fixed === undefined) return view(c, node);
  const scale = scaleFor(mostOf(fixed), STREAM);
  const codes = c.g.constant(codesOf(fixed, scale, "int16", largest(STREAM)), "token");
  return { value: c.copy(node, [[node.inputs[0]!, codes]]), scales: [scale], axis: -1 };
};

const unknown = (node: Node): never =>
  fail({
    code: "integer.operator",
    where: node.describe(),
    message: "there is no integer form of this",
    expected: `${Object.keys(rules).join(", ")}, as zoo transformers and their weightless forms have them`,
  });

const mostOf = (values: Tensor): number =>
  Array.from(numbers(values), Math.abs).reduce((most, value) => Math.max(most, value), 0);

function transposed(weight: Tensor): Tensor {
  const [rows, columns] = weight.dims as [number, number];
  const values = numbers(weight);
  const turned = Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
  return tensor("float32", [columns, rows], turned);
}

export const rules: Readonly<Record<string, Rule>> = {
  Add: add,
  Concat: concat,
  Conv: conv,
  Expand: expand,
  Flatten: view,
  Gather: gather,
  Gelu: gelu,
  Gemm: gemm,
  Identity: view,
  LayerNormalization: layerNorm,
  MatMul: matMul,
  Mul: mul,
  Reshape: view,
  Softmax: softmax,
  Squeeze: view,
  Transpose: view,
  Unsqueeze: view,
  Where: where,
  "femto.ConditionalSum": conditionalSum,
  "femto.LutLayer": tables,
  "femto.Thermometer": thermometer,
};

export { unknown };
