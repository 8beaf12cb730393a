/**
 * @file Logic: a graph of AND and XOR gates in which equal gates are one gate (hash-consing) and inversion costs nothing
 * (it stands on the edges). Constants fold as gates are made.
 */

/** A node and whether it is inverted: 2·node + inverted. Node 0 is the constant 0. */
export type Literal = number;

export const FALSE: Literal = 0;
export const TRUE: Literal = 1;

export const not = (literal: Literal): Literal => literal ^ 1;
export const nodeOf = (literal: Literal): number => literal >>> 1;
export const isInverted = (literal: Literal): boolean => (literal & 1) === 1;

export type GateKind = "and" | "xor";

export class Logic {
  /** Operands of node i; both −1 for the constant and for inputs. */
  readonly #left: number[] = [-1];
  readonly #right: number[] = [-1];
  readonly #isXor: boolean[] = [false];
  readonly #known = new Map<number, number>();
  #inputs = 0;

  /** Nodes so far, the constant and the inputs included. */
  get size(): number {
    return this.#left.length;
  }

  /** Inputs so far: nodes 1 to `inputs`. */
  get inputs(): number {
    return this.#inputs;
  }

  /** A new input. All inputs come before the first gate. */
  input(): Literal {
    if (this.size !== this.#inputs + 1) throw new Error("inputs come before gates");
    this.#inputs++;
    return 2 * this.#push(-1, -1, false);
  }

  and(a: Literal, b: Literal): Literal {
    if (a === b) return a;
    if (a === FALSE || b === FALSE || a === not(b)) return FALSE;
    if (a === TRUE) return b;
    if (b === TRUE) return a;
    return 2 * this.#gate(a, b, false);
  }

  or(a: Literal, b: Literal): Literal {
    return not(this.and(not(a), not(b)));
  }

  /** The inversions of both operands move to the result. */
  xor(a: Literal, b: Literal): Literal {
    const inverted = (a ^ b) & 1;
    const [x, y] = [a & ~1, b & ~1];
    if (x === y) return inverted;
    if (x === FALSE) return y | inverted;
    if (y === FALSE) return x | inverted;
    return (2 * this.#gate(x, y, true)) | inverted;
  }

  /** `select` ? `whenOne` : `whenZero`. */
  mux(select: Literal, whenOne: Literal, whenZero: Literal): Literal {
    if (whenZero === FALSE) return this.and(select, whenOne);
    if (whenOne === FALSE) return this.and(not(select), whenZero);
    if (whenZero === TRUE) return not(this.and(select, not(whenOne)));
    if (whenOne === TRUE) return this.or(select, whenZero);
    return this.xor(whenZero, this.and(select, this.xor(whenZero, whenOne)));
  }

  /** The gate that a node is; `undefined` for the constant and for inputs. */
  gate(node: number): { readonly kind: GateKind; readonly left: Literal; readonly right: Literal } | undefined {
    if (node <= this.#inputs) return undefined;
    return { kind: this.#isXor[node]! ? "xor" : "and", left: this.#left[node]!, right: this.#right[node]! };
  }

  /** Forgets all nodes from `size` on: how alternatives are tried. */
  truncate(size: number): void {
    for (let node = this.size - 1; node >= size; node--) {
      this.#known.delete(key(this.#left[node]!, this.#right[node]!, this.#isXor[node]!));
    }
    this.#left.length = size;
    this.#right.length = size;
    this.#isXor.length = size;
  }

  #gate(a: Literal, b: Literal, isXor: boolean): number {
    const [left, right] = a < b ? [a, b] : [b, a];
    const name = key(left, right, isXor);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const node = this.#push(left, right, isXor);
    this.#known.set(name, node);
    return node;
  }

  #push(left: number, right: number, isXor: boolean): number {
    this.#isXor.push(isXor);
    this.#right.push(right);
    return this.#left.push(left) - 1;
  }
}

/** One exact integer a gate; literals below 2^26. */
const key = (left: number, right: number, isXor: boolean): number => (left * 2 ** 26 + right) * 2 + (isXor ? 1 : 0);
