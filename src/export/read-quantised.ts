/**
 * @file Reads a quantised model back: for every weighted layer its codes, scales, bits and bias, whichever form the file
 * has — QuantizeLinear and DequantizeLinear, integer operators, QONNX (Femto's own or foreign), or femto.FakeQuant.
 */

import { isInteger } from "../base/dtype.ts";
import { numbers, type Tensor } from "../base/tensor.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { inferModel } from "../operators/index.ts";
import { scaleIndices } from "../operators/quantisation.ts";
import { expandCodebooks, type QuantizableLayer, quantizableLayers } from "../rewrites/index.ts";
import { layerOf } from "./layer-metadata.ts";
import { readAccumulator, wholeNumberCast } from "./read/accumulators.ts";
import { onCodes, type QuantisedInput, readInput, scaleOfCodes } from "./read/activations.ts";
import { Constants } from "./read/constants.ts";
import { type QuantisedWeight, readCodes, readWeight } from "./read/weights.ts";

export type { QuantisedInput, QuantisedWeight };

export interface QuantisedBias {
  /** Real values, one a channel (or one for all). */
  readonly values: readonly number[];
  /** int32 codes on the scale of the accumulator, where the bias has them. */
  readonly codes?: Int32Array<ArrayBuffer>;
}

export interface QuantisedLayer {
  readonly name: string;
  /** `Conv`, `ConvTranspose`, `Gemm`, `MatMul`. */
  readonly operator: string;
  /** The node that computes the product. */
  readonly node: Node;
  /** Absent where the weight is plain floats. */
  readonly weight?: QuantisedWeight;
  /** Absent where the input is plain floats. */
  readonly input?: QuantisedInput;
  readonly bias?: QuantisedBias;
}

export interface QuantisedModel {
  /** How the file writes quantisation; `float` where it has none. */
  readonly form: "qdq" | "integer" | "qlinear" | "qonnx" | "femto" | "float";
  readonly layers: readonly QuantisedLayer[];
}

/** @throws FemtoError `export.read` for scales that lie along no axis, and what inference throws */
export function readQuantised(model: Model): QuantisedModel {
  const copy = cloneModel(model);
  expandCodebooks.run(copy);
  inferModel(copy);
  const constants = new Constants();
  const plain = new Map(quantizableLayers(copy).map((layer) => [layer.node, layer]));
  let isInteger = false;
  const layers: QuantisedLayer[] = [];
  for (const node of copy.graph.nodes) {
    const layer = plain.get(node);
    const whole = layer && wholeNumberCast(layer.node.outputs[0]!);
    if (whole !== undefined) layers.push(ofWholeNumbers(layer!, whole, constants));
    else if (layer !== undefined) layers.push(ofRealNumbers(layer, constants));
    else if (node.kind in operands) layers.push(ofIntegers(node, constants));
    isInteger ||= whole !== undefined || node.kind.endsWith("Integer");
  }
  return { form: isInteger ? "integer" : formOf(copy), layers };
}

function formOf({ graph }: Model): QuantisedModel["form"] {
  const has = (test: (kind: string) => boolean) => graph.nodes.some(({ kind }) => test(kind));
  if (has((kind) => kind === "femto.FakeQuant")) return "femto";
  if (has((kind) => /^qonnx\.custom_op\.general\.(Bipolar)?Quant$/.test(kind))) return "qonnx";
  if (has((kind) => kind.startsWith("QLinear"))) return "qlinear";
  return has((kind) => kind === "DequantizeLinear") ? "qdq" : "float";
}

/** Absent fields are left out, not undefined. */
function layer(
  node: Node,
  name: string,
  operator: string,
  parts: Partial<Record<"weight" | "input" | "bias", unknown>>,
) {
  const present = Object.entries(parts).filter(([, part]) => part !== undefined);
  return { name, operator, node, ...Object.fromEntries(present) } as QuantisedLayer;
}

function ofRealNumbers(found: QuantizableLayer, constants: Constants): QuantisedLayer {
  return layer(found.node, found.name, found.kind, {
    weight: readWeight(found.weight, constants),
    input: readInput(found.input, constants),
    bias: found.bias && readBias(found.bias, constants),
  });
}

/** A float bias, or int32 codes behind a DequantizeLinear. */
function readBias(value: Value, constants: Constants): QuantisedBias | undefined {
  const real = constants.of(value);
  if (real === undefined) return undefined;
  const codes = value.producer?.kind === "DequantizeLinear" ? constants.of(value.producer.inputs[0]) : undefined;
  const values = Array.from(numbers(real));
  return codes?.dtype === "int32" ? { values, codes: Int32Array.from(numbers(codes)) } : { values };
}

/** Float operators on whole numbers, both operands with scale 1: the real scales stand behind the accumulator. */
function ofWholeNumbers(found: QuantizableLayer, product: Value, constants: Constants): QuantisedLayer {
  const weight = readWeight(found.weight, constants);
  const codes = found.input.producer?.inputs[0];
  const zero = constants.of(found.input.producer?.inputs[2]);
  const scale = codes && scaleOfCodes(codes, constants);
  const { name, operator } = layerOf(found.node);
  return layer(found.node, name, operator, {
    ...scaled(weight, scale, readAccumulator(product, constants), channelAxisOf(found.node)),
    input: codes && scale && onCodes(codes, scale, zero, constants),
  });
}

interface Operands {
  readonly x: number;
  readonly xZero: number;
  readonly w: number;
  readonly wZero: number;
  /** QLinear operators have their scales, and their bias, as inputs. */
  readonly xScale?: number;
  readonly wScale?: number;
  readonly bias?: number;
}

const operands: Readonly<Record<string, Operands>> = {
  ConvInteger: { x: 0, w: 1, xZero: 2, wZero: 3 },
  MatMulInteger: { x: 0, w: 1, xZero: 2, wZero: 3 },
  QLinearConv: { x: 0, xScale: 1, xZero: 2, w: 3, wScale: 4, wZero: 5, bias: 8 },
  QLinearMatMul: { x: 0, xScale: 1, xZero: 2, w: 3, wScale: 4, wZero: 5 },
};

function ofIntegers(node: Node, constants: Constants): QuantisedLayer {
  const at = operands[node.kind]!;
  const of = (index: number | undefined) => constants.of(index === undefined ? undefined : node.inputs[index]);
  const [x, w] = [node.inputs[at.x]!, node.inputs[at.w]!];
  const scale = at.xScale === undefined ? scaleOfCodes(x, constants) : of(at.xScale);
  const weight = integerWeight(w, of(at.w), of(at.wZero), channelAxisOf(node));
  const own = of(at.wScale);
  const codes = of(at.bias);
  const accumulator =
    own === undefined
      ? readAccumulator(node.outputs[0]!, constants)
      : {
          bias: codes && Int32Array.from(numbers(codes)),
          factors: scale && Array.from(numbers(own), (factor) => factor * numbers(scale)[0]!),
        };
  const { name, operator } = layerOf(node);
  return layer(node, name, operator, {
    ...scaled(weight, scale, accumulator, channelAxisOf(node)),
    input: scale && onCodes(x, scale, of(at.xZero), constants),
  });
}

/** Codes of an integer constant; its scales are found elsewhere. */
function integerWeight(value: Value, codes: Tensor | undefined, zero: Tensor | undefined, axis: number) {
  if (codes === undefined || !isInteger(codes.dtype)) return undefined;
  const index = zero && scaleIndices(codes.dims, zero.dims, { axis, block_size: 0 });
  return { ...readCodes(value, codes, zero && { zero, index: index! }), scales: [1], axis: -1, block: 0 };
}

const channelAxisOf = ({ op, attributes, inputs }: Node): number => {
  if (op === "ConvTranspose") return 1;
  if (op.includes("Conv") || (op === "Gemm" && attributes.transB?.value === 1)) return 0;
  return (inputs[op === "QLinearMatMul" ? 3 : 1]?.type?.dims?.length ?? 2) - 1;
};

/** Weight scales and real bias from the factors behind the accumulator (float32 products, hence equal to 1 ulp). */
function scaled(
  weight: QuantisedWeight | undefined,
  scale: Tensor | undefined,
  { bias, factors }: ReturnType<typeof readAccumulator>,
  axis: number,
): { weight?: QuantisedWeight; bias?: QuantisedBias } {
  if (weight === undefined || scale === undefined || factors === undefined)
    return weight === undefined ? {} : { weight };
  const input = numbers(scale)[0]!;
  const scales = factors.map((factor) => Math.fround(factor / input));
  const isUniform = scales.every((value) => value === scales[0]);
  const values = bias && Array.from(bias, (code, c) => Math.fround(code * factors[factors.length === 1 ? 0 : c]!));
  return {
    weight: { ...weight, scales: isUniform ? scales.slice(0, 1) : scales, axis: isUniform ? -1 : axis },
    ...(bias && { bias: { values: values!, codes: bias } }),
  };
}
