/**
 * @file Which layer is given a smaller set next: dearest layers first, ever smaller sets, back to the last good state when
 * accuracy falls too far [source: idea; steps reconstructed]. Networks, training and measurement are handed in.
 */

import { fail } from "../../base/errors.ts";
import { SMALLEST_SET } from "./value-set.ts";

export interface ScheduleOptions {
  /** k, falling. */
  sizes?: readonly number[];
  /** δ: what may be lost of the baseline's accuracy, as a fraction: 0.02 is two points. */
  mostDrop?: number;
  /** ρ_min: layers with a smaller share of the energy stay as they are. */
  leastShare?: number;
  /** Sweeps over the layers, each by the shares measured before it. */
  sweeps?: number;
  /** A step that loses too much is tuned so many times more before it is given up. */
  retunes?: number;
}

/** What the schedule asks of the outside. `State` is a whole network: weights, and the sets its layers have. */
export interface ScheduleHost<State> {
  /** Chooses a set of `size` values for the layer; all others keep theirs. A new state: the old one may be needed again. */
  restrict(state: State, layer: string, size: number): State | Promise<State>;
  /** A few epochs in which every layer keeps its set. A new state. */
  tune(state: State): State | Promise<State>;
  /** Accuracy, 0 … 1, on data that is not the test's. */
  accuracy(state: State): number | Promise<number>;
  /** ρ of each layer, by tables of the state's own traces. */
  shares(state: State): ReadonlyMap<string, number> | Promise<ReadonlyMap<string, number>>;
}

export interface ScheduleStep {
  readonly sweep: number;
  readonly layer: string;
  /** ρ when the layer's turn came. */
  readonly share: number;
  readonly size: number;
  readonly accuracy: number;
  readonly isKept: boolean;
}

export interface ScheduleOutcome<State> {
  readonly state: State;
  readonly accuracy: number;
  readonly leastAccuracy: number;
  /** Sizes that were kept; layers without a set are not in it. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly steps: readonly ScheduleStep[];
}

function check(sizes: readonly number[], limits: Readonly<Record<string, number>>): void {
  const refuse = (where: string, expected: string, got: string): never =>
    fail({ code: "lws.schedule", where: `schedule › ${where}`, message: "out of range", expected, got });
  const isFalling = sizes.every((size, i) => i === 0 || size < sizes[i - 1]!);
  if (sizes.length === 0 || !isFalling || sizes.some((size) => !Number.isInteger(size) || size < SMALLEST_SET)) {
    refuse("sizes", `falling integers of at least ${SMALLEST_SET}`, sizes.join(", ") || "none");
  }
  for (const [name, value] of Object.entries(limits)) {
    const least = name === "sweeps" ? 1 : name === "retunes" ? 0 : undefined;
    const isFine = least === undefined ? value >= 0 && value <= 1 : Number.isInteger(value) && value >= least;
    if (!isFine) refuse(name, least === undefined ? "0 … 1" : `an integer of at least ${least}`, String(value));
  }
}

/**
 * Runs the schedule from the baseline. A state that was not kept leaves no trace.
 * @param onStep told of each step as it is decided
 * @throws FemtoError `lws.schedule` for options out of range, or an accuracy that is no number
 */
export async function runSchedule<State>(
  baseline: State,
  host: ScheduleHost<State>,
  options: ScheduleOptions = {},
  onStep?: (step: ScheduleStep) => void,
): Promise<ScheduleOutcome<State>> {
  const { sizes = [32, 16, 8, 5], mostDrop = 0.02, leastShare = 0.03, sweeps = 1, retunes = 0 } = options;
  check(sizes, { mostDrop, leastShare, sweeps, retunes });
  const measure = async (state: State): Promise<number> => {
    const accuracy = await host.accuracy(state);
    if (accuracy >= 0 && accuracy <= 1) return accuracy;
    const [message, expected] = ["not an accuracy", "0 … 1"];
    return fail({ code: "lws.schedule", where: "schedule › accuracy", message, expected, got: String(accuracy) });
  };
  let good = { state: baseline, accuracy: await measure(baseline) };
  // Counts of right answers: 0.98 − 0.02 must not refuse 0.96 for its last bit.
  const leastAccuracy = good.accuracy - mostDrop - 1e-9;
  const kept = new Map<string, number>();
  const steps: ScheduleStep[] = [];
  for (let sweep = 1; sweep <= sweeps; sweep++) {
    const shares = [...(await host.shares(good.state))].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    for (const [layer, share] of shares) {
      // Not `share < leastShare`: a share that is no number is left alone, too.
      if (!(share >= leastShare)) continue;
      for (const size of sizes) {
        if (size >= (kept.get(layer) ?? Infinity)) continue;
        let state = await host.tune(await host.restrict(good.state, layer, size));
        let accuracy = await measure(state);
        for (let more = 0; more < retunes && accuracy < leastAccuracy; more++) {
          state = await host.tune(state);
          accuracy = await measure(state);
        }
        const isKept = accuracy >= leastAccuracy;
        const step = { sweep, layer, share, size, accuracy, isKept };
        steps.push(step);
        onStep?.(step);
        if (!isKept) break;
        good = { state, accuracy };
        kept.set(layer, size);
      }
    }
  }
  return { ...good, leastAccuracy, sizes: kept, steps };
}
