/**
 * @file Codebook storage: integer weights of few distinct values are kept as indices of ⌈log2 k⌉ bits beside a table of the k values,
 * and the graph looks them up again. ONNX has integer types of 2, 4 and 8 bits only, so indices lie in bit planes: plane j holds
 * bit j of eight neighbouring weights a byte, the first weight in the highest bit. Any k then takes the bits it needs, with operators
 * of operator set 18, all of constants: a runtime that folds constants looks up once, when it loads the file.
 */

import { bitsOf } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { i64, numbers, sizeOf, tensor } from "../base/tensor.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { Emit, inferModel } from "../operators/index.ts";
import { INDEX_BITS_KEY } from "../rewrites/index.ts";
import type { QuantisedWeight } from "./read/weights.ts";

/** What a weight of n elements takes in store. */
export interface CodebookSize {
  /** ⌈log2 k⌉; 0 where all weights are equal. */
  readonly indexBits: number;
  /** Bit planes, each of whole bytes. */
  readonly indexBytes: number;
  readonly tableBytes: number;
}

/** @param tableBits of one entry: the width of the codes, in whole bytes */
export function codebookSize(elements: number, distinct: number, tableBits = 8): CodebookSize {
  const indexBits = Math.ceil(Math.log2(Math.max(1, distinct)));
  const tableBytes = distinct * Math.ceil(tableBits / 8);
  return { indexBits, indexBytes: indexBits * Math.ceil(elements / 8), tableBytes };
}

/** Bits of an index, and of the whole table, of a weight that was read back; `undefined` where the file has its codes. */
export function codebookWidth({
  codes,
  container,
  indexBits,
}: Pick<QuantisedWeight, "codes" | "container" | "indexBits">): { bits: number; tableBits: number } | undefined {
  return indexBits === undefined ? undefined : { bits: indexBits, tableBits: new Set(codes).size * bitsOf(container) };
}

export interface StoredWeight extends CodebookSize {
  /** The initializer that was replaced. */
  readonly name: string;
  readonly values: number;
  /** What it took before. */
  readonly plainBytes: number;
}

export interface CodebookModel {
  readonly model: Model;
  readonly weights: readonly StoredWeight[];
}

/** Inputs that hold the weights of an exported layer. */
const holders: Readonly<Record<string, number>> = {
  DequantizeLinear: 0,
  ConvInteger: 1,
  MatMulInteger: 1,
  QLinearConv: 3,
  QLinearMatMul: 3,
};

const zeroPoints: Readonly<Record<string, number>> = {
  DequantizeLinear: 2,
  ConvInteger: 3,
  MatMulInteger: 3,
  QLinearConv: 5,
  QLinearMatMul: 5,
};

/**
 * A copy in which every integer weight that takes less as a codebook is one. What the graph computes stays, bit for bit.
 * @param model QDQ or integer form
 */
export function withCodebooks(model: Model): CodebookModel {
  const copy = cloneModel(model);
  const weights: StoredWeight[] = [];
  const g = new Emit(copy.graph, { scope: "codebook" });
  const done = new Set<Value>();
  for (const node of [...copy.graph.nodes]) {
    const value = heldWeight(node);
    if (value === undefined || done.has(value)) continue;
    done.add(value);
    const stored = store(g, value);
    if (stored !== undefined) weights.push(stored);
  }
  copy.graph.pruneInitializers();
  inferModel(copy);
  return { model: copy, weights };
}

/**
 * The same, where a codebook was asked for.
 * @throws FemtoError `export.codebook` where no weight has few enough values
 */
export function requireCodebooks(model: Model, where: string): CodebookModel {
  const found = withCodebooks(model);
  if (found.weights.length > 0) return found;
  const counts = model.graph.nodes.flatMap((node) => {
    const value = heldWeight(node);
    return value === undefined ? [] : [`${value.name}: ${distinct(value).length} values`];
  });
  return fail({
    code: "export.codebook",
    where,
    message: "no layer has so few weight values that a codebook is smaller than its weights",
    expected: "integer weights restricted to a set, such as femto optimize --method lws leaves",
    got: counts.join(", ") || "no integer weights",
  });
}

/** The constant codes that a layer reads, also behind the Cast that unpacks them. */
function heldWeight(node: Node): Value | undefined {
  const index = holders[node.kind];
  let value = index === undefined ? undefined : node.inputs[index];
  if (value?.producer?.kind === "Cast") value = value.producer.inputs[0];
  return value?.constant !== undefined && /^u?int[248]$/.test(value.constant.dtype) ? value : undefined;
}

const distinct = (value: Value): number[] => [...new Set(Array.from(numbers(value.constant!)))].sort((a, b) => a - b);

function store(g: Emit, weight: Value): StoredWeight | undefined {
  const { graph } = g;
  const { dtype, dims } = weight.constant!;
  const elements = sizeOf(dims);
  const values = distinct(weight);
  const size = codebookSize(elements, values.length);
  const plainBytes = Math.ceil((elements * bitsOf(dtype)) / 8);
  if (size.indexBits === 0 || size.indexBytes + size.tableBytes >= plainBytes) return undefined;
  const type = dtype.startsWith("u") ? "uint8" : "int8";
  // A zero point has the type of its codes.
  if (type !== dtype && weight.uses.some(({ node }) => node.inputs[zeroPoints[node.kind] ?? -1] !== undefined))
    return undefined;
  g.before = graph.nodes.find((node) => node.inputs.includes(weight));
  const place = new Map(values.map((value, i) => [value, i]));
  const indices = Array.from(numbers(weight.constant!), (code) => place.get(code)!);
  const table = graph.addInitializer(`${weight.name}.table`, tensor(type, [values.length], values));
  for (const [key, text] of weight.metadata) table.metadata.set(key, text);
  table.metadata.set(INDEX_BITS_KEY, String(size.indexBits));
  const planes = graph.addInitializer(`${weight.name}.indices`, planesOf(indices, size.indexBits));
  const codes = g.op("Gather", [table, indicesFrom(g, planes, dims)], { axis: 0 });
  const unpacking = weight.uses
    .map(({ node }) => node)
    .filter(({ kind, outputs }) => kind === "Cast" && outputs[0]!.type?.dtype === type);
  graph.replace(weight, codes);
  for (const cast of unpacking) graph.replace(cast.outputs[0]!, codes);
  graph.removeNodes(unpacking);
  return { ...size, name: weight.name, values: values.length, plainBytes };
}

/** Bit planes of indices: uint8 [bits, ⌈n/8⌉, 1]. */
export function planesOf(indices: readonly number[], bits: number) {
  const bytes = Math.ceil(indices.length / 8);
  const data = new Uint8Array(bits * bytes);
  for (const [i, index] of indices.entries()) {
    for (let plane = 0; plane < bits; plane++) {
      data[plane * bytes + (i >> 3)]! |= ((index >> plane) & 1) << (7 - (i & 7));
    }
  }
  return tensor("uint8", [bits, bytes, 1], data);
}

/** The indices in the shape of the weight, int32. */
function indicesFrom(g: Emit, planes: Value, dims: readonly number[]): Value {
  const [bits, bytes] = planes.constant!.dims as [number, number];
  const elements = sizeOf(dims);
  const shifts = g.constant(tensor("uint8", [8], [7, 6, 5, 4, 3, 2, 1, 0]), "shifts");
  const shifted = g.op("BitShift", [planes, shifts], { direction: "RIGHT" });
  const lowest = g.op("BitwiseAnd", [shifted, g.constant(tensor("uint8", [1], [1]), "lowest")]);
  const weights = Array.from({ length: bits }, (_, plane) => 2 ** plane);
  const scaled = g.mul(g.cast(lowest, "int32"), g.constant(tensor("int32", [bits, 1, 1], weights), "places"));
  const sum = g.op("ReduceSum", [scaled, g.constant(i64([0]), "planes")], { keepdims: 0 });
  const whole = g.op("Reshape", [sum, g.constant(i64([8 * bytes]), "all")]);
  const used =
    8 * bytes === elements
      ? whole
      : g.op("Slice", [whole, g.constant(i64([0]), "from"), g.constant(i64([elements]), "to")]);
  return g.op("Reshape", [used, g.constant(i64(dims.map(Number)), "dims")]);
}
