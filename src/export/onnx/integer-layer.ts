/**
 * @file One layer on integers: codes × codes in an int32 accumulator, plus the int32 bias, times one factor a channel.
 *
 * Two ways lead to the accumulator, with the same result:
 * - `integer`: ConvInteger and MatMulInteger, for operands of up to 8 bits. x86 processors without VNNI add two products
 *   of an unsigned and a signed byte in 16 bits and saturate; where that could happen (8-bit weights), the weights are
 *   stored as unsigned bytes with zero point 128, for which every runtime widens first.
 * - `float`: Conv, ConvTranspose, Gemm and MatMul on whole numbers in float32, for operators and widths that have no integer
 *   kernel; only where every accumulator is proven to stay below 2^24, so that nothing is ever rounded.
 */

import { bitsOf } from "../../base/dtype.ts";
import { numbers, scalar, type Tensor, tensor } from "../../base/tensor.ts";
import type { Node } from "../../graph/node.ts";
import type { Value } from "../../graph/value.ts";
import { dimsOf, type Emit, rankOf } from "../../operators/index.ts";
import { type BiasPlace, biasPlace, type FrozenWeight, frozenWeight } from "../../rewrites/index.ts";
import type { Codes } from "../activation-codes.ts";
import { markLayer } from "../layer-metadata.ts";
import { asUnsigned, BYTE_ZERO, packed, saturates, unpacked } from "../pack-weights.ts";
import { FLOAT_EXACT, INT32_EXACT, largestAccumulator } from "./accumulator.ts";

/** A layer that can be computed on integers. */
export interface IntegerLayer {
  readonly node: Node;
  readonly activation: Codes;
  readonly weight: FrozenWeight;
  /** The int32 bias: its place, codes and scale. */
  readonly bias: { readonly place: BiasPlace; readonly codes: Tensor; readonly scale: Tensor } | undefined;
  readonly way: "integer" | "float";
}

const integerKernels = ["Conv", "Gemm", "MatMul"];

/** The layer, or why it stays in floating point. */
export function integerLayer(node: Node, activation: Codes): IntegerLayer | string {
  const { kind, attributes } = node;
  if (!integerKernels.includes(kind) && kind !== "ConvTranspose") return `${kind} has no integer form`;
  const weight = frozenWeight(node);
  if (weight === undefined) return "its weight has no integer codes on the right-hand side";
  if (kind === "Gemm" && attributes.transA?.value === 1) return "Gemm with a transposed input";
  if (kind === "ConvTranspose" && ((attributes.group?.value as number) ?? 1) > 1) return "grouped ConvTranspose";
  const isPlain = [attributes.alpha, attributes.beta].every((a) => a === undefined || a.value === 1);
  if (!isPlain) return "Gemm with α or β and a computed C";
  const bias = biasOf(node);
  if (bias === undefined && node.inputs[2] !== undefined) return "a bias that is no constant vector";
  const grid = activation.grid;
  const codes = weight.codes.constant!;
  const largest = largestAccumulator(codes, weight.axis, grid, bias?.codes);
  if (integerKernels.includes(kind) && grid.bits <= 8 && bitsOf(codes.dtype) <= 8) {
    if (largest > INT32_EXACT) return `an accumulator may reach ${largest}, more than int32 holds`;
    return { node, activation, weight, bias, way: "integer" };
  }
  if (largest < FLOAT_EXACT) return { node, activation, weight, bias, way: "float" };
  const why = kind === "ConvTranspose" ? "ConvTranspose has no integer kernel" : "more than 8 bits";
  return `${why}, and an accumulator may reach ${largest}, where float32 skips whole numbers (2^24)`;
}

/** The int32 bias that `quantise-bias` made. */
function biasOf(node: Node): IntegerLayer["bias"] {
  const place = biasPlace(node);
  const source = place?.node.inputs[place.index]?.producer;
  const codes = source?.inputs[0]?.constant;
  if (place === undefined || source?.kind !== "DequantizeLinear" || codes?.dtype !== "int32") return undefined;
  return { place, codes, scale: source.inputs[1]!.constant! };
}

/** Replaces the layer, and the Add of its bias, by integer nodes. Returns the accumulator with its bias. */
export function emitIntegerLayer(g: Emit, layer: IntegerLayer): Value {
  const { node, bias, way } = layer;
  const { graph } = g;
  const product = way === "integer" ? integerProduct(g, layer) : floatProduct(g, layer);
  const aligned = (t: Tensor, name: string) => graph.addInitializer(name, alongChannels(t, node, rankOf(product)));
  const sum = bias === undefined ? product : g.add(product, aligned(bias.codes, `${node.name}.bias_int32`));
  const factor = aligned(productScale(layer), `${node.name}.output_scale`);
  const last = bias?.place.node ?? node;
  graph.replace(last.outputs[0]!, g.mul(g.cast(sum, "float32"), factor));
  graph.removeNodes(last === node ? [node] : [last, node]);
  return sum;
}

/** Images have their channels on axis 1; the results of products on their last axis, where vectors broadcast anyway. */
function alongChannels(t: Tensor, { kind }: Node, rank: number): Tensor {
  const isImage = kind === "Conv" || kind === "ConvTranspose";
  return isImage && t.dims.length > 0 ? { ...t, dims: [t.dims[0]!, ...new Array<number>(rank - 2).fill(1)] } : t;
}

/** Input scale × weight scale, rounded to float32 once; the bias has it already. */
function productScale({ activation, weight, bias }: IntegerLayer): Tensor {
  if (bias !== undefined) return bias.scale;
  const input = numbers(activation.scale.constant!)[0]!;
  const scales = Array.from(weight.scales, (scale) => scale * input);
  return scales.length === 1 ? scalar("float32", scales[0]!) : tensor("float32", [scales.length], scales);
}

/** The attributes of Conv that ConvInteger has, too; ConvTranspose keeps its own. */
function plainAttributes(node: Node): Record<string, unknown> {
  const known = ["kernel_shape", "strides", "pads", "dilations", "group", "auto_pad", "output_padding", "output_shape"];
  return Object.fromEntries(
    known.flatMap((name) => {
      const attribute = node.attributes[name];
      return attribute === undefined ? [] : [[name, attribute.value]];
    }),
  );
}

function integerProduct(g: Emit, { node, activation, weight }: IntegerLayer): Value {
  const { code, zero, grid } = activation;
  const isTransposed = node.kind === "Gemm" && node.attributes.transB?.value === 1;
  const own = isTransposed ? transposed(g, weight.codes) : weight.codes;
  const isShifted = saturates(own, grid.most);
  const codes = isShifted ? shifted(g, own) : unpacked(g, packed(own));
  const inputs = [code, codes, zero, ...(isShifted ? [g.constant(scalar("uint8", BYTE_ZERO), "weight_zero")] : [])];
  const product =
    node.kind === "Conv" ? g.op("ConvInteger", inputs, plainAttributes(node)) : g.op("MatMulInteger", inputs);
  markLayer(product.producer!, node);
  return product;
}

const shifted = (g: Emit, codes: Value): Value =>
  withMetadata(g.graph.addInitializer(`${codes.name}.uint8`, asUnsigned(codes)), codes);

function transposed(g: Emit, codes: Value): Value {
  const [rows, columns] = dimsOf(codes) as [number, number];
  const from = numbers(codes.constant!);
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = from[i * columns + j]!;
  const turned = tensor(codes.constant!.dtype, [columns, rows], out);
  return withMetadata(g.graph.addInitializer(`${codes.name}.t`, turned), codes);
}

function withMetadata(value: Value, from: Value): Value {
  for (const [key, text] of from.metadata) value.metadata.set(key, text);
  return value;
}

function floatProduct(g: Emit, { node, activation, weight }: IntegerLayer): Value {
  const one = g.constant(scalar("float32", 1), "one");
  const x = g.op("DequantizeLinear", [activation.code, one, activation.zero]);
  const codes = packed(weight.codes);
  // As in the QDQ form: runtimes that fuse DequantizeLinear refuse int2.
  const w = g.op("DequantizeLinear", [codes.constant!.dtype === "int2" ? unpacked(g, codes) : codes, one]);
  const transB = node.attributes.transB?.value === 1;
  const product =
    node.kind === "Gemm" ? g.op("Gemm", [x, w], { transB }) : g.op(node.kind, [x, w], plainAttributes(node));
  markLayer(product.producer!, node);
  return g.cast(product, "int32");
}
