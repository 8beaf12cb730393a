/**
 * @file femto.IntegerLayerNorm: rows of the last axis less their mean, over the root of their sum of squares, in integers
 * (I-ViT, arXiv 2207.01405; QuWeiT sheet M7). Output codes have the scale √D/2^30 times the affine weight, which is no
 * part of the operator; `bias` is an integer of that scale.
 *
 * Sums of squares stay below 2^53: 16-bit codes in rows of up to 2^20. `root: "ten-step"` is I-ViT's iteration, see
 * integer-root.ts for where it is wrong.
 */

import { fail } from "../base/errors.ts";
import { roundHalfEven } from "../base/soft-float.ts";
import { integers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { text } from "./attributes.ts";
import { dimsOf, type Emit } from "./emit.ts";
import { rowDims } from "./integer-codes.ts";
import { emitIntegerRoot, emitTenStepRoot, integerRoot, tenStepRoot } from "./integer-root.ts";
import { fromNumbers } from "./loops.ts";
import { type Known, none, operator } from "./operator.ts";
import { floorDivide, WHOLE } from "./shift-exponential.ts";
import { streaming } from "./work.ts";

type Root = "exact" | "ten-step";

function run([x, bias]: readonly Tensor[], root: Root): Tensor {
  const width = x!.dims.at(-1)!;
  const codes = integers(x!);
  const shift = bias && integers(bias);
  const out = new Float64Array(codes.length);
  for (let from = 0; from < codes.length; from += width) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += codes[from + i]!;
    const mean = roundHalfEven(sum / width);
    let squares = 0;
    for (let i = 0; i < width; i++) squares += (codes[from + i]! - mean) ** 2;
    const factor = Math.floor(WHOLE / (root === "exact" ? integerRoot(squares) : tenStepRoot(squares)));
    for (let i = 0; i < width; i++) {
      out[from + i] = Math.floor(((codes[from + i]! - mean) * factor) / 2) + (shift?.[i] ?? 0);
    }
  }
  return fromNumbers("int32", x!.dims, out);
}

/** The mean of rows, rounded half to even: what is left over counts double against the width, and an odd quotient wins a tie. */
function mean(g: Emit, x: Value, width: number): Value {
  const sum = g.sum(x, [-1], true);
  const quotient = floorDivide(g, sum, width);
  const rest = g.sub(sum, g.scale(quotient, width));
  const odd = g.op("Mod", [quotient, g.scalar("int64", 2)]);
  const isAbove = g.op("Greater", [g.add(g.scale(rest, 2), odd), g.scalar("int64", width)]);
  return g.add(quotient, g.cast(isAbove, "int64"));
}

function checkBias(bias: Known | undefined, width: number | string | undefined): void {
  if (bias === undefined || bias.dims === undefined || typeof width !== "number") return;
  if (bias.dtype === "int32" && bias.dims.length === 1 && bias.dims[0] === width) return;
  fail({
    code: "shape.bias",
    where: "input bias",
    message: "does not fit the rows",
    expected: `int32[${width}]`,
    got: `${bias.dtype}[${bias.dims.join(", ")}]`,
  });
}

const row = tensor("int32", [1, 4], [30, -30, 20, -21]);

export const IntegerLayerNorm = operator("IntegerLayerNorm", {
  domain: "femto",
  since: 1,
  arity: [1, 2],
  attributes: { root: text("exact", "ten-step") },
  shape: ([x, bias]) => {
    const dims = rowDims(x!);
    checkBias(bias, dims?.at(-1));
    return [{ dtype: "int32", dims }];
  },
  run: (inputs, { root }) => [run(inputs, root)],
  gradient: none("integers, for inference"),
  body: (g, [x, bias], { root }) => {
    const width = dimsOf(x!).at(-1)!;
    if (typeof width !== "number")
      fail({ code: "shape.symbol", message: "the width of a row must be known", got: width });
    const wide = g.cast(x!, "int64");
    const apart = g.sub(wide, mean(g, wide, width as number));
    const squares = g.sum(g.mul(apart, apart), [-1], true);
    const k = root === "exact" ? emitIntegerRoot(g, squares) : emitTenStepRoot(g, squares);
    const y = floorDivide(g, g.mul(apart, g.div(g.scalar("int64", WHOLE), k)), 2);
    return [g.cast(bias === undefined ? y : g.add(y, g.cast(bias, "int64")), "int32")];
  },
  // An element: three sums (mean, difference, squares), a square, a product and a shift. A row: mean, root, factor.
  work: ([x, bias], outputs, { root }) => {
    const n = sizeOf(x!.dims);
    const rows = n === 0 ? 0 : n / x!.dims.at(-1)!;
    const steps = root === "exact" ? 6 : 10;
    return streaming([x, bias], outputs, {
      add: (bias === undefined ? 3 : 4) * n + steps * rows,
      multiply: 2 * n,
      logic: n + steps * rows,
      divide: (2 + steps) * rows,
      compare: root === "exact" ? (27 + 2 * steps) * rows : 0,
      round: rows,
    });
  },
  tolerance: 0,
  examples: [
    {
      name: "exact root",
      inputs: [row],
      // Sum −1: mean 0. Squares 900 + 900 + 400 + 441 = 2641, root 51, factor 42107522.
      expected: [tensor("int32", [1, 4], [631612830, -631612830, 421075220, -442128981])],
    },
    {
      name: "ten steps, as I-ViT",
      inputs: [row],
      attributes: { root: "ten-step" },
    },
    {
      name: "means that end in one half, equal elements, a bias",
      inputs: [tensor("int16", [4, 2], [1, 2, 0, 1, -1, -2, 9, 9]), tensor("int32", [2], [5, -7])],
    },
    {
      name: "16-bit codes at their ends",
      inputs: [tensor("int16", [2, 1, 3], [32767, -32768, 5, 32767, 32767, -32768])],
    },
  ],
});
