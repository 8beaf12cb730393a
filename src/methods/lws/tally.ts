/**
 * @file A layer's weights gathered by value. What the selection asks of the weights with value w is how many there are and
 * how the loss answers when they move by d steps of the grid: Σ g·(d·s) + ½F·(d·s)² = slope·d + curvature·d². Both sums are
 * taken once, also where every channel has its own scale s.
 */

import { fail } from "../../base/errors.ts";
import { type IntegerMatrix, largestWeight } from "../../circuits/characterise/index.ts";

/** What is known of a layer before values are taken from it. */
export interface SelectableLayer {
  readonly name: string;
  /** W: outputs × inputs, row-major. */
  readonly weights: IntegerMatrix;
  readonly outputs: number;
  /** Real weight = integer · scale, frozen: one, or one for each output. */
  readonly scales: ArrayLike<number>;
  /** g: gradient of the mean loss by the real weight, one for each weight. */
  readonly gradient: ArrayLike<number>;
  /** F: diagonal of the Fisher information by the real weight, one for each weight, not negative. */
  readonly fisher: ArrayLike<number>;
}

/** At index w + 2^(bits − 1). */
export interface Tally {
  readonly weightBits: number;
  /** n(w). */
  readonly counts: Float64Array;
  /** Σ g·s. */
  readonly slopes: Float64Array;
  /** ½ Σ F·s². */
  readonly curvatures: Float64Array;
}

function checkLayer(layer: SelectableLayer, weightBits: number): void {
  const { name, weights, outputs, scales } = layer;
  const refuse = (code: string, part: string, message: string, expected: string, got: string): never =>
    fail({ code, where: `layer ${name} › ${part}`, message, expected, got });
  if (weights instanceof Float32Array || weights instanceof Float64Array) {
    const [message, expected] = ["weights are not on an integer grid", "integers and the scale that makes them real"];
    refuse("lws.float", "weights", message, expected, "floating-point weights");
  }
  const most = largestWeight(weightBits);
  const wide = weights.findIndex((weight: number) => Math.abs(weight) > most);
  if (wide >= 0) {
    refuse("lws.weight", "weights", "beyond the symmetric grid", `${-most} … ${most}`, `${weights[wide]} at ${wide}`);
  }
  if (!Number.isInteger(outputs) || outputs < 1 || weights.length === 0 || weights.length % outputs !== 0) {
    refuse("lws.size", "weights", "not a matrix", `a multiple of ${outputs} rows`, `${weights.length} weights`);
  }
  const count = scales?.length ?? 0;
  if ((count !== 1 && count !== outputs) || Array.from(scales).some((scale) => !(scale > 0 && scale < Infinity))) {
    const got = count === 0 ? "none" : Array.from(scales).join(", ").slice(0, 60);
    refuse("lws.scale", "scales", "integers need their scale", `1 or ${outputs} positive numbers`, got);
  }
  for (const part of ["gradient", "fisher"] as const) {
    const values = layer[part];
    if (values.length !== weights.length) {
      refuse("lws.size", part, "not one number for each weight", String(weights.length), String(values.length));
    }
    const wrong = Array.from(values).findIndex((x) => !Number.isFinite(x) || (part === "fisher" && x < 0));
    if (wrong >= 0) {
      const expected = part === "fisher" ? "finite numbers, none below 0" : "finite numbers";
      refuse("lws.sensitivity", part, "the loss cannot be foretold", expected, `${values[wrong]} at ${wrong}`);
    }
  }
}

/** @throws FemtoError `lws.float`, `lws.weight`, `lws.size`, `lws.scale`, `lws.sensitivity` */
export function tallyWeights(layer: SelectableLayer, weightBits: number): Tally {
  checkLayer(layer, weightBits);
  const { weights, outputs, scales, gradient, fisher } = layer;
  const half = 2 ** (weightBits - 1);
  const [counts, slopes, curvatures] = [0, 0, 0].map(() => new Float64Array(2 * half)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const inputs = weights.length / outputs;
  for (let i = 0; i < weights.length; i++) {
    const scale = scales[scales.length === 1 ? 0 : Math.floor(i / inputs)]!;
    const at = weights[i]! + half;
    counts[at]!++;
    slopes[at]! += gradient[i]! * scale;
    curvatures[at]! += 0.5 * fisher[i]! * scale * scale;
  }
  return { weightBits, counts, slopes, curvatures };
}
