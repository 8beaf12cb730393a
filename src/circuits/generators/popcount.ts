/** @file Counts ones with a tree of full adders: N − ⌊log2 N⌋ − 1 of them, and half adders. */

import { z } from "zod";
import { fail } from "../../base/errors.ts";
import { type Built, bits, generator } from "../circuit.ts";
import {
  add,
  bit,
  type Clocking,
  defaultClocking,
  type Expression,
  extend,
  ModuleBuilder,
  unsigned,
} from "../verilog/index.ts";
import { Columns } from "./columns.ts";

const parameters = z.strictObject({
  inputs: bits(4096).default(16),
  /** A tree of counters, or one addition after the other: what the tree must equal. */
  style: z.enum(["tree", "loop"]).default("tree"),
  /** Registers after every so many levels of counters; 0: none, the circuit is combinational. */
  levelsPerStage: z.int().min(0).max(64).default(0),
});

export const popcount = generator({
  id: "popcount",
  version: 1,
  summary: "count_o = how many bits of x_i are 1",
  parameters,
  examples: [
    ...[1, 2, 3, 7, 8, 15, 16, 31].map((inputs) => ({ inputs })),
    { inputs: 23, levelsPerStage: 2 },
    { style: "loop" },
  ],
  name: ({ inputs, style, levelsPerStage }) =>
    `popcount_${style === "loop" ? "loop_" : ""}${inputs}${levelsPerStage > 0 ? `_p${levelsPerStage}` : ""}`,
  build({ inputs, style, levelsPerStage }, name) {
    if (style === "loop") return buildLoop(inputs, levelsPerStage, name);
    const clocking: Clocking | undefined = levelsPerStage > 0 ? { clock: defaultClocking.clock } : undefined;
    const m = new ModuleBuilder(name, clocking);
    const x = m.input("x_i", unsigned(inputs));
    const pipeline = new Pipeline(m, levelsPerStage);
    const columns = new Columns(m, Math.floor(Math.log2(inputs)) + 1, "tree", pipeline.align);
    for (let i = 0; i < inputs; i++) columns.put(bit(x, i), 0);
    const { sum, level } = columns.toNumber();
    m.output("count_o", sum);
    const latency = pipeline.stageOf(level);
    const { fullAdders, halfAdders } = columns;
    return {
      top: m.finish(),
      model: () => countingModel(latency),
      latency,
      initiationInterval: 1,
      facts: { fullAdders, halfAdders, levels: level },
    };
  },
});

function buildLoop(inputs: number, levelsPerStage: number, name: string): Built {
  if (levelsPerStage > 0) {
    fail({ code: "circuits.parameter", where: "levelsPerStage", message: "a loop has no stages", expected: "0" });
  }
  const m = new ModuleBuilder(name);
  const x = m.input("x_i", unsigned(inputs));
  const width = Math.floor(Math.log2(inputs)) + 1;
  let sum = extend(bit(x, 0), width);
  for (let i = 1; i < inputs; i++) sum = m.wire(`sum${i}`, add(sum, extend(bit(x, i), width)));
  m.output("count_o", sum);
  return { top: m.finish(), model: () => countingModel(0), latency: 0, initiationInterval: 1 };
}

function countingModel(latency: number) {
  const waiting: bigint[] = Array.from({ length: latency }, () => 0n);
  return {
    step({ x_i }: Readonly<Record<string, bigint>>) {
      waiting.push(BigInt([...x_i!.toString(2)].filter((digit) => digit === "1").length));
      return { count_o: waiting.shift()! };
    },
  };
}

/** Levels 1…n work in stage 0, n+1…2n in stage 1, and so on; a bit is carried from stage to stage by registers. */
class Pipeline {
  readonly #m: ModuleBuilder;
  readonly #levels: number;
  readonly #delayed = new Map<Expression, Expression>();
  #count = 0;

  constructor(m: ModuleBuilder, levelsPerStage: number) {
    this.#m = m;
    this.#levels = levelsPerStage;
  }

  stageOf(level: number): number {
    return this.#levels === 0 ? 0 : Math.floor(Math.max(0, level - 1) / this.#levels);
  }

  align = (value: Expression, level: number, to: number): Expression => {
    let e = value;
    for (let stage = this.stageOf(level); stage < this.stageOf(to); stage++) {
      let next = this.#delayed.get(e);
      if (next === undefined) {
        next = this.#m.registered(`stage${stage}_${this.#count++}_q`, e);
        this.#delayed.set(e, next);
      }
      e = next;
    }
    return e;
  };
}
