/**
 * @file The gates a netlist is made of: Boolean functions of one to four inputs, each with its Verilog expression. The
 * functions are those of Yosys' internal gate cells (`$_AND_` … `$_OAI4_`), pins in alphabetical order, MUX as A, B, S.
 */

/** What is known about one kind of gate. */
export interface GateKindSpec {
  readonly pins: readonly string[];
  /** Bitwise over the bits of 32-bit integers, so that one call evaluates 32 vectors. */
  readonly evaluate: (a: number, b: number, c: number, d: number) => number;
  /** Verilog expression with the pins' nets put in. */
  readonly verilog: (a: string, b: string, c: string, d: string) => string;
}

const one = ["A"];
const two = ["A", "B"];

export const gateKinds = {
  BUF: { pins: one, evaluate: (a) => a, verilog: (a) => a },
  NOT: { pins: one, evaluate: (a) => ~a, verilog: (a) => `~${a}` },
  AND: { pins: two, evaluate: (a, b) => a & b, verilog: (a, b) => `${a} & ${b}` },
  NAND: { pins: two, evaluate: (a, b) => ~(a & b), verilog: (a, b) => `~(${a} & ${b})` },
  OR: { pins: two, evaluate: (a, b) => a | b, verilog: (a, b) => `${a} | ${b}` },
  NOR: { pins: two, evaluate: (a, b) => ~(a | b), verilog: (a, b) => `~(${a} | ${b})` },
  XOR: { pins: two, evaluate: (a, b) => a ^ b, verilog: (a, b) => `${a} ^ ${b}` },
  XNOR: { pins: two, evaluate: (a, b) => ~(a ^ b), verilog: (a, b) => `~(${a} ^ ${b})` },
  ANDNOT: { pins: two, evaluate: (a, b) => a & ~b, verilog: (a, b) => `${a} & ~${b}` },
  ORNOT: { pins: two, evaluate: (a, b) => a | ~b, verilog: (a, b) => `${a} | ~${b}` },
  MUX: {
    pins: ["A", "B", "S"],
    evaluate: (a, b, s) => (b & s) | (a & ~s),
    verilog: (a, b, s) => `${s} ? ${b} : ${a}`,
  },
  NMUX: {
    pins: ["A", "B", "S"],
    evaluate: (a, b, s) => ~((b & s) | (a & ~s)),
    verilog: (a, b, s) => `~(${s} ? ${b} : ${a})`,
  },
  AOI3: {
    pins: ["A", "B", "C"],
    evaluate: (a, b, c) => ~((a & b) | c),
    verilog: (a, b, c) => `~((${a} & ${b}) | ${c})`,
  },
  OAI3: {
    pins: ["A", "B", "C"],
    evaluate: (a, b, c) => ~((a | b) & c),
    verilog: (a, b, c) => `~((${a} | ${b}) & ${c})`,
  },
  AOI4: {
    pins: ["A", "B", "C", "D"],
    evaluate: (a, b, c, d) => ~((a & b) | (c & d)),
    verilog: (a, b, c, d) => `~((${a} & ${b}) | (${c} & ${d}))`,
  },
  OAI4: {
    pins: ["A", "B", "C", "D"],
    evaluate: (a, b, c, d) => ~((a | b) & (c | d)),
    verilog: (a, b, c, d) => `~((${a} | ${b}) & (${c} | ${d}))`,
  },
} as const satisfies Record<string, GateKindSpec>;

export type GateKind = keyof typeof gateKinds;

/** The table row of a kind, with the type that all rows share. */
export const gateKind = (kind: GateKind): GateKindSpec => gateKinds[kind];

/** Bit i of the result: the gate's output where pin k carries bit k of i. */
export function truthTable(kind: GateKind): number {
  const { evaluate, pins } = gateKind(kind);
  // Bit i of `carried[k]` is bit k of i: the 16 input combinations as the bits of one word.
  const carried = [0xaaaa, 0xcccc, 0xf0f0, 0xff00] as const;
  return evaluate(...carried) & ((1 << (1 << pins.length)) - 1);
}
