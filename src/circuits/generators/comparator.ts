/** @file Compares two numbers: less, equal, greater. */

import { z } from "zod";
import { bits, combinational, generator } from "../circuit.ts";
import { equal, less, ModuleBuilder, type NumberType, nor } from "../verilog/index.ts";

export const comparator = generator({
  id: "comparator",
  version: 1,
  summary: "less_o, equal_o, greater_o of a_i and b_i",
  parameters: z.strictObject({ width: bits(256).default(8), isSigned: z.boolean().default(true) }),
  examples: [{}, { isSigned: false }, { width: 1 }, { width: 1, isSigned: false }],
  name: ({ width, isSigned }) => `comparator_${isSigned ? "s" : "u"}${width}`,
  build({ width, isSigned }, name) {
    const m = new ModuleBuilder(name);
    const type: NumberType = { width, signed: isSigned };
    const a = m.input("a_i", type);
    const b = m.input("b_i", type);
    const isLess = m.wire("is_less", less(a, b));
    const isEqual = m.wire("is_equal", equal(a, b));
    m.output("less_o", isLess);
    m.output("equal_o", isEqual);
    m.output("greater_o", nor(isLess, isEqual));
    const model = combinational(({ a_i, b_i }) => ({
      less_o: BigInt(a_i! < b_i!),
      equal_o: BigInt(a_i! === b_i!),
      greater_o: BigInt(a_i! > b_i!),
    }));
    return { top: m.finish(), model, latency: 0, initiationInterval: 1 };
  },
});
