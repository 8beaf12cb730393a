/**
 * @file Counts the ones of a row of words. Words are first added lane by lane in carry-save form (three words of one weight
 * become one of that weight and one of the next), so that bits are counted once for many words instead of once for each.
 */

import type { Body, Local } from "../../../engine/wasm/index.ts";

/** Local variables of a function body that are given back when no longer needed. */
export class Scratch {
  readonly #body: Body;
  readonly #free: Local[] = [];

  constructor(body: Body) {
    this.#body = body;
  }

  take(): Local {
    return this.#free.pop() ?? this.#body.local("v128");
  }

  give(...locals: readonly Local[]): void {
    this.#free.push(...locals);
  }
}

/** Up to 31 words count at most 8·31 < 256 ones per byte. */
const WORDS_PER_BYTE = 31;
/** Of more words, the two that wait at each of four weights: 8·2·(1 + 2 + 4 + 8) < 256. */
const LEVELS_PER_BYTE = 4;

export class ToggleCounter {
  readonly #body: Body;
  readonly #scratch: Scratch;
  /** Words waiting at each weight; never more than two. */
  readonly #levels: Local[][] = [];
  #words = 0;

  constructor(body: Body, scratch: Scratch) {
    this.#body = body;
    this.#scratch = scratch;
  }

  /** Adds a word, which the counter then owns. */
  add(word: Local): void {
    this.#words++;
    this.#add(word, 0);
  }

  #add(word: Local, level: number): void {
    this.#levels[level] ??= [];
    const waiting = this.#levels[level];
    waiting.push(word);
    if (waiting.length < 3) return;
    const [a, b, c] = waiting as [Local, Local, Local];
    const half = this.#scratch.take();
    // carry = (a ⊕ b) ? c : a, sum = a ⊕ b ⊕ c
    this.#body.get(a).get(b).op("v128.xor").set(half);
    this.#body.get(c).get(a).get(half).op("v128.bitselect").set(a);
    this.#body.get(half).get(c).op("v128.xor").set(b);
    this.#scratch.give(half, c);
    this.#levels[level] = [b];
    this.#add(a, level + 1);
  }

  /**
   * Adds what was counted to the eight 16-bit sums at `address`.
   * @param mask lanes that count; all if undefined
   */
  store(address: number, mask?: Local): void {
    const body = this.#body;
    const step = this.#words <= WORDS_PER_BYTE ? this.#levels.length : LEVELS_PER_BYTE;
    for (let from = 0; from < this.#levels.length; from += step) {
      body.i32(0).i32(0).memory("v128.load", address);
      this.#bytes(from, Math.min(from + step, this.#levels.length), mask);
      body.op("i16x8.extadd_pairwise_i8x16_u");
      if (from > 0) body.i32(from).op("i16x8.shl");
      body.op("i16x8.add").memory("v128.store", address);
    }
    this.#scratch.give(...this.#levels.flat());
    this.#levels.length = 0;
    this.#words = 0;
  }

  /** Leaves Σ 2^(level − from)·ones per byte on the stack, by Horner's rule from the highest level down. */
  #bytes(from: number, to: number, mask: Local | undefined): void {
    const body = this.#body;
    let isEmpty = true;
    for (let level = to - 1; level >= from; level--) {
      if (!isEmpty) {
        const sum = this.#scratch.take();
        body.tee(sum).get(sum).op("i8x16.add");
        this.#scratch.give(sum);
      }
      for (const word of this.#levels[level]!) {
        body.get(word);
        if (mask !== undefined) body.get(mask).op("v128.and");
        body.op("i8x16.popcnt");
        if (!isEmpty) body.op("i8x16.add");
        isEmpty = false;
      }
    }
  }
}
