/**
 * @file From measured floats to the levels of a twin: the grid on which a float model's activations would be told apart by
 * T steps. For models that are not quantised; those that are bring their own codes.
 */

import type { Activity, ValueActivity } from "../activity.ts";
import type { WatchedValue } from "../activity-recorder.ts";
import { twinBits } from "./twin-bits.ts";

export interface TwinGrids {
  /** What to watch in a second run: the value of each layer that can spike, on its grid. */
  readonly watched: readonly WatchedValue[];
  /** Values that hold negative numbers, which no count of spikes says. */
  readonly negative: readonly string[];
}

/**
 * One grid a value: T levels above zero, the top one at the quantile of what is not negative [reconstructed: the usual
 * data-based balance of thresholds]. Values without floats are passed on as they are.
 */
export function twinGrids(activity: Activity, values: readonly string[], steps: number, quantile = 0.999): TwinGrids {
  const bits = twinBits(steps);
  const watched: WatchedValue[] = [];
  const negative: string[] = [];
  for (const value of values) {
    const found = activity.values[value]!;
    if (found.bins === undefined) watched.push({ value });
    else if ((found.least ?? 0) < 0) negative.push(value);
    else watched.push({ value, grid: { bits, isSigned: false, top: steps, scale: top(found, quantile) / steps } });
  }
  return { watched, negative };
}

/** The upper end of the bin in which the quantile lies, cut to the greatest number that occurred. */
function top({ bins = [], most = 0 }: ValueActivity, quantile: number): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  let below = 0;
  for (const { to, count } of bins) {
    below += count;
    if (below >= quantile * total) return Math.min(to, most) || 1;
  }
  return most || 1;
}
