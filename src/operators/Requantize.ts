/**
 * @file femto.Requantize: integers of one scale as codes of another, y = ⌊x·m·2^−e + 1/2⌋ clamped to `bits` bits
 * (I-ViT, arXiv 2207.01405; QuWeiT sheet M7). m·2^−e stands for the ratio of the scales; `dyadic` finds it. Multiplier and
 * exponent broadcast to x: one each for a tensor, or a vector along the last axis for scales of channels.
 */

import { fail } from "../base/errors.ts";
import { integers, type Tensor, tensor } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { storageOf } from "./integer-codes.ts";
import { broadcastIndices } from "./loops.ts";
import { type Known, none, operator } from "./operator.ts";
import { broadcastShape } from "./shapes.ts";
import { within } from "./shift-exponential.ts";
import { elementwise } from "./work.ts";

/** A ratio of scales as multiplier·2^−exponent. */
export interface Dyadic {
  readonly multiplier: number;
  readonly exponent: number;
}

/**
 * The ratio with 31 bits: m = ⌊fraction·2^31 + 1/2⌋ for a fraction in [1/2, 1).
 * @throws FemtoError `attribute.ratio` for a ratio that is not positive or beyond exponents 1 … 62
 */
export function dyadic(ratio: number): Dyadic {
  let power = Math.floor(Math.log2(ratio)) + 1;
  // log2 is off by a hair beside whole powers.
  if (ratio / 2 ** power >= 1) power++;
  else if (ratio / 2 ** power < 0.5) power--;
  const rounded = Math.floor((ratio / 2 ** power) * 2 ** 31 + 0.5);
  const isWhole = rounded === 2 ** 31;
  const exponent = 31 - power - (isWhole ? 1 : 0);
  if (!(ratio > 0 && exponent >= 1 && exponent <= 62)) {
    fail({
      code: "attribute.ratio",
      message: "the ratio of two scales does not fit a multiplier of 31 bits",
      expected: "a number from 2^-31 to below 2^30",
      got: `${ratio}`,
    });
  }
  return { multiplier: isWhole ? 2 ** 30 : rounded, exponent };
}

function check(input: Known, name: string): void {
  if (input.dtype !== "int32") {
    fail({
      code: "shape.type",
      where: `input ${name}`,
      message: "has a wrong type",
      expected: "int32",
      got: input.dtype,
    });
  }
  if (input.constant === undefined || name === "x") return;
  const isExponent = name === "exponent";
  for (const value of integers(input.constant)) within(name, value, isExponent ? 1 : 0, isExponent ? 62 : 2 ** 31 - 1);
}

function run([x, multiplier, exponent]: readonly Tensor[], bits: number): Tensor {
  const views = [multiplier!, exponent!].map((t) => ({ values: integers(t), at: broadcastIndices(t.dims, x!.dims) }));
  const [least, most] = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  const codes = integers(x!).map((code, i) => {
    const [m, e] = views.map(({ values, at }) => BigInt(values[at[i]!]!));
    // An arithmetic shift rounds down, whatever the sign.
    const rounded = (BigInt(code) * m! + (1n << (e! - 1n))) >> e!;
    return Math.max(least, Math.min(most, Number(rounded)));
  });
  return tensor(storageOf(bits), x!.dims, codes);
}

const half = dyadic(0.5);
const i32 = (dims: readonly number[], values: readonly number[]) => tensor("int32", dims, values);

export const Requantize = operator("Requantize", {
  domain: "femto",
  since: 1,
  arity: [3, 3],
  attributes: { bits: int(8) },
  shape: ([x, multiplier, exponent], { bits }) => {
    within("bits", bits, 2, 32);
    check(x!, "x");
    check(multiplier!, "multiplier");
    check(exponent!, "exponent");
    broadcastShape([x, multiplier, exponent]);
    return [{ dtype: storageOf(bits), dims: x!.dims }];
  },
  run: (inputs, { bits }) => [run(inputs, bits)],
  gradient: none("integers, for inference"),
  body: (g, [x, multiplier, exponent], { bits }) => {
    const c = (value: number) => g.scalar("int64", value);
    const powers = g.constant(
      tensor(
        "int64",
        [63],
        Array.from({ length: 63 }, (_, i) => 2n ** BigInt(i)),
      ),
      "powers",
    );
    const divisor = g.op("Gather", [powers, g.cast(exponent!, "int64")], { axis: 0 });
    const product = g.mul(g.cast(x!, "int64"), g.cast(multiplier!, "int64"));
    const raised = g.add(product, g.div(divisor, c(2)));
    const rounded = g.div(g.sub(raised, g.op("Mod", [raised, divisor])), divisor);
    const clamped = g.op("Min", [g.op("Max", [rounded, c(-(2 ** (bits - 1)))]), c(2 ** (bits - 1) - 1)]);
    return [g.cast(clamped, storageOf(bits))];
  },
  work: elementwise({ multiply: 1, add: 1, logic: 1, compare: 2 }),
  tolerance: 0,
  examples: [
    {
      name: "halves go up, ends are clamped",
      inputs: [i32([2, 4], [3, -3, 5, -5, 1, -1, 900, -900]), i32([], [half.multiplier]), i32([], [half.exponent])],
      expected: [tensor("int8", [2, 4], [2, -1, 3, -2, 1, 0, 127, -128])],
    },
    {
      name: "a ratio a channel, 16 bits",
      inputs: [
        i32([2, 2], [1000, 1000, -2147483648, 2147483647]),
        i32([2], [1610612736, 2147483647]),
        i32([2], [33, 62]),
      ],
      attributes: { bits: 16 },
      expected: [tensor("int16", [2, 2], [188, 0, -32768, 1])],
    },
  ],
});
