/**
 * @file A weight-stationary systolic array of R × C processing elements. Weights are shifted in from above in R cycles,
 * the last row's first. Row r of the activations is delayed by r registers (the skew), so that a whole data row a[m]
 * enters at cycle m; its result leaves column c at cycle m + R + c.
 */

import { z } from "zod";
import { generator } from "../circuit.ts";
import {
  asSigned,
  concat,
  constant,
  defaultClocking,
  type Expression,
  type Module,
  ModuleBuilder,
  signed,
  slice,
  unsigned,
  wrap,
} from "../verilog/index.ts";
import { activationType } from "./mac.ts";
import { type Element, elementName, elementShape, processingElementModule } from "./processing-element.ts";

const parameters = z.strictObject({
  rows: z.int().min(1).max(256).default(4),
  columns: z.int().min(1).max(256).default(4),
  ...elementShape,
});
type Parameters = z.infer<typeof parameters>;

/** Number i of a vector of numbers of `width` bits. */
const lane = (vector: Expression, width: number, i: number): Expression =>
  slice(vector, (i + 1) * width - 1, i * width);

export const systolicArray = generator({
  id: "systolic",
  version: 1,
  summary: "R × C weight-stationary array: p_o of column c at cycle m + R + c is Σ_r w[r][c] · a[m][r]",
  parameters,
  examples: [
    { rows: 3, columns: 2, weightBits: 4, activationBits: 4, accumulatorBits: 12 },
    { rows: 2, columns: 3, weightBits: 4, activationBits: 3, accumulatorBits: 10, zeroGating: true },
    { rows: 1, columns: 1, weightBits: 3, activationBits: 4, accumulatorBits: 8, isActivationSigned: false },
  ],
  name: ({ rows, columns, ...element }) => `systolic_${rows}x${columns}_${elementName(element)}`,
  build(given, name) {
    const { rows, columns } = given;
    return {
      top: arrayModule(given, name),
      model: () => new ArrayModel(given),
      latency: rows,
      initiationInterval: 1,
      facts: { processingElements: rows * columns },
    };
  },
});

function rowModule(element: Element, columns: number, name: string): Module {
  const pe = processingElementModule(element, elementName(element));
  const { weightBits, accumulatorBits } = element;
  const m = new ModuleBuilder(name, defaultClocking);
  const load_i = m.input("load_i", unsigned(1));
  const w = m.input("w_i", unsigned(columns * weightBits));
  const first = m.input("a_i", activationType(element));
  const p = m.input("p_i", unsigned(columns * accumulatorBits));
  let a_i: Expression = first;
  const [wOut, pOut]: [Expression[], Expression[]] = [[], []];
  for (let c = 0; c < columns; c++) {
    const w_i = asSigned(lane(w, weightBits, c));
    const p_i = asSigned(lane(p, accumulatorBits, c));
    const out = m.instance(`pe${c}`, pe, { load_i, w_i, a_i, p_i });
    a_i = out.a_o!;
    wOut.unshift(out.w_o!);
    pOut.unshift(out.p_o!);
  }
  m.output("w_o", concat(...wOut));
  m.output("p_o", concat(...pOut));
  return m.finish();
}

function arrayModule({ rows, columns, ...element }: Parameters, name: string): Module {
  const row = rowModule(element, columns, `${name}_row`);
  const { weightBits, activationBits, accumulatorBits, isActivationSigned } = element;
  const m = new ModuleBuilder(name, defaultClocking);
  const load_i = m.input("load_i", unsigned(1));
  const weights = m.input("w_i", unsigned(columns * weightBits));
  const a = m.input("a_i", unsigned(rows * activationBits));
  let [w_i, p_i]: [Expression, Expression] = [weights, constant(0, unsigned(columns * accumulatorBits))];
  for (let r = 0; r < rows; r++) {
    const bits = lane(a, activationBits, r);
    let a_i: Expression = isActivationSigned ? asSigned(bits) : bits;
    for (let d = 0; d < r; d++) a_i = m.registered(`skew${r}_${d}_q`, a_i, { reset: 0 });
    const out = m.instance(`row${r}`, row, { load_i, w_i, a_i, p_i });
    w_i = out.w_o!;
    p_i = out.p_o!;
  }
  m.output("p_o", p_i);
  return m.finish();
}

const matrix = (rows: number, columns: number): bigint[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => 0n));

/** The array cycle by cycle, on plain matrices. */
class ArrayModel {
  readonly #given: Parameters;
  #w: bigint[][] = [];
  #a: bigint[][] = [];
  #p: bigint[][] = [];
  /** Row r waits in a line of r places. */
  #skew: bigint[][] = [];

  constructor(given: Parameters) {
    this.#given = given;
    this.#reset();
  }

  #reset(): void {
    const { rows, columns } = this.#given;
    [this.#w, this.#a, this.#p] = [matrix(rows, columns), matrix(rows, columns), matrix(rows, columns)];
    this.#skew = Array.from({ length: rows }, (_, r) => Array.from({ length: r }, () => 0n));
  }

  step({ rst_i, load_i, w_i, a_i }: Readonly<Record<string, bigint>>) {
    const { rows, columns, weightBits, activationBits, accumulatorBits, isActivationSigned } = this.#given;
    const part = (vector: bigint, width: number, i: number, isSigned: boolean) =>
      wrap(vector >> BigInt(i * width), { width, signed: isSigned });
    const p_o = this.#p[rows - 1]!.reduce(
      (bits, p, c) => bits | (BigInt.asUintN(accumulatorBits, p) << BigInt(c * accumulatorBits)),
      0n,
    );
    if (rst_i === 1n) {
      this.#reset();
      return { p_o };
    }
    const [w, a, p] = [matrix(rows, columns), matrix(rows, columns), matrix(rows, columns)];
    for (let r = 0; r < rows; r++) {
      this.#skew[r]!.push(part(a_i!, activationBits, r, isActivationSigned));
      const entering = this.#skew[r]!.shift()!;
      for (let c = 0; c < columns; c++) {
        const left = c === 0 ? entering : this.#a[r]![c - 1]!;
        const above = r === 0 ? 0n : this.#p[r - 1]![c]!;
        a[r]![c] = left;
        p[r]![c] = wrap(above + this.#w[r]![c]! * left, signed(accumulatorBits));
        const weightAbove = r === 0 ? part(w_i!, weightBits, c, true) : this.#w[r - 1]![c]!;
        w[r]![c] = load_i === 1n ? weightAbove : this.#w[r]![c]!;
      }
    }
    [this.#w, this.#a, this.#p] = [w, a, p];
    return { p_o };
  }
}
