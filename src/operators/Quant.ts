/**
 * @file Quant (QONNX; IntQuant since its renaming): x̂ = (round(clip(x/s + z)) − z)·s on the integers of b bits, where
 * scale s, zero point z and bit-width b are inputs. Clips first, then rounds. One signed bit means −1 and 1.
 * Source: fastmachinelearning/qonnx, docs/qonnx-custom-ops/intquant_v1.md and custom_op/general/intquant.py.
 */

import { isFloat } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { f32, numbers, scalar, type Tensor, tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { flag, text } from "./attributes.ts";
import { checkTypes } from "./element-types.ts";
import { dtypeOf, type Emit } from "./emit.ts";
import { broadcastIndices, fromNumbers } from "./loops.ts";
import { masked } from "./masks.ts";
import { type Known, operator } from "./operator.ts";
import { choose, codeRange, emitRange, type Signedness } from "./qonnx-range.ts";
import { roundingMode } from "./qonnx-rounding.ts";
import { roundingTo } from "./quantisation.ts";
import { broadcastDims } from "./shapes.ts";
import { elementwise } from "./work.ts";

interface Attributes extends Signedness {
  readonly rounding_mode: string;
}

/** Refuses scales and zero points that do not stretch to x, and more than one bit-width. */
function checkShapes(x: Known, ...others: readonly (Known | undefined)[]): void {
  for (const other of others) {
    if (x.dims === undefined || other?.dims === undefined) continue;
    const dims = broadcastDims(x.dims, other.dims);
    if (dims.length === x.dims.length && dims.every((dim, i) => dim === x.dims![i] || typeof x.dims![i] === "string"))
      continue;
    fail({
      code: "shape.broadcast",
      message: "scale, zero point and bit-width must broadcast to x",
      expected: `a shape that stretches to [${x.dims.join(", ")}]`,
      got: `[${other.dims.join(", ")}]`,
    });
  }
}

function run([x, scale, zero, width]: readonly Tensor[], at: Attributes): Tensor[] {
  const r = roundingTo(x!.dtype);
  const { round } = roundingMode(at.rounding_mode);
  const bits = numbers(width!)[0]!;
  const [low, high] = codeRange(bits, at);
  const isBipolar = bits === 1 && at.signed;
  const [values, scales, zeros] = [numbers(x!), numbers(scale!), numbers(zero!)];
  const [atScale, atZero] = [scale!, zero!].map((t) => broadcastIndices(t.dims, x!.dims)) as [Int32Array, Int32Array];
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const [s, z] = [scales[atScale[i]!]!, zeros[atZero[i]!]!];
    const t = r(r(values[i]! / s) + z);
    const code = isBipolar ? (t >= 0 ? 1 : -1) : round(Math.max(low, Math.min(high, t)));
    out[i] = r(r(code - z) * s);
  }
  return [fromNumbers(x!.dtype, x!.dims, out)];
}

/** x/s + z, the bounds, and whether the first lies between the others (|t| ≤ 1 for one signed bit). */
function position(g: Emit, [x, scale, zero, width]: readonly Value[], at: Attributes) {
  const bits = g.cast(width!, dtypeOf(x!));
  const t = g.add(g.div(x!, scale!), g.cast(zero!, dtypeOf(x!)));
  const [low, high] = emitRange(g, bits, at);
  return { bits, t, low, high };
}

function body(g: Emit, inputs: readonly Value[], at: Attributes): Value {
  const [, scale, zero] = inputs;
  const { bits, t, low, high } = position(g, inputs, at);
  const bipolar = () => g.where(g.op("Less", [t, g.scalar(t, 0)]), g.scalar(t, -1), g.scalar(t, 1));
  const many = () => roundingMode(at.rounding_mode).emit(g, g.op("Max", [g.op("Min", [t, high]), low]));
  return g.mul(g.sub(choose(g, bits, at, bipolar, many), g.cast(zero!, dtypeOf(scale!))), scale!);
}

const x = f32([2, 3], [0.31, -0.72, 0.055, 0.93, -1.4, 0.48]);
const number = (value: number) => scalar("float32", value);
const table = f32([10], [5.5, 2.5, 1.6, 1.1, 1, -1, -1.1, -1.6, -2.5, -5.5]);
const modeExample = (rounding_mode: string, values: readonly number[]) => ({
  name: `rounding mode ${rounding_mode}`,
  inputs: [table, number(1), number(0), number(8)],
  attributes: { rounding_mode },
  expected: [f32([10], values)],
  gradientOf: [],
});

export const Quant = operator("Quant", {
  domain: "qonnx.custom_op.general",
  since: 1,
  arity: [4, 4],
  attributes: { signed: flag(true), narrow: flag(false), rounding_mode: text<string>("ROUND") },
  shape: ([x, scale, zero, bits], { rounding_mode }) => {
    checkTypes([x, scale], "float");
    // QKeras exports write an integer zero point
    checkTypes([zero], "number");
    checkTypes([bits], "number");
    checkShapes(x!, scale, zero);
    checkShapes({ dtype: "float32", dims: bits!.dims?.map(() => 1) }, bits);
    roundingMode(rounding_mode);
    return [{ dtype: x!.dtype, dims: x!.dims }];
  },
  run,
  // Straight through: rounding counts as the identity, clipping does not. With t = x/s + z, inside: low ≤ t ≤ high,
  // ∂L/∂x = dy inside, else 0; ∂L/∂s = Σ dy · (y − x inside)/s; ∂L/∂z = −Σ dy · s outside; none to the bit-width.
  gradient: (g, inputs, [dy], at, [y]) => {
    const [x, scale, zero] = inputs;
    const { bits, t, low, high } = position(g, inputs, at);
    // Codes of one signed bit span −1 to 1.
    const least = choose(
      g,
      bits,
      at,
      () => g.scalar(t, -1),
      () => low,
    );
    const most = choose(
      g,
      bits,
      at,
      () => g.scalar(t, 1),
      () => high,
    );
    const inside = g.op("And", [g.op("GreaterOrEqual", [t, least]), g.op("LessOrEqual", [t, most])]);
    const dx = masked(g, dy!, inside);
    const dScale = g.mul(dy!, g.div(g.sub(y!, masked(g, x!, inside)), scale!));
    const dZero = isFloat(dtypeOf(zero!)) ? g.sumTo(g.mul(g.sub(dx, dy!), scale!), zero!) : undefined;
    return [dx, g.sumTo(dScale, scale!), dZero, undefined];
  },
  body: (g, inputs, at) => [body(g, inputs, at)],
  work: elementwise({ divide: 1, add: 2, compare: 2, round: 1, multiply: 1 }),
  tolerance: 0,
  examples: [
    {
      name: "signed, four bits",
      inputs: [x, number(0.125), number(0), number(4)],
      expected: [f32([2, 3], [0.25, -0.75, 0, 0.875, -1, 0.5])],
      gradientOf: [],
    },
    {
      name: "narrow, two bits: ternary",
      inputs: [x, number(0.5), number(0), number(2)],
      attributes: { narrow: true },
      expected: [f32([2, 3], [0.5, -0.5, 0, 0.5, -0.5, 0.5])],
      gradientOf: [],
    },
    {
      name: "unsigned with a zero point",
      inputs: [x, number(0.25), number(2), number(3)],
      attributes: { signed: false },
      expected: [f32([2, 3], [0.25, -0.5, 0, 1, -0.5, 0.5])],
      gradientOf: [],
    },
    {
      name: "unsigned and narrow, a scale for each column",
      inputs: [x, f32([1, 3], [0.5, 0.25, 0.0625]), number(0), number(2)],
      attributes: { signed: false, narrow: true },
      expected: [f32([2, 3], [0.5, 0, 0.0625, 1, 0, 0.125])],
      gradientOf: [],
    },
    {
      name: "one signed bit is bipolar",
      inputs: [x, number(0.5), number(0), number(1)],
      expected: [f32([2, 3], [0.5, -0.5, 0.5, 0.5, -0.5, 0.5])],
      gradientOf: [],
    },
    {
      name: "an integer zero point and bit-width",
      inputs: [x, number(0.125), tensor("int64", [], [0]), tensor("int32", [], [4])],
      expected: [f32([2, 3], [0.25, -0.75, 0, 0.875, -1, 0.5])],
      gradientOf: [],
    },
    modeExample("ROUND", [6, 2, 2, 1, 1, -1, -1, -2, -2, -6]),
    modeExample("half_even", [6, 2, 2, 1, 1, -1, -1, -2, -2, -6]),
    modeExample("CEIL", [6, 3, 2, 2, 1, -1, -1, -1, -2, -5]),
    modeExample("FLOOR", [5, 2, 1, 1, 1, -1, -2, -2, -3, -6]),
    modeExample("UP", [6, 3, 2, 2, 1, -1, -2, -2, -3, -6]),
    modeExample("DOWN", [5, 2, 1, 1, 1, -1, -1, -1, -2, -5]),
    modeExample("HALF_UP", [6, 3, 2, 1, 1, -1, -1, -2, -3, -6]),
    modeExample("HALF_DOWN", [5, 2, 2, 1, 1, -1, -1, -2, -2, -5]),
  ],
});
