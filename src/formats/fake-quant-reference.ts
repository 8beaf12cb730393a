/**
 * @file The fake quantiser in plain float64 formulas: the truth that the in-graph quantiser is tested against.
 *
 * x̂ = lo + Δ·R(u), u = (clip(x, lo, hi) − lo)/Δ: clip first, then round half to even (EQAT equations 1 and 2; sheet,
 * gaps 2 to 6). Derivatives are straight-through in x (dR/du := 1), which makes the derivative in the bit-width q
 * ∂x̂/∂q = (x̂ − x)·(1/Δ)·dΔ/dq inside the range and 0 where x is clipped.
 */

import { fail } from "../base/errors.ts";
import { roundHalfEven } from "../base/soft-float.ts";

/**
 * `narrow`: [−high, high], 2^(q−1) − 1 steps on each side, zero exact. `unsigned`: [0, high], 2^q − 1 steps.
 * `affine`: [low, high], 2^q − 1 steps, zero point rounded to an integer and the range moved with it.
 * `paper`: [low, high], 2^q − 1 steps, as printed in the paper: zero is not on a symmetric grid.
 */
export type QuantGrid = "narrow" | "unsigned" | "affine" | "paper";

/** How a bit-width that is not whole quantises; equal at whole ones (gap 6). */
export type QuantMode = "frac" | "real" | "round";

export interface FakeQuantOptions {
  readonly grid: QuantGrid;
  readonly mode: QuantMode;
  /** Bit-width: > 1 on the narrow grid, > 0 otherwise. */
  readonly q: number;
  /** Upper end of the range; the clip of the narrow and unsigned grids. */
  readonly high: number;
  /** Lower end; affine and paper grids only. */
  readonly low?: number;
}

export interface FakeQuantResult {
  /** The quantised number x̂. */
  readonly xq: number;
  /** ∂x̂/∂q. */
  readonly dxdq: number;
  /** Whether x lies in the range: ∂x̂/∂x is 1 there and 0 elsewhere. */
  readonly mask: boolean;
  /** ∂x̂/∂high and ∂x̂/∂low at fixed q (learned ranges, as in LSQ). */
  readonly dxdhigh: number;
  readonly dxdlow: number;
}

/** Steps of a grid: K. */
export const stepsOf = (grid: QuantGrid, q: number): number => 2 ** (grid === "narrow" ? q - 1 : q) - 1;

/** Δ = span/K, where span is high on the narrow grid and high − low otherwise. */
export const stepSize = (grid: QuantGrid, span: number, q: number): number => span / stepsOf(grid, q);

/** dΔ/dq = −span·ln2·2^p/(2^p − 1)², p = q, and q − 1 on the narrow grid (EQAT eq. 18). */
export function stepSlope(grid: QuantGrid, span: number, q: number): number {
  const power = stepsOf(grid, q) + 1;
  return (-span * Math.LN2 * power) / (power - 1) ** 2;
}

interface Level {
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly slope: number;
}

/** The range and step of a grid of q bits, zero point rounded where the grid asks for it. */
function levelOf({ grid, high, low = 0 }: FakeQuantOptions, q: number): Level {
  const from = grid === "narrow" ? -high : grid === "unsigned" ? 0 : low;
  const span = grid === "narrow" ? high : high - from;
  const step = stepSize(grid, span, q);
  const slope = stepSlope(grid, span, q);
  if (grid !== "affine") return { low: from, high, step, slope };
  const zero = roundHalfEven(-low / step);
  return { low: -zero * step, high: (stepsOf(grid, q) - zero) * step, step, slope };
}

function quantiseAt(x: number, options: FakeQuantOptions, q: number): FakeQuantResult {
  const { low, high, step, slope } = levelOf(options, q);
  const clipped = Math.max(low, Math.min(high, x));
  // Every grid but the paper's passes through zero, so counting from zero and counting from `low` give the same points.
  const origin = options.grid === "paper" ? low : 0;
  const xq = origin + step * roundHalfEven((clipped - origin) / step);
  if (x < low) return { xq, dxdq: 0, mask: false, ...edge(options.grid, "low") };
  if (x > high) return { xq, dxdq: 0, mask: false, ...edge(options.grid, "high") };
  const error = xq - x;
  const span = options.grid === "narrow" || options.grid === "unsigned" ? options.high : options.high - options.low!;
  const dxdlow = options.grid === "narrow" || options.grid === "unsigned" ? 0 : -error / span;
  return { xq, dxdq: (error / step) * slope, mask: true, dxdhigh: error / span, dxdlow };
}

/** Derivatives of a clipped element in the range: it moves with the end at which it is pinned. */
function edge(grid: QuantGrid, end: "low" | "high"): { dxdhigh: number; dxdlow: number } {
  if (end === "high") return { dxdhigh: 1, dxdlow: 0 };
  if (grid === "narrow") return { dxdhigh: -1, dxdlow: 0 };
  return { dxdhigh: 0, dxdlow: grid === "unsigned" ? 0 : 1 };
}

/**
 * Quantises one number: `fakeQuant(0.3, { grid: "paper", mode: "real", q: 4, low: -1, high: 1 }).xq` is 1/3.
 * A range of no extent (a tensor of zeros) gives 0 and no gradient.
 * @throws FemtoError `option.range` for a bit-width or range that is impossible, `data.nan` for NaN
 */
export function fakeQuant(x: number, options: FakeQuantOptions): FakeQuantResult {
  check(x, options);
  const { grid, mode, q, high, low = 0 } = options;
  if (high === 0 && low === 0) return { xq: 0, dxdq: 0, mask: false, dxdhigh: 0, dxdlow: 0 };
  if (mode === "real") return quantiseAt(x, options, q);
  if (mode === "round") {
    // Forward with round(q); backward the formula of `real` with the rounding error that was made.
    const made = quantiseAt(x, options, roundHalfEven(q));
    const power = stepsOf(grid, q) + 1;
    return { ...made, dxdq: made.mask ? ((made.xq - x) * -Math.LN2 * power) / (power - 1) : 0 };
  }
  // Q(x; q) = (1−t)·Q(x; ⌊q⌋) + t·Q(x; ⌊q⌋+1): piecewise linear in q, hence ∂Q/∂q is exact, clipped or not.
  const floor = Math.floor(q);
  const part = q - floor;
  const lower = quantiseAt(x, options, floor);
  const upper = quantiseAt(x, options, floor + 1);
  const mix = (a: number, b: number) => a + part * (b - a);
  return {
    xq: mix(lower.xq, upper.xq),
    dxdq: upper.xq - lower.xq,
    // An affine range moves with its zero point; the finer grid's range counts.
    mask: upper.mask,
    dxdhigh: mix(lower.dxdhigh, upper.dxdhigh),
    dxdlow: mix(lower.dxdlow, upper.dxdlow),
  };
}

export interface FakeQuantArrays {
  readonly xq: Float64Array<ArrayBuffer>;
  readonly dxdq: Float64Array<ArrayBuffer>;
  /** 1 inside the range, 0 outside. */
  readonly mask: Uint8Array<ArrayBuffer>;
}

/** {@link fakeQuant} of every element. */
export function fakeQuantAll(x: ArrayLike<number>, options: FakeQuantOptions): FakeQuantArrays {
  const result = { xq: new Float64Array(x.length), dxdq: new Float64Array(x.length), mask: new Uint8Array(x.length) };
  for (let i = 0; i < x.length; i++) {
    const { xq, dxdq, mask } = fakeQuant(x[i]!, options);
    result.xq[i] = xq;
    result.dxdq[i] = dxdq;
    result.mask[i] = mask ? 1 : 0;
  }
  return result;
}

function check(x: number, { grid, mode, q, high, low }: FakeQuantOptions): void {
  if (Number.isNaN(x)) fail({ code: "data.nan", message: "NaN cannot be quantised" });
  const used = mode === "frac" ? Math.floor(q) : mode === "round" ? roundHalfEven(q) : q;
  if (!(stepsOf(grid, used) > 0) || q > 16) {
    fail({
      code: "option.range",
      message: `bit-width ${q} has no ${grid} grid`,
      expected: grid === "narrow" ? "2 to 16 bits" : "1 to 16 bits",
    });
  }
  const hasLow = grid === "affine" || grid === "paper";
  // Without zero in the range an affine grid would need a zero point outside its codes.
  const isAffine = grid !== "affine" || (low! <= 0 && high >= 0);
  const isOrdered = hasLow ? low !== undefined && (high > low || (high === 0 && low === 0)) && isAffine : high >= 0;
  if (!Number.isFinite(high) || !Number.isFinite(low ?? 0) || !isOrdered || hasLow !== (low !== undefined)) {
    fail({
      code: "option.range",
      message: `the range of the ${grid} grid is impossible`,
      expected: hasLow ? "finite low < high, on the affine grid low ≤ 0 ≤ high" : "one finite end, high ≥ 0",
      got: `low ${low}, high ${high}`,
    });
  }
}
