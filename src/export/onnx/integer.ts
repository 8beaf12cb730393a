/**
 * @file `model.int.onnx`: products on integers only. Conv and Gemm become ConvInteger and MatMulInteger on the codes, the
 * int32 bias is added to the accumulator, and one multiplication per output brings it back to real numbers. Codes and
 * accumulators of this form are the integer reference that everything else is compared with.
 */

import { numbers, tensor } from "../../base/tensor.ts";
import type { Model } from "../../graph/model.ts";
import type { Node } from "../../graph/node.ts";
import { applyPasses } from "../../graph/pass.ts";
import type { Value } from "../../graph/value.ts";
import { dimsOf, Emit, inferModel, rankOf } from "../../operators/index.ts";
import { isFakeQuant, removeDeadNodes } from "../../rewrites/index.ts";
import { type Codes, emitCodes } from "../activation-codes.ts";
import { lower } from "../lower.ts";

export interface IntegerModel {
  readonly model: Model;
  /** Names of the values to compare: activation codes and accumulators, by layer. */
  readonly codes: readonly string[];
  readonly accumulators: readonly string[];
  /** Layers that stayed in floating point, and why. */
  readonly warnings: readonly string[];
}

/** @param model as a method returns it */
export function toInteger(model: Model): IntegerModel {
  const integer = lower(model);
  const codes: string[] = [];
  const accumulators: string[] = [];
  const warnings: string[] = [];
  const emitted = new Map<Node, Codes>();
  const codesOf = (fakeQuant: Node): Codes => {
    const known = emitted.get(fakeQuant);
    if (known !== undefined) return known;
    const g = new Emit(integer.graph, { before: fakeQuant, scope: fakeQuant.name });
    const made = emitCodes(g, fakeQuant);
    codes.push(made.code.name);
    emitted.set(fakeQuant, made);
    return made;
  };
  for (const node of [...integer.graph.nodes]) {
    const input = node.inputs[0]?.producer;
    const weight = node.inputs[1]?.producer;
    if (!isFakeQuant(input) || weight?.kind !== "DequantizeLinear") continue;
    const reason = refusal(node, weight);
    if (reason !== undefined) {
      warnings.push(`${node.name}: stays in floating point (${reason})`);
      continue;
    }
    const g = new Emit(integer.graph, { before: node, scope: node.name });
    const { output, accumulator } = emitLayer(g, node, codesOf(input), weight);
    accumulators.push(accumulator.name);
    integer.graph.replace(node.outputs[0]!, output);
    integer.graph.removeNodes([node]);
  }
  // Quantisers that feed layers left in floating point become Q → DQ pairs.
  for (const node of [...integer.graph.nodes]) {
    if (!isFakeQuant(node)) continue;
    if (node.outputs[0]!.isUsed) {
      const made = codesOf(node);
      const g = new Emit(integer.graph, { before: node, scope: node.name });
      integer.graph.replace(node.outputs[0]!, g.op("DequantizeLinear", [made.code, made.scale, made.zero]));
    }
    integer.graph.removeNodes([node]);
  }
  applyPasses(integer, [removeDeadNodes]);
  integer.graph.pruneInitializers();
  inferModel(integer);
  return { model: integer, codes, accumulators, warnings };
}

function refusal(node: Node, weight: Node): string | undefined {
  if (!["Conv", "Gemm", "MatMul"].includes(node.kind)) return `${node.kind} has no integer form`;
  if (weight.inputs[0]!.constant!.dtype !== "int8") return "more than 8 bits";
  const isScaled =
    node.kind === "Gemm" && [node.attributes.alpha, node.attributes.beta].some((a) => a && a.value !== 1);
  if (isScaled || node.attributes.transA?.value === 1) return "Gemm with alpha, beta or a transposed input";
  if (node.inputs[2] !== undefined && node.inputs[2].producer?.inputs[0]?.constant?.dtype !== "int32")
    return "a float bias";
  return undefined;
}

/** Accumulator, bias, and the way back to real numbers. */
function emitLayer(g: Emit, node: Node, { code, scale, zero }: Codes, weight: Node) {
  const codes = weight.inputs[0]!;
  let accumulator: Value;
  if (node.kind === "Conv") {
    const { kernel_shape, strides, pads, dilations, group, auto_pad } = node.attributes;
    const attributes = Object.fromEntries(
      Object.entries({ kernel_shape, strides, pads, dilations, group, auto_pad }).flatMap(([name, attribute]) =>
        attribute === undefined ? [] : [[name, attribute.value]],
      ),
    );
    accumulator = g.op("ConvInteger", [code, codes, zero], attributes);
  } else {
    const isTransposed = node.kind === "Gemm" && node.attributes.transB?.value === 1;
    const matrix = isTransposed ? g.graph.addInitializer(`${codes.name}.t`, transposed(codes)) : codes;
    for (const [key, text] of codes.metadata) matrix.metadata.set(key, text);
    accumulator = g.op("MatMulInteger", [code, matrix, zero]);
  }
  const rank = rankOf(accumulator);
  // Conv: [M] → [M, 1, 1]; matrices broadcast along their last axis as they are.
  const aligned = (value: Value, name: string) => {
    const t = value.constant!;
    if (node.kind !== "Conv" || t.dims.length === 0) return value;
    return g.graph.addInitializer(name, { ...t, dims: [t.dims[0]!, ...new Array<number>(rank - 2).fill(1)] });
  };
  const bias = node.inputs[2]?.producer;
  let sum = accumulator;
  if (bias !== undefined) sum = g.add(accumulator, aligned(bias.inputs[0]!, `${node.name}.bias_int32`));
  const product = productScale(scale, weight, bias);
  const factor = aligned(g.graph.addInitializer(`${node.name}.product_scale`, product), `${node.name}.output_scale`);
  return { output: g.mul(g.cast(sum, "float32"), factor), accumulator: sum };
}

/** Input scale × weight scale, rounded to float32 once; the bias has it already. */
function productScale(scale: Value, weight: Node, bias: Node | undefined) {
  if (bias !== undefined) return bias.inputs[1]!.constant!;
  const input = numbers(scale.constant!)[0]!;
  const scales = weight.inputs[1]!.constant!;
  return tensor(
    "float32",
    scales.dims,
    Array.from(numbers(scales), (value) => input * value),
  );
}

function transposed(codes: Value) {
  const [rows, columns] = dimsOf(codes) as [number, number];
  const from = numbers(codes.constant!);
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = from[i * columns + j]!;
  return tensor(codes.constant!.dtype, [columns, rows], out);
}
