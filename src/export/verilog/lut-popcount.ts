/**
 * @file Counts the ones of a class by counters, each a handful of lookup tables (counter-plan.ts), and registers between
 * them where the circuit is pipelined.
 */

import {
  bitConstant,
  type Clocking,
  concat,
  defaultClocking,
  type Expression,
  type Module,
  ModuleBuilder,
  slice,
  unsigned,
} from "../../circuits/verilog/index.ts";
import { bitAt, dependsOn, tableFrom } from "../../engine/bits/tables.ts";
import { type CounterInputs, type CounterStep, counterPlan } from "./counter-plan.ts";
import { contentsOf } from "./lut-tables.ts";

interface Bit {
  readonly value: Expression;
  /** Counters on the longest way to this bit. */
  readonly level: number;
}

export interface PopcountModule {
  readonly module: Module;
  readonly latency: number;
  /** Lookup tables that all counters take. */
  readonly tables: number;
}

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
  const columns: Bit[][] = Array.from({ length: width }, () => []);
  for (let i = 0; i < inputs; i++) columns[0]!.push({ value: slice(x, i, i), level: 0 });
  const pipeline = new Pipeline(m, levelsPerStage);
  const steps = counterPlan(inputs, widest);
  const take = (weight: number, count: number): Bit[] =>
    columns[weight]?.sort((a, b) => a.level - b.level).splice(0, count) ?? [];
  for (const [number, step] of steps.entries()) {
    const bits = [...take(step.weight, step.low), ...take(step.weight + 1, step.high)];
    const level = 1 + Math.max(...bits.map((bit) => bit.level));
    const values = bits.map((bit) => pipeline.align(bit.value, bit.level, level));
    for (let k = 0; k < step.outputs; k++) {
      const { inputs: counting, contents } = counterTable(step, k, values);
      const value = m.table(`counter${number}_${2 ** (step.weight + k)}`, contents, counting);
      columns[step.weight + k]!.push({ value, level });
    }
  }
  const latest = Math.max(...columns.map((column) => column[0]?.level ?? 0));
  const sum = columns.map((column) => {
    const bit = column[0];
    return bit === undefined ? bitConstant(0) : pipeline.align(bit.value, bit.level, latest);
  });
  m.output("count_o", concat(...sum.reverse()));
  const tables = steps.reduce((all, { outputs }) => all + outputs, 0);
  return { module: m.finish(), latency: pipeline.stageOf(latest), tables };
}

/** Bit k of what a counter puts out, as a table of the inputs that it depends on. */
function counterTable({ low, high }: CounterStep, k: number, values: readonly Expression[]) {
  const n = low + high;
  const ones = (bits: number) => [...bits.toString(2)].filter((digit) => digit === "1").length;
  const sum = (address: number) => ones(address & (2 ** low - 1)) + 2 * ones(address >>> low);
  const whole = tableFrom(n, (address) => (sum(address) >>> k) & 1);
  const counting = values.map((_, i) => i).filter((i) => dependsOn(whole, n, i));
  // The others are 0 in the address.
  const table = tableFrom(counting.length, (address) =>
    bitAt(
      whole,
      counting.reduce((all, i, place) => all | (((address >>> place) & 1) << i), 0),
    ),
  );
  return { inputs: counting.map((i) => values[i]!), contents: contentsOf({ inputs: counting, table }) };
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
