/**
 * @file Values of an integer network: codes with a scale, and how they come into fewer bits (I-ViT, arXiv 2207.01405;
 * QuWeiT sheet M7). A scale is one number, or one for each channel along one axis: what a product with weights of one
 * scale a channel leaves.
 */

import { fail } from "../../base/errors.ts";
import { roundHalfEven } from "../../base/soft-float.ts";
import { numbers, stridesOf, type Tensor, tensor } from "../../base/tensor.ts";
import type { Value } from "../../graph/value.ts";
import { type Dyadic, dimsOf, dtypeOf, dyadic, type Emit } from "../../operators/index.ts";

export interface Codes {
  /** int8, int16 or int32. */
  readonly value: Value;
  readonly scales: readonly number[];
  /** Axis of the scales, counted from the end (−1 is the last one), where there are several. */
  readonly axis: number;
}

/** Largest code of so many bits; grids are symmetric. */
export const largest = (bits: number): number => 2 ** (bits - 1) - 1;

/** The scale of a symmetric grid that reaches `most`; of what is always 0, any. */
export const scaleFor = (most: number, bits: number): number => (most > 0 ? most / largest(bits) : 1 / largest(bits));

/** A constant in the dimensions that broadcast along the axis of the scales. */
const along = (g: Emit, values: readonly number[], axis: number): Value =>
  g.constant(tensor("int32", [values.length, ...new Array<number>(-1 - axis).fill(1)], values));

/** The ratio of two scales; where no code of 30 bits would come to half a unit, nothing. */
const factorOf = (ratio: number): Dyadic => (ratio < 2 ** -31 ? { multiplier: 0, exponent: 1 } : dyadic(ratio));

/** The codes on the grid of `scale`, clamped to `bits` bits. */
export function requantise(g: Emit, codes: Codes, scale: number, bits: number): Codes {
  const factors = codes.scales.map((own) => factorOf(own / scale));
  const [multiplier, exponent] = (["multiplier", "exponent"] as const).map((key) => {
    const values = factors.map((factor) => factor[key]);
    return values.length === 1 ? g.scalar("int32", values[0]!) : along(g, values, codes.axis);
  });
  const wide = g.cast(codes.value, "int32");
  return { value: g.op("femto.Requantize", [wide, multiplier, exponent], { bits }), scales: [scale], axis: -1 };
}

/** A channel this much smaller than the layer's largest has no codes of its own: its bias must fit on its scale, too. */
const LEAST_CHANNEL = 2 ** -16;

/** int8 codes of weights, one scale for each channel of `axis`. */
export function weightCodes(weight: Tensor, axis: number): { codes: Tensor; scales: number[] } {
  const channels = weight.dims[axis]!;
  const stride = stridesOf(weight.dims)[axis]!;
  const values = numbers(weight);
  const channelOf = (i: number) => Math.floor(i / stride) % channels;
  const most = new Array<number>(channels).fill(0);
  for (let i = 0; i < values.length; i++) most[channelOf(i)] = Math.max(most[channelOf(i)]!, Math.abs(values[i]!));
  const least = LEAST_CHANNEL * Math.max(...most);
  const scales = most.map((value) => scaleFor(Math.max(value, least), 8));
  const codes = Int8Array.from(values, (value, i) => roundHalfEven(value / scales[channelOf(i)]!));
  return { codes: tensor("int8", weight.dims, codes), scales };
}

/** Whole numbers on the grid of `scale`, as a tensor of the given type. */
export function codesOf(values: Tensor, scale: number, dtype: "int8" | "int16" | "int32", most: number): Tensor {
  const codes = Array.from(numbers(values), (v) => Math.max(-most, Math.min(most, roundHalfEven(v / scale))));
  return tensor(dtype, values.dims, codes);
}

/** Adds a bias to codes of 32 bits: one whole number a channel, of the scale of that channel. */
export function addBias(g: Emit, codes: Codes, bias: Tensor): Codes {
  const values = numbers(bias);
  const whole = Array.from(values, (value, i) =>
    clamp32(roundHalfEven(value / codes.scales[i % codes.scales.length]!)),
  );
  return { ...codes, value: g.add(codes.value, along(g, whole, codes.axis)) };
}

/** Far enough inside 32 bits that a sum with a product does not wrap. */
export const clamp32 = (value: number): number => Math.max(-(2 ** 30), Math.min(2 ** 30, value));

/** One scale for all: what reshaping and products of activations need. @throws FemtoError `integer.scale` */
export function oneScale({ value, scales }: Codes): number {
  if (scales.length === 1) return scales[0]!;
  return fail({
    code: "integer.scale",
    where: value.name,
    message: "codes have a scale for each channel here",
    expected: `one scale; requantise them first`,
    got: `${scales.length} scales, ${dtypeOf(value)} [${dimsOf(value).join(", ")}]`,
  });
}
