/** @file Transitions to characterise with: drawn from a layer's statistics, or straight from its trace. */

import { fail } from "../../base/errors.ts";
import { Rng } from "../../base/rng.ts";
import type { Stimulus } from "../gates/stimulus.ts";
import { drawTransition, drawValue } from "./groups.ts";
import type { LayerStatistics } from "./statistics.ts";
import { checkTrace, type LayerTrace, type SystolicArray } from "./trace.ts";

/** The same transitions for every weight: common random numbers. */
export interface Draws {
  readonly count: number;
  readonly from: { readonly a: Int32Array; readonly p: Int32Array };
  readonly to: { readonly a: Int32Array; readonly p: Int32Array };
  /** Where they come from, for reports. */
  readonly description: string;
}

export interface DrawOptions {
  /** S. */
  count?: number;
  seed?: number;
}

function emptyDraws(count: number, description: string): Draws {
  if (!Number.isInteger(count) || count < 1) {
    fail({ code: "draw.count", where: "draws", message: "not a number of transitions", got: String(count) });
  }
  const pair = () => ({ a: new Int32Array(count), p: new Int32Array(count) });
  return { count, from: pair(), to: pair(), description };
}

/**
 * `count` indices drawn with these frequencies, in random order. Systematic: one draw from each of `count` equal parts of the
 * distribution, so that every frequency is met to within one draw.
 */
export function drawIndices(frequencies: Float64Array, count: number, rng: Rng): Int32Array {
  const order = rng.permutation(count);
  const drawn = new Int32Array(count);
  let index = 0;
  let below = frequencies[0]!;
  for (let part = 0; part < count; part++) {
    const point = (part + rng.uniform()) / count;
    while (point >= below && index < frequencies.length - 1) below += frequencies[++index]!;
    // Rounding of the sum may carry the walk past the last index that occurs.
    while (frequencies[index] === 0 && index > 0) index--;
    drawn[order[part]!] = index;
  }
  return drawn;
}

/** Joint draws: a → a′ from the histogram, partial sums from the groups, the two independent of each other. */
export function drawTransitions(statistics: LayerStatistics, options: DrawOptions = {}): Draws {
  const { count = 2048, seed = 1 } = options;
  const { grouping, groups, layer, array, activationValues } = statistics;
  const rng = new Rng(seed, "characterise");
  const draws = emptyDraws(count, `${count} draws from groups of ${grouping} of layer ${layer}, seed ${seed}`);
  const offset = activationValues / 2;
  const moves = drawIndices(statistics.activations, count, rng);
  const cells = drawIndices(statistics.partialSums, count, rng);
  for (let i = 0; i < count; i++) {
    draws.from.a[i] = Math.floor(moves[i]! / activationValues) - offset;
    draws.to.a[i] = (moves[i]! % activationValues) - offset;
    const [p, next] =
      grouping === "transitions"
        ? drawTransition(cells[i]!, array.accumulatorBits, rng)
        : [drawValue(Math.floor(cells[i]! / groups), rng), drawValue(cells[i]! % groups, rng)];
    draws.from.p[i] = p;
    draws.to.p[i] = next;
  }
  return draws;
}

/** Transitions as they happen in the trace, a with p, at elements and steps drawn at random. */
export function drawFromTrace(trace: LayerTrace, array: SystolicArray, options: DrawOptions = {}): Draws {
  checkTrace(trace, array);
  const { count = 2048, seed = 1 } = options;
  const { weights, activations, outputs, inputs, steps } = trace;
  const rng = new Rng(seed, "characterise");
  const draws = emptyDraws(count, `${count} transitions of layer ${trace.name} itself, seed ${seed}`);
  for (let i = 0; i < count; i++) {
    const output = rng.below(outputs);
    const input = rng.below(inputs);
    const t = rng.below(steps - 1);
    for (const [side, step] of [
      [draws.from, t],
      [draws.to, t + 1],
    ] as const) {
      side.a[i] = activations[input * steps + step]!;
      for (let k = input - (input % array.rows); k < input; k++) {
        side.p[i]! += weights[output * inputs + k]! * activations[k * steps + step]!;
      }
    }
  }
  return draws;
}

/** Uniform random a and p: the stimulus that says nothing about a layer. */
export function drawUniform(array: SystolicArray, options: DrawOptions = {}): Draws {
  const { count = 2048, seed = 1 } = options;
  const rng = new Rng(seed, "characterise");
  const draws = emptyDraws(count, `${count} uniform random transitions, seed ${seed}`);
  const draw = (bits: number) => (rng.uint32() << (32 - bits)) >> (32 - bits);
  for (const side of [draws.from, draws.to]) {
    for (let i = 0; i < count; i++) {
      side.a[i] = draw(array.activationBits);
      side.p[i] = draw(array.accumulatorBits);
    }
  }
  return draws;
}

/** Several draws one after the other, as one. */
export function joinDraws(parts: readonly Draws[], description: string): Draws {
  const joined = emptyDraws(
    parts.reduce((sum, { count }) => sum + count, 0),
    description,
  );
  let at = 0;
  for (const { count, from, to } of parts) {
    for (const name of ["a", "p"] as const) {
      joined.from[name].set(from[name], at);
      joined.to[name].set(to[name], at);
    }
    at += count;
  }
  return joined;
}

/** The draws as a stimulus of a multiply-accumulate unit with this weight. */
export const stimulusOf = ({ count, from, to }: Draws, w: number): Stimulus => ({
  kind: "pairs",
  count,
  before: { ...from, w },
  after: { ...to, w },
});
