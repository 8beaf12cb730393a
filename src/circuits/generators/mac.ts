/**
 * @file Multiply-accumulate units of any widths. The multiplier's structure decides which weights are cheap, so it is a
 * parameter: radix-4 Booth, Baugh-Wooley, or a plain `*`. A fused unit puts the partial sum into the multiplier's
 * columns; a separate one adds it to the finished product.
 */

import { z } from "zod";
import { fail } from "../../base/errors.ts";
import { type Built, bits, combinational, generator } from "../circuit.ts";
import {
  add,
  asSigned,
  asUnsigned,
  bit,
  constant,
  defaultClocking,
  type Expression,
  extend,
  ModuleBuilder,
  multiply,
  mux,
  signed,
  toSigned,
  unsigned,
  wrap,
} from "../verilog/index.ts";
import { adderKinds, sumOf } from "./adder.ts";
import { Columns } from "./columns.ts";
import { putBaughWooleyArray, putBoothRows } from "./partial-products.ts";

/** What a multiply-accumulate core is made of; the processing element takes the same. */
export const coreShape = {
  multiplier: z.enum(["booth4", "baughWooley", "behavioural"]).default("booth4"),
  adder: z.enum(["fused", "separate"]).default("fused"),
  /** Adds the two rows that the counters leave. */
  finalAdder: z.enum(adderKinds).default("ripple"),
  weightBits: bits().default(8),
  activationBits: bits().default(8),
  isActivationSigned: z.boolean().default(true),
  accumulatorBits: bits(128).default(22),
};
const coreSchema = z.strictObject(coreShape);
export type Core = z.infer<typeof coreSchema>;

/** @throws FemtoError where a product would not fit into the accumulator */
export function checkCore({ weightBits, activationBits, isActivationSigned, accumulatorBits }: Core): void {
  const product = weightBits + activationBits + (isActivationSigned ? 0 : 1);
  if (accumulatorBits >= product) return;
  fail({
    code: "circuits.overflow",
    where: "accumulatorBits",
    message: "the accumulator is narrower than one product",
    expected: `at least ${product}`,
    got: String(accumulatorBits),
  });
}

/** `booth4_8x8_22`, and what differs from the defaults. */
export function coreName(core: Core): string {
  const { multiplier, weightBits, activationBits, accumulatorBits, isActivationSigned, adder, finalAdder } = core;
  const words = [multiplier, `${weightBits}x${isActivationSigned ? "" : "u"}${activationBits}`, accumulatorBits];
  if (adder === "separate") words.push(adder);
  if (finalAdder !== "ripple") words.push(finalAdder);
  return words.join("_").toLowerCase();
}

/** p + w · a modulo 2^accumulatorBits; w signed, p signed. */
export function multiplyAdd(m: ModuleBuilder, core: Core, w: Expression, given: Expression, p: Expression): Expression {
  const a = toSigned(given);
  const { accumulatorBits: width, multiplier, finalAdder } = core;
  if (multiplier === "behavioural") return add(extend(multiply(w, a), width), p);
  const isFused = core.adder === "fused";
  const columns = new Columns(m, isFused ? width : w.width + a.width, "sum");
  (multiplier === "booth4" ? putBoothRows : putBaughWooleyArray)(m, columns, w, a);
  if (isFused) for (let i = 0; i < width; i++) columns.put(bit(p, i), i);
  const rows = columns.toTwoRows();
  if (isFused) return asSigned(sumOf(m, finalAdder, "last", ...rows));
  const product = m.wire("product", asSigned(sumOf(m, finalAdder, "last", ...rows)));
  return asSigned(sumOf(m, finalAdder, "total", asUnsigned(extend(product, width)), asUnsigned(p)));
}

export const activationType = ({ activationBits, isActivationSigned }: Core) =>
  isActivationSigned ? signed(activationBits) : unsigned(activationBits);

export const mac = generator({
  id: "mac",
  version: 1,
  summary: "p_o = p_i + w_i · a_i (systolic), or acc_o gathers w_i · a_i (accumulate)",
  parameters: z.strictObject({ ...coreShape, mode: z.enum(["systolic", "accumulate"]).default("systolic") }),
  examples: [
    {},
    { multiplier: "baughWooley" },
    { multiplier: "behavioural", adder: "separate" },
    { adder: "separate", finalAdder: "koggeStone" },
    { weightBits: 5, activationBits: 3, accumulatorBits: 8 },
    { weightBits: 4, activationBits: 8, isActivationSigned: false, accumulatorBits: 20, multiplier: "baughWooley" },
    { mode: "accumulate", accumulatorBits: 24 },
    { weightBits: 1, activationBits: 1, accumulatorBits: 2 },
  ],
  name: ({ mode, ...core }) => `mac_${coreName(core)}${mode === "accumulate" ? "_acc" : ""}`,
  build(parameters, name) {
    checkCore(parameters);
    return parameters.mode === "systolic" ? buildSystolic(parameters, name) : buildAccumulate(parameters, name);
  },
});

function buildSystolic(core: Core, name: string): Built {
  const m = new ModuleBuilder(name);
  const type = signed(core.accumulatorBits);
  const w = m.input("w_i", signed(core.weightBits));
  const a = m.input("a_i", activationType(core));
  const p = m.input("p_i", type);
  m.output("p_o", multiplyAdd(m, core, w, a, p));
  const model = combinational(({ w_i, a_i, p_i }) => ({ p_o: wrap(p_i! + w_i! * a_i!, type) }));
  return { top: m.finish(), model, latency: 0, initiationInterval: 1 };
}

/** acc ← clear ? 0 : acc, plus w · a where enabled. */
function buildAccumulate(core: Core, name: string): Built {
  const m = new ModuleBuilder(name, defaultClocking);
  const type = signed(core.accumulatorBits);
  const enable = m.input("en_i", unsigned(1));
  const clear = m.input("clear_i", unsigned(1));
  const w = m.input("w_i", signed(core.weightBits));
  const a = m.input("a_i", activationType(core));
  const acc = m.register("acc_q", type, 0);
  const start = m.wire("start", mux(clear, constant(0, type), acc));
  m.next(acc, multiplyAdd(m, core, w, a, start), enable);
  m.output("acc_o", acc);
  const model = () => {
    let sum = 0n;
    return {
      step({ rst_i, en_i, clear_i, w_i, a_i }: Readonly<Record<string, bigint>>) {
        const acc_o = sum;
        if (rst_i === 1n) sum = 0n;
        else if (en_i === 1n) sum = wrap((clear_i === 1n ? 0n : sum) + w_i! * a_i!, type);
        return { acc_o };
      },
    };
  };
  return { top: m.finish(), model, latency: 1, initiationInterval: 1 };
}
