/** @file Gradients at kinks, where the table test cannot look: the conventions that stand beside the rules. */

import { describe, expect, it } from "vitest";
import { f64, slopesOf } from "./derivatives.fixture.ts";

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
