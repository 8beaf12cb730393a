/**
 * @file Which thermometer bits say anything on a training set: not those that are the same for (nearly) all examples, nor
 * those that equal an earlier bit in every example. A mapping that chooses among the others loses nothing: of MNIST's
 * 2352 bits at three thresholds a pixel 1112 remain, and 994 of them differ in at least one example of a thousand.
 */

import { fail } from "../base/errors.ts";

export interface DistinctBits {
  /** Bits that are kept, ascending; bit f·T + i is threshold i of feature f. */
  readonly kept: readonly number[];
  /** Bits dropped because fewer than `least` examples differ from the others. */
  readonly constant: number;
  /** Bits dropped because an earlier bit is the same everywhere. */
  readonly equal: number;
}

/**
 * @param values training examples, row-major [examples, features]
 * @param thresholds [features, T] row-major, or [T]
 * @param least a bit stays where at least so many examples have its rarer value (1: only truly constant bits go)
 * @throws FemtoError `data.constant` where no bit remains
 */
export function distinctBits(
  values: ArrayLike<number>,
  features: number,
  thresholds: ArrayLike<number>,
  bits: number,
  least = 1,
): DistinctBits {
  const examples = values.length / features;
  const isShared = thresholds.length === bits && features !== 1;
  const seen = new Map<string, number>();
  const kept: number[] = [];
  let [constant, equal] = [0, 0];
  const column = new Uint8Array(Math.ceil(examples / 8));
  const own = new Float64Array(examples);
  for (let f = 0; f < features; f++) {
    for (let n = 0; n < examples; n++) own[n] = values[n * features + f]!;
    for (let i = 0; i < bits; i++) {
      const threshold = thresholds[isShared ? i : f * bits + i]!;
      column.fill(0);
      let ones = 0;
      for (let n = 0; n < examples; n++) {
        if (own[n]! > threshold) {
          column[n >> 3]! |= 1 << (n & 7);
          ones++;
        }
      }
      if (Math.min(ones, examples - ones) < least) {
        constant++;
        continue;
      }
      // The bits themselves are the key: equal means equal, not of one hash.
      const key = decode(column);
      if (seen.has(key)) {
        equal++;
        continue;
      }
      seen.set(key, f * bits + i);
      kept.push(f * bits + i);
    }
  }
  if (kept.length === 0) {
    fail({
      code: "data.constant",
      where: "training data",
      message: "every thermometer bit is the same in all examples: there is nothing to learn from",
      hint: "other thresholds (another kind, or more bits), or other data",
    });
  }
  return { kept, constant, equal };
}

const latin = new TextDecoder("latin1");
const decode = (bytes: Uint8Array): string => latin.decode(bytes);
