/**
 * @file A leaky integrate-and-fire neuron with a shift for its leak: u = v − (v >>> leak) + i; it fires where u ≥ θ and
 * then loses θ. The membrane saturates, or it is shown that it cannot overflow: the greatest and least value it can reach
 * are the fixed point of the interval of one step, because v − (v >>> leak) never falls when v rises.
 */

import { z } from "zod";
import { fail } from "../../base/errors.ts";
import { bits, generator } from "../circuit.ts";
import {
  add,
  constant,
  defaultClocking,
  type Expression,
  extend,
  greater,
  greaterOrEqual,
  less,
  ModuleBuilder,
  mux,
  rangeOf,
  shiftRightArithmetic,
  signed,
  subtract,
  truncate,
} from "../verilog/index.ts";

const parameters = z.strictObject({
  membraneBits: bits(48, 2).default(12),
  inputBits: bits(32).default(9),
  /** The inputs that occur; the whole range of the port where left out. */
  inputLeast: z.int().optional(),
  inputMost: z.int().optional(),
  threshold: z.int().min(1).default(100),
  leakShift: z.int().min(1).max(31).default(3),
  overflow: z.enum(["saturate", "impossible"]).default("saturate"),
});
type Parameters = z.infer<typeof parameters>;

export interface Interval {
  readonly least: bigint;
  readonly most: bigint;
}

/** Steps after which an interval that still grows is given up. */
const PATIENCE = 1_000_000;

/** What the membrane can reach from 0, if it were as wide as it likes; undefined where that is not found in time. */
export function membraneRange(given: Parameters): Interval | undefined {
  const { inputLeast, inputMost } = inputRange(given);
  const theta = BigInt(given.threshold);
  const leaked = (v: bigint) => v - (v >> BigInt(given.leakShift));
  let range: Interval = { least: 0n, most: 0n };
  for (let step = 0; step < PATIENCE; step++) {
    const [low, high] = [leaked(range.least) + inputLeast, leaked(range.most) + inputMost];
    const reached = [range];
    if (low < theta) reached.push({ least: low, most: high < theta ? high : theta - 1n });
    if (high >= theta) reached.push({ least: low < theta ? 0n : low - theta, most: high - theta });
    const next = {
      least: reached.reduce((least, { least: value }) => (value < least ? value : least), range.least),
      most: reached.reduce((most, { most: value }) => (value > most ? value : most), range.most),
    };
    if (next.least === range.least && next.most === range.most) return range;
    range = next;
  }
  return undefined;
}

function inputRange({ inputBits, inputLeast, inputMost }: Parameters) {
  const { least, most } = rangeOf(signed(inputBits));
  return { inputLeast: BigInt(inputLeast ?? least), inputMost: BigInt(inputMost ?? most) };
}

export const lif = generator({
  id: "lif",
  version: 1,
  summary: "spike_o, and the membrane v_o before this step's input",
  parameters,
  examples: [
    {},
    { inputLeast: -128, inputMost: 128, overflow: "impossible" },
    { membraneBits: 6, inputBits: 6, threshold: 9, leakShift: 2 },
  ],
  name: ({ membraneBits, threshold, leakShift, overflow }) =>
    `lif_${membraneBits}_t${threshold}_l${leakShift}${overflow === "impossible" ? "_proved" : ""}`,
  build(given, name) {
    const type = signed(given.membraneBits);
    const range = rangeOf(type);
    if (given.overflow === "impossible") checkRange(given);
    const m = new ModuleBuilder(name, defaultClocking);
    const input = m.input("i_i", signed(given.inputBits));
    const v = m.register("v_q", type, 0);
    // Wide enough for the sum and for the threshold, whatever they are.
    const width = Math.max(given.membraneBits, given.inputBits, given.threshold.toString(2).length + 1) + 2;
    const theta = constant(given.threshold, signed(width));
    const leaked = m.wire(
      "leaked",
      subtract(extend(v, width), extend(shiftRightArithmetic(v, given.leakShift), width)),
    );
    const u = m.wire("u", add(leaked, extend(input, width)));
    const spike = m.wire("spike", greaterOrEqual(u, theta));
    const after = m.wire("after", mux(spike, subtract(u, theta), u));
    const saturates = given.overflow === "saturate";
    const kept = saturates ? clamp(after, range.least, range.most) : after;
    m.next(v, truncate(m.wire("v_d", kept), given.membraneBits));
    m.output("spike_o", spike);
    m.output("v_o", v);
    const { inputLeast: low, inputMost: high } = inputRange(given);
    const stimulus = { i_i: { least: low, most: high } };
    return { top: m.finish(), model: () => new Membrane(given), latency: 0, initiationInterval: 1, stimulus };
  },
});

function clamp(e: Expression, least: bigint, most: bigint): Expression {
  const [low, high] = [constant(least, signed(e.width)), constant(most, signed(e.width))];
  return mux(less(e, low), low, mux(greater(e, high), high, e));
}

function checkRange(given: Parameters): void {
  const reach = membraneRange(given);
  const { least, most } = rangeOf(signed(given.membraneBits));
  if (reach !== undefined && reach.least >= least && reach.most <= most) return;
  fail({
    code: "circuits.overflow",
    where: "membraneBits",
    message: "the membrane can leave its range",
    expected: reach === undefined ? "a range that can be found" : `bits for ${reach.least} to ${reach.most}`,
    got: `${given.membraneBits} bits, ${least} to ${most}`,
    hint: 'more bits, a narrower input (inputLeast, inputMost), or overflow: "saturate"',
  });
}

class Membrane {
  #v = 0n;
  readonly #given: Parameters;

  constructor(given: Parameters) {
    this.#given = given;
  }

  step({ rst_i, i_i }: Readonly<Record<string, bigint>>) {
    const { leakShift, threshold, membraneBits } = this.#given;
    const v_o = this.#v;
    const u = v_o - (v_o >> BigInt(leakShift)) + i_i!;
    const isSpike = u >= BigInt(threshold);
    const { least, most } = rangeOf(signed(membraneBits));
    const after = isSpike ? u - BigInt(threshold) : u;
    this.#v = rst_i === 1n ? 0n : after < least ? least : after > most ? most : after;
    return { spike_o: BigInt(isSpike), v_o };
  }
}
