/**
 * @file The processing element of a weight-stationary array: it keeps a weight, passes the activation to the right and
 * p + w · a downwards, each through a register. With zero gating a zero weight lets p pass by the arithmetic, whose
 * inputs then stand still.
 */

import { z } from "zod";
import { generator } from "../circuit.ts";
import {
  constant,
  defaultClocking,
  type Expression,
  equal,
  type Module,
  ModuleBuilder,
  mux,
  signed,
  unsigned,
  wrap,
} from "../verilog/index.ts";
import { activationType, checkCore, coreName, coreShape, multiplyAdd } from "./mac.ts";

export const elementShape = { ...coreShape, zeroGating: z.boolean().default(false) };
const parameters = z.strictObject(elementShape);
export type Element = z.infer<typeof parameters>;

export function processingElementModule(element: Element, name: string): Module {
  checkCore(element);
  const m = new ModuleBuilder(name, defaultClocking);
  const load = m.input("load_i", unsigned(1));
  const wIn = m.input("w_i", signed(element.weightBits));
  const aIn = m.input("a_i", activationType(element));
  const pIn = m.input("p_i", signed(element.accumulatorBits));
  const w = m.registered("w_q", wIn, { reset: 0, enable: load });
  m.output("w_o", w);
  m.output("a_o", m.registered("a_q", aIn, { reset: 0 }));
  m.output("p_o", m.registered("p_q", sum(m, element, { w, wIn, load, aIn, pIn }), { reset: 0 }));
  return m.finish();
}

interface Operands {
  readonly w: Expression;
  readonly wIn: Expression;
  readonly load: Expression;
  readonly aIn: Expression;
  readonly pIn: Expression;
}

function sum(m: ModuleBuilder, element: Element, { w, wIn, load, aIn, pIn }: Operands): Expression {
  if (!element.zeroGating) return multiplyAdd(m, element, w, aIn, pIn);
  // Decided once, when the weight comes in.
  const isZero = m.registered("is_zero_q", equal(wIn, constant(0, wIn)), { reset: 1, enable: load });
  const a = m.wire("a_gated", mux(isZero, constant(0, aIn), aIn));
  const p = m.wire("p_gated", mux(isZero, constant(0, pIn), pIn));
  return mux(isZero, pIn, m.wire("sum", multiplyAdd(m, element, w, a, p)));
}

export const elementName = ({ zeroGating, ...core }: Element): string =>
  `pe_${coreName(core)}${zeroGating ? "_gated" : ""}`;

export const processingElement = generator({
  id: "pe",
  version: 1,
  summary: "weight-stationary processing element: p_o ← p_i + w · a_i, a_o ← a_i; w ← w_i under load_i",
  parameters,
  examples: [
    {},
    { zeroGating: true },
    { multiplier: "behavioural", weightBits: 4, activationBits: 4, accumulatorBits: 12 },
  ],
  name: elementName,
  build(element, name) {
    const model = () => {
      let [w_o, a_o, p_o] = [0n, 0n, 0n];
      return {
        step({ rst_i, load_i, w_i, a_i, p_i }: Readonly<Record<string, bigint>>) {
          const outputs = { w_o, a_o, p_o };
          if (rst_i === 1n) [w_o, a_o, p_o] = [0n, 0n, 0n];
          else {
            p_o = wrap(p_i! + w_o * a_i!, signed(element.accumulatorBits));
            a_o = a_i!;
            if (load_i === 1n) w_o = w_i!;
          }
          return outputs;
        },
      };
    };
    return { top: processingElementModule(element, name), model, latency: 1, initiationInterval: 1 };
  },
});
