/**
 * @file Recorder: takes the values of a model batch by batch and ends with their activity. Its memory does not grow with
 * the data. Whoever runs the model feeds it; it does not matter how examples are cut into batches.
 */

import { bitsOf, isFloat, kindOf } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { roundHalfEven } from "../base/soft-float.ts";
import { numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import type { Activity, Bin, ValueActivity } from "./activity.ts";
import { type CodeGrid, CodeTally, endsOf } from "./code-tally.ts";

export interface WatchedValue {
  readonly value: string;
  /** Needed where floats stand for codes, or where codes have fewer bits than their container. */
  readonly grid?: CodeGrid;
}

export interface RecorderOptions {
  /** Which model on which data: provenance for every number that follows. */
  readonly text: string;
  readonly order?: "stream" | "unknown";
}

export class ActivityRecorder {
  readonly values: readonly string[];
  readonly #tallies: ReadonlyMap<string, ValueTally>;
  readonly #options: RecorderOptions;
  #samples = 0;

  constructor(watched: readonly WatchedValue[], options: RecorderOptions) {
    this.#tallies = new Map(watched.map((one) => [one.value, new ValueTally(one)]));
    this.values = [...this.#tallies.keys()];
    this.#options = options;
  }

  /**
   * Takes the values of so many examples, of which the first axis of each tensor is a multiple.
   * @throws FemtoError `activity.nan` for a value that is no number, `activity.code` for one outside of its grid
   */
  add(tensors: Readonly<Record<string, Tensor>>, samples: number): void {
    for (const [name, tally] of this.#tallies) tally.add(tensors[name]!, samples);
    this.#samples += samples;
  }

  finish(): Activity {
    const { text, order = "unknown" } = this.#options;
    return {
      source: { kind: "measured", text },
      samples: this.#samples,
      order,
      values: Object.fromEntries([...this.#tallies].map(([name, tally]) => [name, tally.finish()])),
    };
  }
}

/** Float32 patterns without their lower 21 bits: sign, exponent, and a quarter of the octave. */
const BIN_SHIFT = 21;

class ValueTally {
  readonly #watched: WatchedValue;
  #codes: CodeTally | undefined;
  #bins: Float64Array | undefined;
  #elements = 0;
  #count = 0;
  #zeros = 0;
  /** Infinities (masks have them) count as elements, but not in means and extremes. */
  #finite = 0;
  #sum = 0;
  #least = Infinity;
  #most = -Infinity;

  constructor(watched: WatchedValue) {
    this.#watched = watched;
  }

  add(tensor: Tensor, samples: number): void {
    const elements = sizeOf(tensor.dims) / samples;
    if (!Number.isInteger(elements) || (this.#count > 0 && elements !== this.#elements)) {
      fail({
        code: "activity.shape",
        where: `value ${this.#watched.value}`,
        message: "examples do not have equally many elements",
        expected: this.#count > 0 ? `${this.#elements} an example` : `a multiple of ${samples} examples`,
        got: `[${tensor.dims.join(", ")}]`,
      });
    }
    this.#elements = elements;
    const grid = this.#gridOf(tensor);
    const found = numbers(tensor);
    const stored = grid?.scale === undefined ? found : encode(found, grid);
    const zero = grid?.zero ?? 0;
    for (let i = 0; i < stored.length; i++) {
      const x = stored[i]!;
      if (Number.isNaN(x)) this.#refuse(i);
      if (x === zero) this.#zeros++;
      if (!Number.isFinite(x)) continue;
      this.#finite++;
      if (x < this.#least) this.#least = x;
      if (x > this.#most) this.#most = x;
      this.#sum += x;
    }
    this.#count += stored.length;
    if (grid === undefined) this.#bin(stored);
    else {
      this.#codes ??= new CodeTally(this.#watched.value, grid);
      if (stored.length > 0) this.#codes.add(stored, elements);
    }
  }

  finish(): ValueActivity {
    const count = this.#count;
    if (count === 0) return { zeros: 0, elements: this.#elements };
    return {
      zeros: this.#zeros / count,
      elements: this.#elements,
      ...(this.#finite > 0 && { least: this.#least, most: this.#most, mean: this.#sum / this.#finite }),
      ...(this.#codes && { codes: this.#codes.finish() }),
      ...(this.#bins && { bins: binsOf(this.#bins) }),
    };
  }

  /** Integers are codes of their own type unless something else is said; 64-bit ones count as numbers. */
  #gridOf({ dtype }: Tensor): CodeGrid | undefined {
    const { grid } = this.#watched;
    if (grid !== undefined) return isFloat(dtype) && grid.scale === undefined ? { ...grid, scale: 1 } : grid;
    const kind = kindOf(dtype);
    if (kind === "bool") return { bits: 1, isSigned: false };
    if ((kind !== "int" && kind !== "uint") || bitsOf(dtype) > 32) return undefined;
    return { bits: bitsOf(dtype), isSigned: kind === "int" };
  }

  #bin(values: Float32Array | Float64Array): void {
    this.#bins ??= new Float64Array(2 ** (32 - BIN_SHIFT));
    // adding 0 makes a positive zero of a negative one
    const rounded = Float32Array.from(values, (value) => value + 0);
    const patterns = new Uint32Array(rounded.buffer);
    for (let i = 0; i < patterns.length; i++) this.#bins[patterns[i]! >>> BIN_SHIFT]!++;
  }

  #refuse(index: number): never {
    return fail({
      code: "activity.nan",
      where: `value ${this.#watched.value} › element ${index % this.#elements}`,
      message: "is not a number, so nothing can be said of its activity",
    });
  }
}

/** As QuantizeLinear does: rounded to float32, then to the nearest whole number, half to even, then cut to the grid. */
function encode(values: Float32Array | Float64Array, grid: CodeGrid): Float64Array {
  const { scale = 1, zero = 0 } = grid;
  const codes = new Float64Array(values.length);
  const [least, most] = endsOf(grid);
  for (let i = 0; i < codes.length; i++) {
    const code = roundHalfEven(Math.fround(values[i]! / scale)) + zero;
    // NaN passes, and is refused by whoever counts
    codes[i] = code < least ? least : code > most ? most : code;
  }
  return codes;
}

/** The bins that hold something, from the most negative to the most positive. */
function binsOf(counts: Float64Array): Bin[] {
  const half = counts.length / 2;
  const bins: Bin[] = [];
  for (let i = counts.length - 1; i >= half; i--) {
    if (counts[i]! > 0) bins.push({ from: edge(i + 1 - half, -1), to: edge(i - half, -1), count: counts[i]! });
  }
  for (let i = 0; i < half; i++) {
    if (counts[i]! > 0) bins.push({ from: edge(i, 1), to: edge(i + 1, 1), count: counts[i]! });
  }
  return bins;
}

/** The float32 whose pattern starts a bin; JSON has no infinity, so the bins end at the greatest float32. */
function edge(bin: number, sign: 1 | -1): number {
  const pattern = new Uint32Array([Math.min(bin << BIN_SHIFT, 0x7f7fffff) >>> 0]);
  return sign * new Float32Array(pattern.buffer)[0]!;
}
