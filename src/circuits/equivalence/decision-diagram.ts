/**
 * @file Reduced ordered binary decision diagrams: of every Boolean function there is exactly one for an order of variables,
 * so that two functions are equal where their numbers are. Bryant, Graph-Based Algorithms for Boolean Function
 * Manipulation, 1986.
 */

import { fail } from "../../base/errors.ts";

/** The number of a function: 0 and 1 are the constants. */
export type Diagram = number;

export const FALSE: Diagram = 0;
export const TRUE: Diagram = 1;

const SMALLEST_CACHE = 2 ** 8;
const LARGEST_CACHE = 2 ** 18;
/** Pairs of nodes are keys of one number: more nodes than this would share keys. */
const SHIFT = 2 ** 26;

export class DecisionDiagrams {
  readonly #most: number;
  readonly #variable: number[] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  readonly #low: Diagram[] = [0, 1];
  readonly #high: Diagram[] = [0, 1];
  readonly #unique: Map<number, Diagram>[] = [];
  /** Choices worked out already; a newer one takes the place of an older one. */
  #keys = new Int32Array(3 * SMALLEST_CACHE).fill(-1);
  #results = new Int32Array(SMALLEST_CACHE);

  /** @param most nodes, above which a function counts as too large */
  constructor(most = 2 ** 22) {
    this.#most = Math.min(most, SHIFT);
  }

  get size(): number {
    return this.#low.length;
  }

  /** A variable; those of lower numbers are decided first. */
  variable(index: number): Diagram {
    return this.#node(index, FALSE, TRUE);
  }

  /** when ? yes : no. @throws FemtoError `circuits.diagram` where there are too many nodes */
  choose(when: Diagram, yes: Diagram, no: Diagram): Diagram {
    if (when === TRUE || yes === no) return yes;
    if (when === FALSE) return no;
    if (yes === TRUE && no === FALSE) return when;
    const mixed = Math.imul(when, 0x9e3779b1) ^ Math.imul(yes, 0x85ebca6b) ^ Math.imul(no, 0xc2b2ae35);
    const known = 3 * (mixed & (this.#results.length - 1));
    const keys = this.#keys;
    if (keys[known] === when && keys[known + 1] === yes && keys[known + 2] === no) return this.#results[known / 3]!;
    const top = Math.min(this.#variable[when]!, this.#variable[yes]!, this.#variable[no]!);
    const half = (of: Diagram, branch: readonly Diagram[]) => (this.#variable[of] === top ? branch[of]! : of);
    const [low, high] = [this.#low, this.#high];
    const result = this.#node(
      top,
      this.choose(half(when, low), half(yes, low), half(no, low)),
      this.choose(half(when, high), half(yes, high), half(no, high)),
    );
    this.#remember(mixed, when, yes, no, result);
    return result;
  }

  not(a: Diagram): Diagram {
    return this.choose(a, FALSE, TRUE);
  }

  and(a: Diagram, b: Diagram): Diagram {
    return this.choose(a, b, FALSE);
  }

  or(a: Diagram, b: Diagram): Diagram {
    return this.choose(a, TRUE, b);
  }

  /** The bit of `contents` at the address that `inputs` give, the lowest bit first. */
  table(contents: bigint, inputs: readonly Diagram[]): Diagram {
    let level: Diagram[] = Array.from({ length: 2 ** inputs.length }, (_, a) => Number((contents >> BigInt(a)) & 1n));
    for (const input of inputs) {
      level = Array.from({ length: level.length / 2 }, (_, a) => this.choose(input, level[2 * a + 1]!, level[2 * a]!));
    }
    return level[0]!;
  }

  /** Variables that are 1 in some assignment for which the function is 1, the others 0; undefined for `FALSE`. */
  witness(of: Diagram): number[] | undefined {
    if (of === FALSE) return undefined;
    const ones: number[] = [];
    for (let at = of; at !== TRUE; ) {
      const low = this.#low[at]!;
      if (low === FALSE) ones.push(this.#variable[at]!);
      at = low === FALSE ? this.#high[at]! : low;
    }
    return ones;
  }

  #remember(mixed: number, when: Diagram, yes: Diagram, no: Diagram, result: Diagram): void {
    const entries = this.#results.length;
    if (this.size > entries && entries < LARGEST_CACHE) {
      this.#keys = new Int32Array(3 * 4 * entries).fill(-1);
      this.#results = new Int32Array(4 * entries);
    }
    const slot = mixed & (this.#results.length - 1);
    const keys = this.#keys;
    [keys[3 * slot], keys[3 * slot + 1], keys[3 * slot + 2]] = [when, yes, no];
    this.#results[slot] = result;
  }

  #node(variable: number, low: Diagram, high: Diagram): Diagram {
    if (low === high) return low;
    this.#unique[variable] ??= new Map();
    const nodes = this.#unique[variable]!;
    const key = low * SHIFT + high;
    const known = nodes.get(key);
    if (known !== undefined) return known;
    if (this.size >= this.#most) {
      fail({
        code: "circuits.diagram",
        where: "decision diagrams",
        message: "a function is too large",
        expected: `at most ${this.#most} nodes`,
      });
    }
    this.#variable.push(variable);
    this.#low.push(low);
    nodes.set(key, this.#high.push(high) - 1);
    return this.#high.length - 1;
  }
}
