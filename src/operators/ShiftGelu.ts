/**
 * @file femto.ShiftGelu: x·σ(1.702·x) along rows of the last axis in integers (I-ViT, arXiv 2207.01405; QuWeiT sheet M7).
 * Codes of scale S go in with unit = ⌈1/(1.702·S)⌉; products of scale S·2^−(bits−1) come out, so x has 16 bits at most
 * where bits is 16.
 *
 * The exponentials are taken against m = max(0, greatest of the row). I-ViT takes the greatest alone: in a row of
 * negative elements its e^−m saturates and σ comes out too large; with an element above 0 both are the same.
 *
 * Two limits of I-ViT's arithmetic hold here, too. Exponentials end at 2^−depth: where the greatest element is above
 * depth·ln 2/1.702 (9.4 at depth 23), σ of negative elements tends to 1/2. And 1/sum is ⌊(2^31 − 1)/sum⌋ with sums up to
 * 2·unit·2^depth: at depth 23, σ is off by up to 0.07 at unit 10 and 0.39 at unit 95; at depth 19 by 0.05 at unit 95.
 */

import { integers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { int, required } from "./attributes.ts";
import { rowDims } from "./integer-codes.ts";
import { fromNumbers } from "./loops.ts";
import { none, operator } from "./operator.ts";
import {
  checkShift,
  emitShare,
  emitShiftExponential,
  type ShiftAttributes,
  shareOf,
  shiftExponential,
} from "./shift-exponential.ts";
import { streaming } from "./work.ts";

/** Codes of σ(1.702·x) for one row; 2^(bits−1) would be 1. */
export function shiftSigmoid(row: readonly number[], at: ShiftAttributes): number[] {
  const most = row.reduce((a, b) => Math.max(a, b), 0);
  const one = shiftExponential(-most, at);
  return row.map((x) => {
    const e = shiftExponential(x - most, at);
    return shareOf(e, e + one, at);
  });
}

function run(x: Tensor, at: ShiftAttributes): Tensor {
  const width = x.dims.at(-1)!;
  const codes = integers(x);
  const out = new Float64Array(codes.length);
  for (let from = 0; from < codes.length; from += width) {
    const sigmoid = shiftSigmoid(codes.slice(from, from + width), at);
    for (let i = 0; i < width; i++) out[from + i] = codes[from + i]! * sigmoid[i]!;
  }
  return fromNumbers("int32", x.dims, out);
}

export const ShiftGelu = operator("ShiftGelu", {
  domain: "femto",
  since: 1,
  arity: [1, 1],
  attributes: { unit: required(int()), bits: int(8), depth: int(23) },
  shape: ([x], at) => {
    checkShift(at);
    return [{ dtype: "int32", dims: rowDims(x!) }];
  },
  run: ([x], at) => [run(x!, at)],
  gradient: none("integers, for inference"),
  body: (g, [x], at) => {
    const wide = g.cast(x!, "int64");
    const most = g.op("Max", [g.op("ReduceMax", [wide, g.ints([-1])]), g.scalar("int64", 0)]);
    const e = emitShiftExponential(g, g.sub(wide, most), at);
    const one = emitShiftExponential(g, g.neg(most), at);
    return [g.cast(g.mul(wide, emitShare(g, e, g.add(e, one), at)), "int32")];
  },
  // An element: two divisions, 5 shifts, 6 sums, products by unit, by 1/sum and by x. A row: one more exponential.
  work: ([x], outputs) => {
    const n = sizeOf(x!.dims);
    const rows = n === 0 ? 0 : n / x!.dims.at(-1)!;
    const all = n + rows;
    return streaming([x], outputs, {
      add: 5 * all + n,
      compare: 2 * n + 2 * rows,
      logic: 4 * all + n,
      multiply: all + 2 * n,
      divide: all + n,
    });
  },
  tolerance: 0,
  examples: [
    {
      name: "8 bits, codes of 1/16",
      inputs: [tensor("int32", [1, 7], [-48, -16, -8, 0, 8, 16, 48])],
      attributes: { unit: 10 },
      // Each code times its sigmoid: 1, 21, 39, 63, 89, 106, 125.
      expected: [tensor("int32", [1, 7], [-48, -336, -312, 0, 712, 1696, 6000])],
    },
    {
      name: "a row of negative elements",
      inputs: [tensor("int8", [2, 3], [-127, -90, -60, -3, -2, -1])],
      attributes: { unit: 10 },
    },
    {
      name: "16 bits of σ",
      inputs: [tensor("int16", [2, 2, 2], [300, -20, 0, 7, -1, 1, 32767, -32768])],
      attributes: { unit: 100, bits: 16 },
    },
  ],
});
