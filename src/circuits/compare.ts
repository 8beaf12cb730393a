/** @file Two machines side by side on the same inputs, until an output differs. */

import type { Machine, Values } from "./verilog/index.ts";

export interface Counterexample {
  /** Which vector, from 0. */
  readonly cycle: number;
  readonly output: string;
  readonly expected: bigint;
  readonly got: bigint | undefined;
  readonly inputs: Values;
}

/**
 * The first difference between the outputs of `expected` and those of `actual`; undefined where there is none.
 * @param warmup cycles at the beginning whose outputs are not compared (before the reset has been clocked in)
 */
export function firstDifference(
  expected: Machine,
  actual: Machine,
  vectors: Iterable<Values>,
  warmup = 0,
): Counterexample | undefined {
  let cycle = 0;
  for (const inputs of vectors) {
    const wanted = expected.step(inputs);
    const found = actual.step(inputs);
    if (cycle >= warmup) {
      for (const [output, value] of Object.entries(wanted)) {
        if (found[output] !== value) return { cycle, output, expected: value, got: found[output], inputs };
      }
    }
    cycle++;
  }
  return undefined;
}

/** `cycle 3: p_o is 7, expected −7, for w_i = −1, a_i = 7`. */
export function counterexampleText({ cycle, output, expected, got, inputs }: Counterexample): string {
  const given = Object.entries(inputs).map(([name, value]) => `${name} = ${value}`);
  return `cycle ${cycle}: ${output} is ${got}, expected ${expected}, for ${given.join(", ")}`;
}

/** Cycles before a circuit's outputs mean something: the reset, or the way through a pipeline without one. */
export const warmupOf = ({
  top,
  latency,
}: {
  top: { clocking: { reset?: unknown } | undefined };
  latency: number;
}): number => (top.clocking === undefined ? 0 : top.clocking.reset === undefined ? latency : 1);
