/**
 * @file Thermometer thresholds from training data (DWN, arXiv 2410.11112; QuWeiT sheet M1). A number x becomes T bits,
 * bit i = 1 where x > tᵢ; thresholds are fitted on training data alone and then stand still.
 */

import { fail } from "../base/errors.ts";
import { inverseNormal } from "./inverse-normal.ts";

export const thermometerKinds = ["distributive", "uniform", "gaussian"] as const;

/**
 * `uniform`: min + i·(max − min)/(T + 1); `gaussian`: mean + std·Φ⁻¹(i/(T + 1)), std with the divisor N − 1;
 * `distributive`: the ⌊N·i/(T + 1)⌋-th of the N values in ascending order, so that codes are about equally frequent.
 */
export type ThermometerKind = (typeof thermometerKinds)[number];

export interface ThermometerChoice {
  readonly kind: ThermometerKind;
  /** T, thresholds of a feature. */
  readonly bits: number;
  /** Thresholds of its own for each feature; else one set, fitted on all values together. */
  readonly featureWise: boolean;
}

/** Most thresholds of a feature. */
const MOST_BITS = 4096;

/**
 * Fits thresholds.
 * @param values training examples, row-major [examples, features]
 * @returns ascending thresholds, [features, T] row-major, or [T] where they are shared
 * @throws FemtoError `option.range` for T < 1; `data.empty`; `data.nan` for a value that is not finite
 */
export function fitThresholds(values: ArrayLike<number>, features: number, choice: ThermometerChoice): Float64Array {
  const { bits, featureWise } = choice;
  if (!Number.isInteger(bits) || bits < 1 || bits > MOST_BITS) {
    fail({
      code: "option.range",
      where: "thermometer bits",
      message: "a thermometer has an impossible number of thresholds",
      expected: `1 to ${MOST_BITS}`,
      got: `${bits}`,
    });
  }
  const examples = values.length / features;
  if (!(examples >= 1)) {
    fail({ code: "data.empty", where: "training data", message: "thresholds need at least one example" });
  }
  if (!featureWise) return Float64Array.from(thresholdsOf(sorted(values, 0, 1, values.length), choice));
  const out = new Float64Array(features * bits);
  for (let f = 0; f < features; f++) out.set(thresholdsOf(sorted(values, f, features, examples), choice), f * bits);
  return out;
}

/** `count` values from `first` on, `step` apart, ascending. */
function sorted(values: ArrayLike<number>, first: number, step: number, count: number): Uint8Array | Float64Array {
  // Bytes stay bytes: pixels sort five times as fast.
  const own = values instanceof Uint8Array ? new Uint8Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const value = values[first + i * step]!;
    if (!Number.isFinite(value)) {
      fail({
        code: "data.nan",
        where: `training data › example ${Math.floor((first + i * step) / step)}`,
        message: "a value is not a finite number, so that no threshold can be fitted",
        got: `${value}`,
      });
    }
    own[i] = value;
  }
  return own.sort();
}

function thresholdsOf(ascending: Uint8Array | Float64Array, { kind, bits }: ThermometerChoice): number[] {
  const count = ascending.length;
  const at = Array.from({ length: bits }, (_, i) => i + 1);
  if (kind === "distributive") return at.map((i) => ascending[Math.floor((count * i) / (bits + 1))]!);
  const [least, most] = [ascending[0]!, ascending[count - 1]!];
  if (kind === "uniform") return at.map((i) => least + (i * (most - least)) / (bits + 1));
  let [sum, squares] = [0, 0];
  for (const value of ascending) sum += value;
  const mean = sum / count;
  for (const value of ascending) squares += (value - mean) ** 2;
  const std = count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
  return at.map((i) => mean + std * inverseNormal(i / (bits + 1)));
}
