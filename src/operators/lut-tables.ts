/**
 * @file Tables of a LUT layer: trainable numbers, or the bits they end as, packed in 64-bit words. Bit a of a table is
 * its entry at address a: the low bit of the first word is address 0.
 */

import { fail } from "../base/errors.ts";
import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Known } from "./operator.ts";

/** Most inputs of a table: 2¹⁰ entries. */
export const MOST_INPUTS = 10;

/** 64-bit words of a packed table. */
export const wordsOf = (inputs: number): number => Math.max(1, 2 ** inputs / 64);

/** @throws FemtoError `shape.lut` unless a table has 1 to 10 inputs */
export function checkInputs(inputs: number): void {
  if (Number.isInteger(inputs) && inputs >= 1 && inputs <= MOST_INPUTS) return;
  fail({
    code: "shape.lut",
    where: "input tables",
    message: "a table has an impossible number of inputs",
    expected: `1 to ${MOST_INPUTS}`,
    got: `${inputs}`,
  });
}

export interface TableShape {
  readonly tables: number;
  readonly inputs: number;
}

const numeric = (dim: Dim | undefined): number | undefined => (typeof dim === "number" ? dim : undefined);

/** Number and inputs of the tables, from types alone; `undefined` where they are not known. @throws FemtoError `shape.lut`, `shape.mapping` */
export function tableShape(tables: Known, mapping: Known | undefined, slots: Dim | undefined): TableShape | undefined {
  const [count, width] = [numeric(tables.dims?.[0]), numeric(tables.dims?.[1])];
  if (tables.dims !== undefined && tables.dims.length !== 2) {
    fail({
      code: "shape.lut",
      where: "input tables",
      message: "tables are rows of entries",
      expected: "[tables, 2ⁿ]",
      got: `[${tables.dims.join(", ")}]`,
    });
  }
  if (count === undefined || width === undefined) return undefined;
  const fromSlots = numeric(mapping === undefined ? slots : mapping.dims?.[1]);
  const each = mapping === undefined && fromSlots !== undefined ? fromSlots / count : fromSlots;
  const inputs = tables.dtype === "uint64" ? each : Math.log2(width);
  if (inputs === undefined) return undefined;
  const entries = tables.dtype === "uint64" ? `${wordsOf(inputs)} words` : `${2 ** inputs} entries`;
  if (width !== (tables.dtype === "uint64" ? wordsOf(inputs) : 2 ** inputs)) {
    fail({
      code: "shape.lut",
      where: "input tables",
      message: `a table of ${inputs} inputs has ${entries}`,
      expected: "a power of two of entries, or packed words that fit the mapping",
      got: `[${tables.dims!.join(", ")}]`,
    });
  }
  checkInputs(inputs);
  if (mapping !== undefined) checkMapping(mapping, { tables: count, inputs });
  else if (typeof slots === "number" && slots !== count * inputs) {
    fail({
      code: "shape.lut",
      where: "input x",
      message: "without a mapping there is one feature for each input of each table",
      expected: `${count} tables × ${inputs} inputs = ${count * inputs} features`,
      got: `${slots}`,
    });
  }
  return { tables: count, inputs };
}

function checkMapping(mapping: Known, { tables, inputs }: TableShape): void {
  const { dims } = mapping;
  if (dims === undefined || (dims.length === 2 && dims[0] === tables && dims[1] === inputs)) return;
  fail({
    code: "shape.mapping",
    where: "input mapping",
    message: "says one feature for each input of each table",
    expected: `[${tables}, ${inputs}]`,
    got: `[${dims.join(", ")}]`,
  });
}

/** Refuses indices outside 0..features−1. @throws FemtoError `data.index` */
export function checkIndices(mapping: ArrayLike<number>, features: number, name = "mapping"): void {
  for (let i = 0; i < mapping.length; i++) {
    const index = mapping[i]!;
    if (Number.isInteger(index) && index >= 0 && index < features) continue;
    fail({
      code: "data.index",
      where: `input ${name} › element ${i}`,
      message: "names a feature that is not there",
      expected: `0 to ${features - 1}`,
      got: `${index}`,
    });
  }
}

/** Bit `address` of table `index`; numbers count as 1 where they are above 0. */
export function reader(tables: Tensor, entries: number): (index: number, address: number) => 0 | 1 {
  if (tables.data instanceof BigUint64Array) {
    const words = tables.dims[1]!;
    const { data } = tables;
    return (index, address) => Number((data[index * words + (address >> 6)]! >> BigInt(address & 63)) & 1n) as 0 | 1;
  }
  const values = numbers(tables);
  return (index, address) => (values[index * entries + address]! > 0 ? 1 : 0);
}

/** The bits U > 0 of trained tables [tables, 2ⁿ], packed [tables, words]: all that is kept after training. */
export function packTables(tables: Tensor): Tensor {
  const [count, entries] = tables.dims as [number, number];
  const words = wordsOf(Math.log2(entries));
  const bit = reader(tables, entries);
  const packed = new Array<bigint>(count * words).fill(0n);
  for (let index = 0; index < count; index++) {
    for (let address = 0; address < entries; address++) {
      if (bit(index, address)) packed[index * words + (address >> 6)]! |= 1n << BigInt(address & 63);
    }
  }
  return tensor("uint64", [count, words], packed);
}
