/** @file Counts of integer codes as they pass by: how often each occurs, which bits are set, which bits change. */

import { fail } from "../base/errors.ts";
import type { CodeActivity, Toggles } from "./activity.ts";

/**
 * What the integers of a value are, or how a float stands for one: code = round(x/scale) + zero, half to even, cut to what
 * the bits can hold.
 */
export interface CodeGrid {
  readonly bits: number;
  readonly isSigned: boolean;
  /** The code of the number zero; 0 where it is left out. */
  readonly zero?: number;
  /** The greatest code, where that is less than the bits can hold: a twin of 5 steps uses six of eight codes. */
  readonly top?: number;
  /** Only where the value holds floats. */
  readonly scale?: number;
}

/** The least and the greatest code of a grid. */
export const endsOf = ({ bits, isSigned, top }: Pick<CodeGrid, "bits" | "isSigned" | "top">): [number, number] => [
  isSigned ? -(2 ** (bits - 1)) : 0,
  top ?? 2 ** (isSigned ? bits - 1 : bits) - 1,
];

/** Up to so many bits a counter a code is kept, and a counter a pattern of changed bits. */
const COUNTED_BITS = 16;

/** Counters of patterns of `bits` bits; wide patterns are counted bit by bit. */
class Patterns {
  readonly bits: number;
  readonly counts: Float64Array;
  readonly #isWide: boolean;
  total = 0;

  constructor(bits: number) {
    this.bits = bits;
    this.#isWide = bits > COUNTED_BITS;
    this.counts = new Float64Array(this.#isWide ? bits : 2 ** bits);
  }

  add(pattern: number): void {
    this.total++;
    if (this.#isWide) {
      for (let bit = 0; bit < this.bits; bit++) this.counts[bit]! += (pattern >>> bit) & 1;
    } else this.counts[pattern]!++;
  }

  /** Share of the patterns in which each bit is 1; none where nothing was counted. */
  shares(): number[] | undefined {
    const { total, counts } = this;
    if (total === 0) return undefined;
    if (this.#isWide) return Array.from(counts, (count) => count / total);
    return Array.from({ length: this.bits }, (_, bit) => {
      let set = 0;
      for (let pattern = 0; pattern < counts.length; pattern++) if ((pattern >>> bit) & 1) set += counts[pattern]!;
      return set / total;
    });
  }
}

export class CodeTally {
  readonly grid: Pick<CodeActivity, "bits" | "isSigned" | "zero" | "top">;
  readonly #name: string;
  readonly #codes: Patterns;
  readonly #neighbours: Patterns;
  readonly #successors: Patterns;
  /** Patterns of the last example, to compare the next one with. */
  #last: Uint32Array | undefined;

  /** @param name of the value, for errors */
  constructor(name: string, { bits, isSigned, zero = 0, top }: CodeGrid) {
    if (!(Number.isInteger(bits) && bits >= 1 && bits <= 32)) {
      fail({
        code: "activity.grid",
        where: `value ${name}`,
        message: "codes of such a width are not counted",
        expected: "1 to 32 bits",
        got: String(bits),
      });
    }
    this.#name = name;
    this.grid = { bits, isSigned, zero, ...(top !== undefined && { top }) };
    this.#codes = new Patterns(bits);
    this.#neighbours = new Patterns(bits);
    this.#successors = new Patterns(bits);
  }

  /** Takes examples one behind the other, `elements` codes each. */
  add(codes: ArrayLike<number>, elements: number): void {
    const { bits } = this.grid;
    const [least, most] = endsOf(this.grid);
    const mask = bits === 32 ? 0xffffffff : 2 ** bits - 1;
    for (let start = 0; start < codes.length; start += elements) {
      const now = new Uint32Array(elements);
      for (let i = 0; i < elements; i++) {
        const code = codes[start + i]!;
        if (!(code >= least && code <= most)) this.#refuse(code);
        const pattern = (code & mask) >>> 0;
        now[i] = pattern;
        this.#codes.add(pattern);
        if (i > 0) this.#neighbours.add((pattern ^ now[i - 1]!) >>> 0);
        if (this.#last !== undefined) this.#successors.add((pattern ^ this.#last[i]!) >>> 0);
      }
      this.#last = now;
    }
  }

  finish(): CodeActivity {
    const { bits } = this.grid;
    const elements = this.#neighbours.shares();
    const samples = this.#successors.shares();
    const toggles: Toggles = { ...(elements && { elements }), ...(samples && { samples }) };
    return {
      ...this.grid,
      ...(bits <= COUNTED_BITS && { histogram: this.#histogram() }),
      ones: this.#codes.shares() ?? new Array<number>(bits).fill(0),
      toggles,
    };
  }

  /** From the first code that occurs to the last. */
  #histogram() {
    const [least, most] = endsOf(this.grid);
    const { counts } = this.#codes;
    const mask = counts.length - 1;
    const all = Array.from({ length: most - least + 1 }, (_, i) => counts[(least + i) & mask]!);
    const first = Math.max(
      0,
      all.findIndex((count) => count > 0),
    );
    const last = all.findLastIndex((count) => count > 0);
    return { least: least + first, counts: all.slice(first, last + 1) };
  }

  #refuse(code: number): never {
    const { bits, isSigned, top } = this.grid;
    return fail({
      code: "activity.code",
      where: `value ${this.#name}`,
      message: "holds a number that is no code of its grid",
      expected: `${isSigned ? "signed" : "unsigned"} codes of ${bits} bits${top === undefined ? "" : ` up to ${top}`}`,
      got: String(code),
    });
  }
}
