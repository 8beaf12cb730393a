/**
 * @file Decomposition: all the smaller functions that a table can be built from when its inputs are taken off one after
 * the other, last first. For input s: f = f0 without s, f1 with s, and their difference f0 ⊕ f1. Equal functions are one
 * entry, and so are a function and its complement.
 */

/** A function and whether it is inverted: 2·entry + inverted. Entry 0 is the constant 0. */
export type Part = number;

export class Decomposition {
  /** Inputs that an entry still has. */
  readonly inputs: number[] = [0];
  /** The entry's function where its last input is 0, where it is 1, and the XOR of both. */
  readonly zero: Part[] = [0];
  readonly one: Part[] = [0];
  readonly difference: Part[] = [0];
  readonly #known = new Map<string | number, number>();

  /** Adds a function of `n` inputs, given by its packed table, and everything below it. */
  add(words: Uint32Array, n: number): Part {
    return n <= 5 ? this.#small(words[0]! & fullWord(n), n) : this.#large(words, n);
  }

  #large(words: Uint32Array, n: number): Part {
    if (n === 5) return this.#small(words[0]!, 5);
    const inverted = words[0]! & 1;
    const table = inverted === 1 ? words.map((word) => ~word) : words;
    if (table.every((word) => word === 0)) return inverted;
    const name = table.join();
    const known = this.#known.get(name);
    if (known !== undefined) return 2 * known + inverted;
    const half = table.length / 2;
    const [low, high] = [table.subarray(0, half), table.subarray(half)];
    const difference = low.map((word, i) => word ^ high[i]!);
    return (
      2 * this.#enter(name, n, this.#large(low, n - 1), this.#large(high, n - 1), this.#large(difference, n - 1)) +
      inverted
    );
  }

  /** Tables of up to five inputs are one word. */
  #small(word: number, n: number): Part {
    const inverted = word & 1;
    const table = inverted === 1 ? (word ^ fullWord(n)) >>> 0 : word >>> 0;
    if (table === 0) return inverted;
    const name = table * 8 + n;
    const known = this.#known.get(name);
    if (known !== undefined) return 2 * known + inverted;
    const mask = fullWord(n - 1);
    const [low, high] = [table & mask, (table >>> (2 ** (n - 1))) & mask];
    const entry = this.#enter(
      name,
      n,
      this.#small(low, n - 1),
      this.#small(high, n - 1),
      this.#small(low ^ high, n - 1),
    );
    return 2 * entry + inverted;
  }

  #enter(name: string | number, n: number, zero: Part, one: Part, difference: Part): number {
    this.inputs.push(n);
    this.zero.push(zero);
    this.one.push(one);
    const entry = this.difference.push(difference) - 1;
    this.#known.set(name, entry);
    return entry;
  }
}

/** 2^n ones. */
const fullWord = (n: number): number => (n === 5 ? 0xffffffff : 2 ** (2 ** n) - 1) >>> 0;
