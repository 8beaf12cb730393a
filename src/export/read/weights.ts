/**
 * @file The codes of a quantised weight, whatever writes them: DequantizeLinear, QONNX's Quant and BipolarQuant,
 * femto.FakeQuant, plain integers in front of ConvInteger; also behind Transposes and Reshapes.
 */

import { bitsOf, type DType } from "../../base/dtype.ts";
import { fail } from "../../base/errors.ts";
import { roundHalfEven } from "../../base/soft-float.ts";
import { numbers, sizeOf, type Tensor, tensor } from "../../base/tensor.ts";
import type { Node } from "../../graph/node.ts";
import type { Value } from "../../graph/value.ts";
import { scaleIndices } from "../../operators/quantisation.ts";
import { evaluate } from "../../rewrites/evaluate.ts";
import { BITS_KEY, codesOf, gridOf, INDEX_BITS_KEY, setGridOf } from "../../rewrites/index.ts";
import type { Constants } from "./constants.ts";

/** A weight as whole numbers: real value = code · scale. Zero points are taken off. */
export interface QuantisedWeight {
  /** True bits: those the file states; else what the codes in it need. */
  readonly bits: number;
  /** How the file stores the codes (float32 in QONNX). */
  readonly container: DType;
  /** As the layer reads it. */
  readonly dims: readonly number[];
  readonly codes: Int32Array<ArrayBuffer>;
  /** One, or one for each index along `axis`; with `block`, one for each block along it, row-major. */
  readonly scales: readonly number[];
  /** −1 for one scale. */
  readonly axis: number;
  /** Codes along the axis that share a scale; 0 where scales are not blocked. */
  readonly block: number;
  /** Bits of an index where the file keeps the weight as a codebook; `container` is the type of the table's entries. */
  readonly indexBits?: number;
}

/** Reads the weight behind a value; `undefined` where it is no constant or not quantised. */
export function readWeight(value: Value, constants: Constants): QuantisedWeight | undefined {
  const node = value.producer;
  if (node === undefined) return undefined;
  const reader = readers[node.kind];
  if (reader !== undefined) return reader(node, constants);
  if (!views.has(node.kind) || node.inputs[0] === undefined) return undefined;
  const behind = readWeight(node.inputs[0], constants);
  return behind && throughView(node, behind, constants);
}

const QONNX = "qonnx.custom_op.general";
const views = new Set(["Identity", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze"]);

type Reader = (node: Node, constants: Constants) => QuantisedWeight | undefined;

const readers: Readonly<Record<string, Reader>> = {
  DequantizeLinear: readDequantised,
  [`${QONNX}.Quant`]: readQuant,
  [`${QONNX}.BipolarQuant`]: readQuant,
  "femto.FakeQuant": readFake,
  "femto.SetQuant": readSet,
};

function readDequantised(node: Node, constants: Constants): QuantisedWeight | undefined {
  const [codes, scale, zero] = node.inputs.map((input) => constants.of(input));
  if (codes === undefined || scale === undefined) return undefined;
  const axis = (node.attributes.axis?.value as number | undefined) ?? 1;
  const block = (node.attributes.block_size?.value as number | undefined) ?? 0;
  const scales = Array.from(numbers(scale));
  const rank = codes.dims.length;
  return {
    ...readCodes(
      node.inputs[0]!,
      codes,
      zero && { zero, index: scaleIndices(codes.dims, zero.dims, { axis, block_size: block }) },
    ),
    scales,
    axis: scales.length === 1 ? -1 : axis < 0 ? axis + rank : axis,
    block: scales.length === 1 ? 0 : block,
  };
}

/** Codes, their type in the file and their bits. */
export function readCodes(
  value: Value,
  codes: Tensor,
  offset?: { readonly zero: Tensor; readonly index: ArrayLike<number> },
): Pick<QuantisedWeight, "bits" | "container" | "dims" | "codes" | "indexBits"> {
  const zeros = offset && numbers(offset.zero);
  const plain = new Int32Array(numbers(codes));
  if (zeros !== undefined) for (let i = 0; i < plain.length; i++) plain[i]! -= zeros[offset!.index[i]!]!;
  const stored = source(value);
  const container = stored.constant?.dtype ?? codes.dtype;
  const stated = stored.metadata.get(BITS_KEY);
  const bits = stated === undefined ? Math.min(bitsOf(container), bitsNeeded(plain)) : Number(stated);
  const indexBits = stored.metadata.get(INDEX_BITS_KEY);
  return {
    ...{ bits, container, dims: codes.dims, codes: plain },
    ...(indexBits !== undefined && { indexBits: Number(indexBits) }),
  };
}

/** The initializer that holds codes, behind the Cast that unpacks them. */
function source(value: Value): Value {
  const node = value.producer;
  return node?.kind === "Cast" && node.inputs[0] !== undefined ? source(node.inputs[0]) : value;
}

/** Bits of two's complement that hold all codes; a code of the symmetric grid counts as its mirror does. */
function bitsNeeded(codes: Int32Array): number {
  let most = 0;
  for (let i = 0; i < codes.length; i++) most = Math.max(most, codes[i]! < 0 ? -codes[i]! - 1 : codes[i]!);
  return 1 + Math.ceil(Math.log2(most + 1));
}

/** QONNX: the quantiser is run, and its result divided by the scale again. */
function readQuant(node: Node, constants: Constants): QuantisedWeight | undefined {
  const inputs = node.inputs.map((input) => constants.of(input));
  const [x, scale, , bits] = inputs;
  if (x === undefined || scale === undefined) return undefined;
  const [result] = evaluate(node, inputs);
  const isBipolar = node.op === "BipolarQuant";
  return onScales(node, result!, x.dtype, scale, isBipolar ? 1 : numbers(bits!)[0]!);
}

function readFake(node: Node): QuantisedWeight | undefined {
  const x = node.inputs[0]?.constant;
  if (x === undefined) return undefined;
  const { bits, scales, axis } = gridOf(node);
  const dims = x.dims.map((dim, i) => (i === axis ? dim : 1));
  const scale = tensor("float32", axis < 0 ? [] : dims, scales);
  return onScales(node, evaluate(node)[0]!, x.dtype, scale, bits);
}

function readSet(node: Node): QuantisedWeight | undefined {
  const x = node.inputs[0]?.constant;
  if (x === undefined) return undefined;
  const grid = setGridOf(node);
  const { bits, axis } = grid;
  const codes = Int32Array.from(codesOf(x, grid));
  return { bits, container: x.dtype, dims: x.dims, codes, scales: Array.from(grid.scales), axis, block: 0 };
}

/** Codes of real numbers that lie on a grid; the scale broadcasts to them and varies along one axis at most. */
function onScales(node: Node, real: Tensor, container: DType, scale: Tensor, bits: number): QuantisedWeight {
  const scales = Array.from(numbers(scale));
  const dims = [...new Array<number>(real.dims.length - scale.dims.length).fill(1), ...scale.dims];
  const varying = dims.flatMap((dim, axis) => (dim > 1 ? [axis] : []));
  if (varying.length > 1) {
    fail({
      code: "export.read",
      where: node.describe(),
      message: "scales that vary along several axes cannot be read",
      got: `[${scale.dims.join(", ")}]`,
    });
  }
  const axis = varying[0] ?? -1;
  const inner = axis < 0 ? 1 : sizeOf(real.dims.slice(axis + 1));
  const at = (i: number) => scales[axis < 0 ? 0 : Math.floor(i / inner) % scales.length]!;
  const codes = Int32Array.from(numbers(real), (value, i) => roundHalfEven(value / at(i)));
  return { bits, container, dims: real.dims, codes, scales, axis, block: 0 };
}

/** The same weight after a Transpose, Reshape or the like. */
function throughView(node: Node, weight: QuantisedWeight, constants: Constants): QuantisedWeight {
  const before = tensor("int32", weight.dims, weight.codes);
  const after = evaluate(node, [before, ...node.inputs.slice(1).map((input) => constants.of(input))])[0]!;
  const moved = { ...weight, dims: after.dims, codes: after.data as Int32Array<ArrayBuffer> };
  if (weight.axis < 0) return moved;
  // The axis shows in where the index along it went.
  const index = tensor("int32", weight.dims, indicesAlong(weight.dims, weight.axis));
  const places = evaluate(node, [index, ...node.inputs.slice(1).map((input) => constants.of(input))])[0]!;
  const axis = after.dims.findIndex((_, i) => isAlong(places.data as Int32Array, after.dims, i));
  if (axis >= 0 && weight.block === 0) return { ...moved, axis };
  return fail({
    code: "export.read",
    where: node.describe(),
    message: "the scales of the weight do not lie along an axis any more",
  });
}

function indicesAlong(dims: readonly number[], axis: number): Int32Array {
  const inner = sizeOf(dims.slice(axis + 1));
  return Int32Array.from({ length: sizeOf(dims) }, (_, i) => Math.floor(i / inner) % dims[axis]!);
}

function isAlong(indices: Int32Array, dims: readonly number[], axis: number): boolean {
  const expected = indicesAlong(dims, axis);
  return indices.every((index, i) => index === expected[i]);
}
