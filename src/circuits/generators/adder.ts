/** @file Adders: ripple carry, Kogge-Stone prefix, or a plain `+` that synthesis maps as it likes. */

import { z } from "zod";
import { bits, combinational, generator } from "../circuit.ts";
import {
  add,
  and,
  bit,
  bitConstant,
  concat,
  type Expression,
  extend,
  ModuleBuilder,
  or,
  unsigned,
  xor,
} from "../verilog/index.ts";

export const adderKinds = ["ripple", "koggeStone", "behavioural"] as const;
export type AdderKind = (typeof adderKinds)[number];

/** a + b modulo 2^width of two unsigned vectors of one width. */
export function sumOf(m: ModuleBuilder, kind: AdderKind, prefix: string, a: Expression, b: Expression): Expression {
  if (kind === "behavioural") return add(a, b);
  const [x, y] = [m.wire(`${prefix}_a`, a), m.wire(`${prefix}_b`, b)];
  return kind === "ripple" ? ripple(m, prefix, x, y) : koggeStone(m, prefix, x, y);
}

function ripple(m: ModuleBuilder, prefix: string, a: Expression, b: Expression): Expression {
  const sum: Expression[] = [];
  let carry: Expression = bitConstant(0);
  for (let i = 0; i < a.width; i++) {
    const half = m.wire(`${prefix}_x${i}`, xor(bit(a, i), bit(b, i)));
    sum.unshift(i === 0 ? half : xor(half, carry));
    if (i + 1 === a.width) break;
    const generated = and(bit(a, i), bit(b, i));
    carry = m.wire(`${prefix}_c${i}`, i === 0 ? generated : or(generated, and(half, carry)));
  }
  return concat(...sum);
}

/** Generate g and propagate p of the spans that end at each bit; log2 steps double the spans. */
function koggeStone(m: ModuleBuilder, prefix: string, a: Expression, b: Expression): Expression {
  const half = m.wire(`${prefix}_x`, xor(a, b));
  // The carry out of the top bit is not asked for.
  const carries = a.width - 1;
  let g = Array.from({ length: carries }, (_, i) => and(bit(a, i), bit(b, i)));
  let p: Expression[] = Array.from({ length: carries }, (_, i) => bit(half, i));
  for (let span = 1, step = 0; span < carries; span *= 2, step++) {
    const [gBefore, pBefore] = [g, p];
    g = gBefore.map((own, i) =>
      i < span ? own : m.wire(`${prefix}_g${step}_${i}`, or(own, and(pBefore[i]!, gBefore[i - span]!))),
    );
    // Spans that reach bit 0 have no carry coming in.
    p = pBefore.map((own, i) => (i < 2 * span ? own : m.wire(`${prefix}_p${step}_${i}`, and(own, pBefore[i - span]!))));
  }
  const sum = Array.from({ length: a.width }, (_, i) => (i === 0 ? bit(half, 0) : xor(bit(half, i), g[i - 1]!)));
  return concat(...sum.reverse());
}

const parameters = z.strictObject({ width: bits(256).default(8), kind: z.enum(adderKinds).default("ripple") });

export const adder = generator({
  id: "adder",
  version: 1,
  summary: "sum_o = a_i + b_i, unsigned, with the carry as its top bit",
  parameters,
  examples: [
    { width: 8, kind: "ripple" },
    { width: 13, kind: "koggeStone" },
    { width: 1 },
    { width: 16, kind: "behavioural" },
  ],
  name: ({ width, kind }) => `adder_${kind.toLowerCase()}_${width}`,
  build({ width, kind }, name) {
    const m = new ModuleBuilder(name);
    const a = extend(m.input("a_i", unsigned(width)), width + 1);
    const b = extend(m.input("b_i", unsigned(width)), width + 1);
    m.output("sum_o", sumOf(m, kind, "sum", a, b));
    const model = combinational(({ a_i, b_i }) => ({ sum_o: a_i! + b_i! }));
    return { top: m.finish(), model, latency: 0, initiationInterval: 1 };
  },
});
