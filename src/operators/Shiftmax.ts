/**
 * @file femto.Shiftmax: softmax along the last axis in integers, exponentials by shifts (I-ViT, arXiv 2207.01405;
 * QuWeiT sheet M7). Input codes have the scale 1/unit, output codes of `bits` bits the scale 2^−(bits−1).
 *
 * Every step rounds down: a row sums to 1 or less as long as its exponentials sum to less than 2^31, which
 * elements·unit·2^depth < 2^31 ensures (65 elements with unit 1000). Beyond it the sum saturates, as in I-ViT, and shares
 * come out too large: choose a smaller depth.
 */

import { integers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { int, required } from "./attributes.ts";
import { rowDims, storageOf } from "./integer-codes.ts";
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

function run(x: Tensor, at: ShiftAttributes): Tensor {
  const width = x.dims.at(-1)!;
  const codes = integers(x);
  const out = new Float64Array(codes.length);
  for (let from = 0; from < codes.length; from += width) {
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < width; i++) most = Math.max(most, codes[from + i]!);
    let sum = 0;
    for (let i = 0; i < width; i++) sum += out[from + i] = shiftExponential(codes[from + i]! - most, at);
    for (let i = 0; i < width; i++) out[from + i] = shareOf(out[from + i]!, sum, at);
  }
  return fromNumbers(storageOf(at.bits), x.dims, out);
}

const row = tensor("int32", [1, 4], [10, 0, -20, 64]);

export const Shiftmax = operator("Shiftmax", {
  domain: "femto",
  since: 1,
  arity: [1, 1],
  attributes: { unit: required(int()), bits: int(8), depth: int(15) },
  shape: ([x], at) => {
    checkShift(at);
    return [{ dtype: storageOf(at.bits), dims: rowDims(x!) }];
  },
  run: ([x], at) => [run(x!, at)],
  gradient: none("integers, for inference"),
  body: (g, [x], at) => {
    const wide = g.cast(x!, "int64");
    const most = g.op("ReduceMax", [wide, g.ints([-1])]);
    const e = emitShiftExponential(g, g.sub(wide, most), at);
    return [g.cast(emitShare(g, e, g.sum(e, [-1], true), at), storageOf(at.bits))];
  },
  // A division, 5 shifts and 5 sums an element (the last is that of the row), a multiplication by unit and one by 1/sum.
  work: ([x], outputs) => {
    const n = sizeOf(x!.dims);
    const rows = n === 0 ? 0 : n / x!.dims.at(-1)!;
    return streaming([x], outputs, { add: 6 * n, compare: 2 * n, logic: 5 * n, multiply: 2 * n, divide: n + rows });
  },
  tolerance: 0,
  examples: [
    {
      name: "8 bits, codes of 1/16",
      inputs: [row],
      attributes: { unit: 16 },
      expected: [tensor("int8", [1, 4], [4, 2, 0, 120])],
    },
    {
      name: "16 bits",
      inputs: [row],
      attributes: { unit: 16, bits: 16 },
      expected: [tensor("int16", [1, 4], [1144, 602, 180, 30840])],
    },
    {
      name: "rows of equal and of distant elements",
      inputs: [tensor("int8", [2, 1, 3], [-7, -7, -7, 127, -128, 0])],
      attributes: { unit: 10, bits: 8 },
    },
    {
      name: "a masked score far below the others",
      inputs: [tensor("int32", [3], [5, -(2 ** 30), 40])],
      attributes: { unit: 37, bits: 16 },
    },
  ],
});
