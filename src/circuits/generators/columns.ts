/**
 * @file Bits of equal weight in columns, reduced by full adders (3:2 counters) and half adders. Each full adder removes
 * exactly one bit, so N bits of one column need N − ⌊log2 N⌋ − 1 of them to become a number.
 */

import { and, bitConstant, concat, type Expression, type ModuleBuilder, or, xor } from "../verilog/index.ts";

interface Bit {
  readonly value: Expression;
  /** Counters on the longest way to this bit; the earliest bits are added first. */
  readonly level: number;
}

/** Delays a bit of a level to the stage in which a later level is worked out; identity where nothing is pipelined. */
export type Align = (value: Expression, level: number, to: number) => Expression;

export class Columns {
  readonly width: number;
  fullAdders = 0;
  halfAdders = 0;
  readonly #builder: ModuleBuilder;
  readonly #prefix: string;
  readonly #columns: Bit[][];
  readonly #align: Align;
  #constant = 0n;

  /** @param width sums are modulo 2^width: what would go into higher columns is dropped */
  constructor(builder: ModuleBuilder, width: number, prefix: string, align: Align = (value) => value) {
    this.width = width;
    this.#builder = builder;
    this.#prefix = prefix;
    this.#columns = Array.from({ length: width }, () => []);
    this.#align = align;
  }

  /** Adds bit · 2^column. */
  put(value: Expression, column: number, level = 0): void {
    this.#columns[column]?.push({ value, level });
  }

  /** Subtracts bit · 2^column: −b = ¬b − 1. */
  putNegative(inverted: Expression, column: number): void {
    this.put(inverted, column);
    this.putConstant(-(1n << BigInt(column)));
  }

  putConstant(value: bigint): void {
    this.#constant += value;
  }

  /** Until no column has more than two bits: two numbers to be added. */
  toTwoRows(): [Expression, Expression] {
    this.#flushConstant();
    for (let column = 0; column < this.width; column++) {
      while (this.#columns[column]!.length > 2) this.#fullAdder(column);
    }
    return [this.#row(0), this.#row(1)];
  }

  /** Until one number is left, carries included. @returns its bits and the level of the latest */
  toNumber(): { sum: Expression; level: number } {
    this.#flushConstant();
    for (let column = 0; column < this.width; column++) {
      while (this.#columns[column]!.length > 2) this.#fullAdder(column);
      if (this.#columns[column]!.length === 2) this.#halfAdder(column);
    }
    const level = Math.max(0, ...this.#columns.flat().map((bit) => bit.level));
    return { sum: this.#row(0, level), level };
  }

  #flushConstant(): void {
    const bits = BigInt.asUintN(this.width, this.#constant);
    for (let column = 0; column < this.width; column++) {
      if ((bits >> BigInt(column)) & 1n) this.put(bitConstant(1), column);
    }
    this.#constant = 0n;
  }

  /** The `count` earliest bits of a column, brought to one stage. */
  #take(column: number, count: number): { values: Expression[]; level: number } {
    const bits = this.#columns[column]!.sort((a, b) => a.level - b.level).splice(0, count);
    const level = 1 + Math.max(...bits.map((bit) => bit.level));
    return { values: bits.map((bit) => this.#align(bit.value, bit.level, level)), level };
  }

  /** s = a ⊕ b ⊕ c, carry = ab ∨ (a ⊕ b)c: two XOR, two AND, one OR. */
  #fullAdder(column: number): void {
    const { values, level } = this.#take(column, 3);
    const [a, b, c] = values as [Expression, Expression, Expression];
    const name = `${this.#prefix}_fa${this.fullAdders++}`;
    const half = this.#builder.wire(`${name}_x`, xor(a, b));
    this.#put(name, column, level, xor(half, c), or(and(a, b), and(half, c)));
  }

  #halfAdder(column: number): void {
    const { values, level } = this.#take(column, 2);
    const [a, b] = values as [Expression, Expression];
    this.#put(`${this.#prefix}_ha${this.halfAdders++}`, column, level, xor(a, b), and(a, b));
  }

  #put(name: string, column: number, level: number, sum: Expression, carry: Expression): void {
    this.put(this.#builder.wire(`${name}_s`, sum), column, level);
    if (column + 1 < this.width) this.put(this.#builder.wire(`${name}_c`, carry), column + 1, level);
  }

  #row(index: number, level = 0): Expression {
    const bits = this.#columns.map((column) => {
      const bit = column[index];
      return bit === undefined ? bitConstant(0) : this.#align(bit.value, bit.level, Math.max(level, bit.level));
    });
    return concat(...bits.reverse());
  }
}
