/** @file A thermometer encoder: bit t says whether x has reached threshold t; rising thresholds give falling bits. */

import { createHash } from "node:crypto";
import { z } from "zod";
import { fail } from "../../base/errors.ts";
import { bits, combinational, generator } from "../circuit.ts";
import { concat, constant, greaterOrEqual, ModuleBuilder, type NumberType, rangeOf } from "../verilog/index.ts";

const parameters = z.strictObject({
  inputBits: bits().default(8),
  isSigned: z.boolean().default(false),
  thresholds: z.array(z.int()).min(1).max(4096),
});

export const thermometer = generator({
  id: "thermometer",
  version: 1,
  summary: "bit t of code_o is x_i ≥ threshold t",
  parameters,
  examples: [
    { inputBits: 8, thresholds: [12, 40, 41, 100, 128, 200, 255] },
    { inputBits: 4, isSigned: true, thresholds: [-7, -1, 0, 3] },
    { inputBits: 1, thresholds: [1] },
  ],
  // Encoders of one shape with other thresholds are other modules.
  name: ({ inputBits, isSigned, thresholds }) =>
    `thermometer_${isSigned ? "s" : "u"}${inputBits}_${thresholds.length}_${digest(thresholds)}`,
  build({ inputBits, isSigned, thresholds }, name) {
    const type: NumberType = { width: inputBits, signed: isSigned };
    checkThresholds(thresholds, type);
    const m = new ModuleBuilder(name);
    const x = m.input("x_i", type);
    const codes = thresholds.map((threshold, t) => m.wire(`above${t}`, greaterOrEqual(x, constant(threshold, type))));
    m.output("code_o", concat(...codes.reverse()));
    const model = combinational(({ x_i }) => ({
      code_o: thresholds.reduce((code, threshold, t) => code | (BigInt(x_i! >= BigInt(threshold)) << BigInt(t)), 0n),
    }));
    return { top: m.finish(), model, latency: 0, initiationInterval: 1 };
  },
});

const digest = (thresholds: readonly number[]): string =>
  createHash("sha256").update(thresholds.join()).digest("hex").slice(0, 6);

function checkThresholds(thresholds: readonly number[], type: NumberType): void {
  const { least, most } = rangeOf(type);
  thresholds.forEach((threshold, t) => {
    const where = `thresholds › ${t}`;
    if (t > 0 && threshold <= thresholds[t - 1]!) {
      fail({
        code: "circuits.threshold",
        where,
        message: "thresholds must rise",
        got: `${thresholds[t - 1]}, ${threshold}`,
      });
    }
    // x ≥ least always holds: the bit would be a constant.
    if (BigInt(threshold) <= least || BigInt(threshold) > most) {
      const expected = `${least + 1n} to ${most}`;
      const message = "no value of x_i changes this bit";
      fail({ code: "circuits.threshold", where, message, expected, got: String(threshold) });
    }
  });
}
