/**
 * @file Counts the ones of a class. For lookup tables of six inputs: compressors that take six bits of one weight to three
 * (one, two, four), three tables each, so that a bit fewer costs one table, where a full adder takes two. For smaller
 * tables: full adders.
 */

import {
  and,
  bitConstant,
  type Clocking,
  concat,
  defaultClocking,
  type Expression,
  type Module,
  ModuleBuilder,
  or,
  slice,
  unsigned,
  xor,
} from "../../circuits/verilog/index.ts";

interface Bit {
  readonly value: Expression;
  /** Counters on the longest way to this bit. */
  readonly level: number;
}

export interface PopcountModule {
  readonly module: Module;
  readonly latency: number;
  /** How many counters of each kind there are, by their number of inputs. */
  readonly counters: Readonly<Record<number, number>>;
}

/** The most bits of one weight that a counter takes. */
export type CounterInputs = 3 | 6;

/** `x_i` of `inputs` bits to `count_o`. With `levelsPerStage` above 0 registers stand after every so many counters. */
export function popcountModule(
  name: string,
  inputs: number,
  widest: CounterInputs,
  levelsPerStage = 0,
): PopcountModule {
  const clocking: Clocking | undefined = levelsPerStage > 0 ? { clock: defaultClocking.clock } : undefined;
  const m = new ModuleBuilder(name, clocking);
  const x = m.input("x_i", unsigned(inputs));
  const width = Math.floor(Math.log2(inputs)) + 1;
  const columns: Bit[][] = Array.from({ length: width + 2 }, () => []);
  for (let i = 0; i < inputs; i++) columns[0]!.push({ value: slice(x, i, i), level: 0 });
  const counters: Record<number, number> = {};
  const pipeline = new Pipeline(m, levelsPerStage);

  const count = (weight: number, taken: number): void => {
    const bits = columns[weight]!.sort((a, b) => a.level - b.level).splice(0, taken);
    const level = 1 + Math.max(...bits.map((bit) => bit.level));
    const values = bits.map((bit) => pipeline.align(bit.value, bit.level, level));
    const number = counters[taken] ?? 0;
    counters[taken] = number + 1;
    ones(values).forEach((value, k) => {
      const named = m.wire(`w${weight}_of${taken}_${number}_${k}`, value);
      columns[weight + k]!.push({ value: named, level });
    });
  };
  for (let weight = 0; weight < width; weight++) {
    const column = columns[weight]!;
    while (column.length > 1) count(weight, takenFrom(column.length, widest));
  }
  const latest = Math.max(...columns.slice(0, width).map((column) => column[0]?.level ?? 0));
  const sum = columns.slice(0, width).map((column) => {
    const bit = column[0];
    return bit === undefined ? bitConstant(0) : pipeline.align(bit.value, bit.level, latest);
  });
  m.output("count_o", concat(...sum.reverse()));
  return { module: m.finish(), latency: pipeline.stageOf(latest), counters };
}

/** Six at a time, then five; what is left, three or two. */
function takenFrom(length: number, widest: CounterInputs): number {
  if (widest === 6 && length >= 5) return Math.min(length, 6);
  return Math.min(length, 3);
}

/** The number of ones among two to six bits, lowest bit first. */
function ones(bits: readonly Expression[]): Expression[] {
  const [a, b, c, d, e, f] = bits as [Expression, Expression, ...Expression[]];
  if (c === undefined) return [xor(a, b), and(a, b)];
  const [sum, carry] = fullAdder(a, b, c);
  if (d === undefined || e === undefined) return [sum, carry];
  const [sum2, carry2] = f === undefined ? [xor(d, e), and(d, e)] : fullAdder(d, e, f);
  const carry3 = and(sum, sum2);
  const [two, four] = fullAdder(carry, carry2, carry3);
  return [xor(sum, sum2), two, four];
}

function fullAdder(a: Expression, b: Expression, c: Expression): [Expression, Expression] {
  const half = xor(a, b);
  return [xor(half, c), or(and(a, b), and(half, c))];
}

/** Levels 1…n work in stage 0, n+1…2n in stage 1, and so on; a bit is carried from stage to stage by registers. */
class Pipeline {
  readonly #m: ModuleBuilder;
  readonly #levels: number;
  readonly #delayed = new Map<Expression, Expression>();

  constructor(m: ModuleBuilder, levelsPerStage: number) {
    this.#m = m;
    this.#levels = levelsPerStage;
  }

  stageOf(level: number): number {
    return this.#levels === 0 ? 0 : Math.floor(Math.max(0, level - 1) / this.#levels);
  }

  align(value: Expression, level: number, to: number): Expression {
    let result = value;
    for (let stage = this.stageOf(level); stage < this.stageOf(to); stage++) {
      let next = this.#delayed.get(result);
      if (next === undefined) {
        next = this.#m.registered(`stage${stage}_${this.#delayed.size}_q`, result);
        this.#delayed.set(result, next);
      }
      result = next;
    }
    return result;
  }
}
