/** @file A neuron that is a lookup table: y = TABLE[x]. Six inputs fit one LUT6 of an FPGA. */

import { z } from "zod";
import { fail } from "../../base/errors.ts";
import { bits, combinational, generator } from "../circuit.ts";
import { constant, ModuleBuilder, select, unsigned } from "../verilog/index.ts";

const parameters = z.strictObject({
  inputs: bits(12).default(6),
  /** Bit i is the answer to x = i; hexadecimal, as long as the table or shorter. */
  table: z.string().regex(/^(0x)?[0-9a-fA-F]+$/, "a table is hexadecimal digits"),
});

export const lutNeuron = generator({
  id: "lut",
  version: 1,
  summary: "y_o = bit x_i of a constant table",
  parameters,
  examples: [
    { inputs: 6, table: "8bad_f00d_cafe_1234".replaceAll("_", "") },
    { inputs: 1, table: "1" },
    { inputs: 4, table: "6996" },
  ],
  name: ({ inputs, table }) =>
    `lut${inputs}_${BigInt(`0x${table.replace(/^0x/, "")}`)
      .toString(16)
      .slice(0, 16)}`,
  build({ inputs, table }, name) {
    const bitsOfTable = BigInt(`0x${table.replace(/^0x/, "")}`);
    const size = 2 ** inputs;
    if (bitsOfTable >> BigInt(size) !== 0n) {
      fail({
        code: "circuits.table",
        where: "table",
        message: `the table has more than the ${size} bits that ${inputs} inputs choose from`,
        got: `${bitsOfTable.toString(2).length} bits`,
      });
    }
    const m = new ModuleBuilder(name);
    const x = m.input("x_i", unsigned(inputs));
    const contents = m.wire("contents", constant(bitsOfTable, unsigned(size)));
    m.output("y_o", select(contents, x));
    const model = combinational(({ x_i }) => ({ y_o: (bitsOfTable >> x_i!) & 1n }));
    return { top: m.finish(), model, latency: 0, initiationInterval: 1 };
  },
});
