/**
 * @file From real to whole bit-widths (EQAT sheet, gap 13 [reconstructed]): one global offset τ found by bisection so
 * that the energy meets the budget (FracBits), or a snap to the widths that the hardware has, with a greedy repair.
 */

import { fail } from "../../base/errors.ts";
import { roundHalfEven } from "../../base/soft-float.ts";

export interface DiscretiseOptions {
  readonly qMin: number;
  readonly qMax: number;
  readonly bitSet?: readonly number[] | undefined;
  /** Greatest relative energy. */
  readonly budget?: number | undefined;
}

/** Relative energy of a full assignment (one number a slot). */
export type EnergyOf = (bits: readonly number[]) => number;

/** Loss of a full assignment, measured; used by the greedy repair. */
export type LossOf = (bits: readonly number[]) => Promise<number>;

/** q* = clamp(round(q + τ)). */
const shifted = (bits: readonly number[], offset: number, { qMin, qMax }: DiscretiseOptions): number[] =>
  bits.map((q) => Math.min(Math.floor(qMax), Math.max(Math.ceil(qMin), roundHalfEven(q + offset))));

/** Rounds, with the greatest offset (the most bits) whose energy meets the budget. */
export function roundWithOffset(bits: readonly number[], energy: EnergyOf, options: DiscretiseOptions): number[] {
  const { budget } = options;
  const plain = shifted(bits, 0, options);
  if (budget === undefined) return plain;
  let low = -(options.qMax - options.qMin) - 1;
  let high = options.qMax - options.qMin + 1;
  if (energy(shifted(bits, low, options)) > budget) {
    fail({
      code: "eqat.budget",
      message: `the energy budget ${budget} cannot be met`,
      expected: `at least ${energy(shifted(bits, low, options)).toFixed(4)}, the energy of ${options.qMin} bits everywhere`,
      hint: "raise the budget or lower qMin",
    });
  }
  // Energy is monotone in the offset, so bisection finds the greatest one that fits.
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (energy(shifted(bits, middle, options)) <= budget) low = middle;
    else high = middle;
  }
  return fill(bits, shifted(bits, low, options), energy, budget, options);
}

/** What the offset leaves of the budget goes to the operands that lost most by rounding, a bit each, as long as it fits. */
function fill(
  bits: readonly number[],
  chosen: readonly number[],
  energy: EnergyOf,
  budget: number,
  { qMax }: DiscretiseOptions,
): number[] {
  const order = [...bits.keys()].sort((a, b) => bits[b]! - chosen[b]! - (bits[a]! - chosen[a]!) || a - b);
  let filled = [...chosen];
  for (const slot of order) {
    if (bits[slot]! <= filled[slot]! || filled[slot]! >= Math.floor(qMax)) continue;
    const raised = filled.with(slot, filled[slot]! + 1);
    if (energy(raised) <= budget) filled = raised;
  }
  return filled;
}

/** Snaps to the nearest allowed width, then lowers the operand with the least loss per energy until the budget holds. */
export async function snapToSet(
  bits: readonly number[],
  energy: EnergyOf,
  loss: LossOf,
  options: DiscretiseOptions & { readonly bitSet: readonly number[] },
): Promise<number[]> {
  const allowed = [...new Set(options.bitSet)]
    .filter((b) => b >= options.qMin && b <= options.qMax)
    .sort((a, b) => a - b);
  if (allowed.length === 0) {
    fail({
      code: "eqat.set",
      message: `no width of [${options.bitSet.join(", ")}] lies in ${options.qMin}..${options.qMax}`,
    });
  }
  const chosen = bits.map((q) => allowed.reduce((best, b) => (Math.abs(b - q) < Math.abs(best - q) ? b : best)));
  const budget = options.budget ?? Number.POSITIVE_INFINITY;
  while (energy(chosen) > budget) {
    const base = await loss(chosen);
    let best: { slot: number; bits: number; price: number } | undefined;
    for (const [slot, q] of chosen.entries()) {
      const lower = allowed[allowed.indexOf(q) - 1];
      if (lower === undefined) continue;
      const trial = chosen.with(slot, lower);
      const saved = energy(chosen) - energy(trial);
      if (saved <= 0) continue;
      const price = Math.max(0, (await loss(trial)) - base) / saved;
      if (best === undefined || price < best.price) best = { slot, bits: lower, price };
    }
    if (best === undefined) {
      fail({
        code: "eqat.budget",
        message: `the energy budget ${budget} cannot be met with widths ${allowed.join(", ")}`,
        got: energy(chosen).toFixed(4),
      });
    }
    chosen[best.slot] = best.bits;
  }
  return chosen;
}
