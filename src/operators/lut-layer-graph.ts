/**
 * @file A LUT layer as standard ONNX nodes, and its gradient. All of it works on rows [features, samples]: reading
 * inputs is a Gather of rows, the address one product, the entry one GatherElements; the backward pass reads tables of
 * differences that one product has made for the whole batch.
 *
 * Milliseconds for 2000 tables of 6 inputs, 100 samples, one thread (bench/lut-lowerings.ts): inputs 0.6, address 0.1,
 * entries 0.15 (a flat Gather 1.7); ∂L/∂U 0.65; differences 1.0, read by GatherElements 0.9 (as rows of six 3.2, as a
 * flat Gather 13).
 */

import type { Value } from "../graph/value.ts";
import { intsOf } from "./contents.ts";
import { dimsOf, dtypeOf, type Emit } from "./emit.ts";
import { asRows, featuresOf, fromRows } from "./feature-axis.ts";
import { zerosLike } from "./fill.ts";
import { knownOf } from "./infer.ts";
import { type Difference, differences } from "./lut-difference.ts";
import { type TableShape, tableShape } from "./lut-tables.ts";
import { addRows } from "./row-sums.ts";

export interface LutAttributes {
  readonly axis: number;
  readonly strict: boolean;
  readonly difference: Difference;
  readonly alpha: number | undefined;
  readonly beta: number;
}

function shapeOf(x: Value, tables: Value, mapping: Value | undefined, axis: number): TableShape {
  return tableShape(knownOf(tables), mapping && knownOf(mapping), featuresOf(x, axis))!;
}

/** One index for each slot: input k of table j at k·tables + j. */
const slotsOf = (g: Emit, mapping: Value): Value => g.reshape(g.transpose(mapping, [1, 0]), [-1]);

/** Addresses as whole numbers in floats, [tables, samples]. */
function addresses(g: Emit, x: Value, mapping: Value | undefined, shape: TableShape, at: LutAttributes): Value {
  const given = asRows(g, x, at.axis);
  const bits = at.strict ? given : g.cast(g.op("Greater", [given, g.scalar(x, 0)]), dtypeOf(x));
  const slots = mapping === undefined ? bits : g.op("Gather", [bits, slotsOf(g, mapping)], { axis: 0 });
  const powers = Array.from({ length: shape.inputs }, (_, k) => 2 ** k);
  const side = g.op("Reshape", [slots, g.ints([shape.inputs, -1])]);
  const sums = g.matmul(g.tensorLike(x, [1, shape.inputs], powers), side);
  return g.op("Reshape", [sums, g.ints([shape.tables, -1])]);
}

/** The output bits as booleans, in the layout of x. */
export function lookUpBits(g: Emit, [x, tables, mapping]: readonly (Value | undefined)[], at: LutAttributes): Value {
  const shape = shapeOf(x!, tables!, mapping, at.axis);
  const address = addresses(g, x!, mapping, shape, at);
  const isPacked = dtypeOf(tables!) === "uint64";
  const rows = isPacked ? packedBits(g, tables!, address, shape) : above(g, tables!, address);
  return fromRows(g, rows, x!, at.axis);
}

function above(g: Emit, tables: Value, address: Value): Value {
  const entries = g.op("GatherElements", [tables, g.cast(address, "int64")], { axis: 1 });
  return g.op("Greater", [entries, g.scalar(tables, 0)]);
}

/** (word >> address) & 1, the word being address ÷ 64. */
function packedBits(g: Emit, tables: Value, address: Value, { inputs }: TableShape): Value {
  let word = tables;
  let low = address;
  if (inputs > 6) {
    const high = g.op("Floor", [g.scale(address, 1 / 64)]);
    word = g.op("GatherElements", [tables, g.cast(high, "int64")], { axis: 1 });
    low = g.sub(address, g.scale(high, 64));
  }
  const shifted = g.op("BitShift", [word, g.cast(low, "uint64")], { direction: "RIGHT" });
  return g.cast(g.op("BitwiseAnd", [shifted, g.scalar("uint64", 1)]), "bool");
}

/** ∂L/∂x and ∂L/∂U. Formulas: docs/methods/dwn.md, "Gradients". */
export function lutGradient(
  g: Emit,
  [x, tables, mapping]: readonly (Value | undefined)[],
  dy: Value,
  at: LutAttributes,
): readonly (Value | undefined)[] {
  const shape = shapeOf(x!, tables!, mapping, at.axis);
  const size = 2 ** shape.inputs;
  const address = g.cast(addresses(g, x!, mapping, shape, at), "int64");
  const rows = asRows(g, dy, at.axis);
  // ∂L/∂U[j][a] = Σ dy over the samples that read a; what nobody read stays as it is
  const dTables = g.op("ScatterElements", [zerosLike(g, tables!), address, rows], { axis: 1, reduction: "add" });
  // W_k = U·D_kᵀ for every table and address, then ∂L/∂slot = W_k[j][address]·dy
  const dense = g.tensorLike(tables!, [shape.inputs, size, size], differences(shape.inputs, at));
  const slopes = g.matmul(tables!, dense);
  const dims = [shape.inputs, ...dimsOf(address)];
  const everywhere = g.op("Expand", [address, shapeFor(g, dims, address)]);
  const read = g.op("GatherElements", [slopes, everywhere], { axis: 2 });
  const slots = g.op("Reshape", [g.mul(read, rows), g.ints([shape.inputs * shape.tables, -1])]);
  const dRows =
    mapping === undefined
      ? slots
      : addRows(g, slots, slotsOf(g, mapping), mappedRows(mapping, shape), featuresOf(x!, at.axis));
  return [fromRows(g, dRows, x!, at.axis), dTables];
}

const shapeFor = (g: Emit, dims: readonly (number | string)[], source: Value): Value =>
  dims.every((dim) => typeof dim === "number") ? g.ints(dims) : g.shapeVector(source, dims);

/** The mapping by slots, where it is known beforehand. */
function mappedRows(mapping: Value, { tables, inputs }: TableShape): readonly number[] | undefined {
  const known = intsOf(mapping);
  return (
    known && Array.from({ length: tables * inputs }, (_, q) => known[(q % tables) * inputs + Math.floor(q / tables)]!)
  );
}
