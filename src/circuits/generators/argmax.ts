/** @file The index of the largest of N numbers, by a tree of comparators; of equal ones the lowest index wins. */

import { z } from "zod";
import { bits, combinational, generator } from "../circuit.ts";
import {
  asSigned,
  constant,
  type Expression,
  greater,
  ModuleBuilder,
  mux,
  slice,
  unsigned,
  wrap,
} from "../verilog/index.ts";

interface Candidate {
  readonly value: Expression;
  readonly index: Expression;
}

export const argmax = generator({
  id: "argmax",
  version: 1,
  summary: "index_o and value_o of the largest of the numbers in x_i (number 0 in the lowest bits)",
  parameters: z.strictObject({
    inputs: z.int().min(1).max(1024).default(10),
    width: bits().default(8),
    isSigned: z.boolean().default(true),
  }),
  examples: [
    { inputs: 10, width: 4 },
    { inputs: 3, width: 8, isSigned: false },
    { inputs: 1, width: 4 },
    { inputs: 2, width: 1 },
  ],
  name: ({ inputs, width, isSigned }) => `argmax_${inputs}x${isSigned ? "s" : "u"}${width}`,
  build({ inputs, width, isSigned }, name) {
    const m = new ModuleBuilder(name);
    const x = m.input("x_i", unsigned(inputs * width));
    const indexBits = Math.max(1, Math.ceil(Math.log2(inputs)));
    let round: Candidate[] = Array.from({ length: inputs }, (_, i) => {
      const part = slice(x, (i + 1) * width - 1, i * width);
      return { value: m.wire(`x${i}`, isSigned ? asSigned(part) : part), index: constant(i, unsigned(indexBits)) };
    });
    for (let level = 0; round.length > 1; level++) {
      const winners: Candidate[] = [];
      for (let i = 0; i < round.length; i += 2) {
        const [low, high] = [round[i]!, round[i + 1]];
        winners.push(high === undefined ? low : better(m, `best${level}_${i >> 1}`, low, high));
      }
      round = winners;
    }
    m.output("index_o", round[0]!.index);
    m.output("value_o", round[0]!.value);
    const type = { width, signed: isSigned };
    const model = combinational(({ x_i }) => {
      const values = Array.from({ length: inputs }, (_, i) => wrap(x_i! >> BigInt(i * width), type));
      const value_o = values.reduce((most, value) => (value > most ? value : most));
      return { index_o: BigInt(values.indexOf(value_o)), value_o };
    });
    return { top: m.finish(), model, latency: 0, initiationInterval: 1 };
  },
});

/** The higher index must be strictly greater to win. */
function better(m: ModuleBuilder, name: string, low: Candidate, high: Candidate): Candidate {
  const isHigh = m.wire(`${name}_high`, greater(high.value, low.value));
  return {
    value: m.wire(`${name}_value`, mux(isHigh, high.value, low.value)),
    index: m.wire(`${name}_index`, mux(isHigh, high.index, low.index)),
  };
}
