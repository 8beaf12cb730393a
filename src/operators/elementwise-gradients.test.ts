/**
 * @file Gradients of element-wise operators where the table test does not look: at kinks (the conventions stated beside
 * each rule), second derivatives, and batches of unknown size.
 */

import { describe, expect, it } from "vitest";
import { type Tensor, tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { type Call, curvature, f64, slopesOf, slopesOfKnownSize } from "./derivatives.fixture.ts";

/** ∂L/∂x of each element when dy = 0.5 for the first, 0.75 for the second … divided by that weight. */
function slope(kind: string, values: readonly number[], attributes = {}): number[] {
  const [dx] = slopesOf({ kind, inputs: [f64([values.length], values)], attributes });
  return dx!.map((v, i) => v / (0.5 + 0.25 * i));
}

describe("at kinks", () => {
  it("Relu and Abs have slope 0 at zero", () => {
    expect(slope("Relu", [0, -1, 1])).toEqual([0, 0, 1]);
    expect(slope("Abs", [0, -1, 1])).toEqual([0, -1, 1]);
  });

  it("Elu, Celu, LeakyRelu take the slope from the right, as ONNX puts zero there; Selu and ThresholdedRelu from the left", () => {
    expect(slope("Elu", [0], { alpha: 2 })).toEqual([1]);
    expect(slope("Celu", [0], { alpha: 2 })).toEqual([1]);
    expect(slope("LeakyRelu", [0], { alpha: 0.25 })).toEqual([1]);
    expect(slope("Selu", [0], { alpha: 2, gamma: 3 })).toEqual([6]);
    expect(slope("ThresholdedRelu", [1, 1.5], { alpha: 1 })).toEqual([0, 1]);
  });

  it("PRelu passes dy at zero", () => {
    expect(slopesOf({ kind: "PRelu", inputs: [f64([1], [0]), f64([1], [0.25])] })).toEqual([[0.5], [0]]);
  });

  it("HardSigmoid and HardSwish are flat where the line meets a bound", () => {
    expect(slope("HardSigmoid", [-2.5, 2.5, 0])).toEqual([0, 0, 0.2]);
    expect(slope("HardSwish", [-3, 3])).toEqual([0, 1]);
  });

  it("Max and Min give a tie to the first input that holds it", () => {
    const inputs = [f64([3], [1, 2, 5]), f64([3], [1, 3, 5]), f64([3], [0, 3, 5])];
    expect(slopesOf({ kind: "Max", inputs })).toEqual([
      [0.5, 0, 1],
      [0, 0.75, 0],
      [0, 0, 0],
    ]);
    expect(slopesOf({ kind: "Min", inputs })).toEqual([
      [0, 0.75, 1],
      [0, 0, 0],
      [0.5, 0, 0],
    ]);
  });

  it("Clip passes inside inclusive bounds, and min(max(x, low), high) does the same", () => {
    const x = f64([5], [-2, -1, 0.5, 1, 2]);
    const bounds = [f64([], [-1]), f64([], [1])];
    const [dx, dLow, dHigh] = slopesOf({ kind: "Clip", inputs: [x, ...bounds] });
    expect(dx).toEqual([0, 0.75, 1, 1.25, 0]);
    expect(dLow).toEqual([0.5]);
    expect(dHigh).toEqual([1.5]);
  });

  it("Clip with crossed bounds gives everything to the upper one", () => {
    const inputs = [f64([2], [-2, 2]), f64([], [1]), f64([], [0])];
    expect(slopesOf({ kind: "Clip", inputs })).toEqual([[0, 0], [0], [1.25]]);
  });

  it("Pow is finite at a base of zero", () => {
    const pow = (b: number) => slopesOf({ kind: "Pow", inputs: [f64([1], [0]), f64([1], [b])] });
    expect(pow(0)).toEqual([[0], [0]]);
    expect(pow(1)).toEqual([[0.5], [0]]);
    expect(pow(2)).toEqual([[0], [0]]);
  });
});

const a = f64([2, 3], [0.31, -0.72, 1.4, 0.93, -1.6, 0.48]);
const positive = f64([2, 3], [0.31, 0.72, 1.4, 0.93, 1.6, 2.48]);
const inside = f64([2, 3], [0.31, -0.72, 0.4, 0.93, -0.6, 0.48]);
const above = f64([2, 3], [1.31, 1.72, 2.4, 3.93, 1.6, 5]);
const b = f64([3], [1.7, 0.6, -0.8]);

interface Curve {
  readonly kind: string;
  readonly inputs: readonly Tensor[];
  readonly index: number;
  readonly attributes?: Record<string, unknown>;
}

const each = (kinds: string, inputs: readonly Tensor[], ...indices: number[]): Curve[] =>
  kinds.split(" ").flatMap((kind) => indices.map((index) => ({ kind, inputs, index })));

const curves: readonly Curve[] = [
  ...each("Neg Exp Sigmoid Tanh Erf Atan Asinh Cos Sin Cosh Sinh Elu Celu Selu Gelu HardSwish LeakyRelu Mish", [a], 0),
  ...each("Relu Abs Softplus Softsign Swish HardSigmoid ThresholdedRelu Shrink", [a], 0),
  ...each("Log Sqrt Reciprocal", [positive], 0),
  ...each("Acos Asin Atanh Tan", [inside], 0),
  ...each("Acosh", [above], 0),
  { kind: "Gelu", inputs: [a], index: 0, attributes: { approximate: "tanh" } },
  ...each("Add Sub Mul Div Max Min Sum Mean PRelu", [a, b], 0, 1),
  ...each("Pow", [positive, b], 0, 1),
  ...each("Pow", [positive, f64([2, 3], [2, 2, 2, 2, 2, 2])], 0, 1),
  { kind: "Mod", inputs: [positive, b], index: 1, attributes: { fmod: true } },
  ...each("Clip", [a, f64([], [-1]), f64([], [1])], 0),
];

describe("second derivatives", () => {
  it.each(curves)("$kind in input $index", ({ index, ...call }) => {
    const { emitted, numeric } = curvature(call, index);
    for (const [i, value] of emitted.entries()) {
      expect(Math.abs(value - numeric[i]!)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(numeric[i]!)));
    }
  });
});

const N: readonly (readonly Dim[])[] = [["N", 3], [3]];
const condition = tensor("bool", [2, 3], [1, 0, 0, 1, 1, 0]);

describe("a batch of unknown size", () => {
  const calls: readonly (readonly [string, Call, readonly number[]])[] = [
    ..."Add Sub Mul Div Max Min Sum Mean PRelu"
      .split(" ")
      .map((kind) => [kind, { kind, inputs: [a, b], dims: N }, [0, 1]] as const),
    ["Pow", { kind: "Pow", inputs: [positive, b], dims: N }, [0, 1]],
    ["Where", { kind: "Where", inputs: [condition, a, b], dims: [["N", 3], ["N", 3], [3]] }, [1, 2]],
    ["Clip", { kind: "Clip", inputs: [a, f64([], [-1]), f64([], [1])], dims: [["N", 3], [], []] }, [0, 1, 2]],
    ["Gelu", { kind: "Gelu", inputs: [a], dims: [["N", "T"]] }, [0]],
    [
      "Quant",
      {
        kind: "qonnx.custom_op.general.Quant",
        inputs: [a, f64([1, 3], [0.1, 0.2, 0.3]), f64([], [0]), f64([], [3])],
        dims: [["N", 3], [1, 3], [], []],
      },
      [0, 1, 2],
    ],
    [
      "DequantizeLinear",
      {
        kind: "DequantizeLinear",
        inputs: [tensor("int8", [2, 3], [1, -5, 7, 100, 3, -128]), f64([3], [0.1, 0.2, 0.3])],
        dims: N,
      },
      [1],
    ],
  ];

  it.each(calls)("%s has the gradients of a known size", (_name, call, wrt) => {
    expect(slopesOf(call, wrt)).toEqual(slopesOfKnownSize(call, wrt));
  });
});
