import { describe, expect, test } from "vitest";
import { FemtoError } from "../../base/errors.ts";
import { emitModule } from "./emit.ts";
import {
  add,
  and,
  bit,
  bitConstant,
  constant,
  defaultClocking,
  Interpreter,
  ModuleBuilder,
  not,
  signed,
  unsigned,
} from "./index.ts";

const refusal = (body: () => unknown): FemtoError => {
  try {
    body();
  } catch (error) {
    if (error instanceof FemtoError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("what a module may not be", () => {
  test("an undriven wire", () => {
    const m = new ModuleBuilder("m");
    m.output("y", m.declare("lost", unsigned(1)));
    expect(refusal(() => m.finish())).toMatchObject({ code: "circuits.undriven", where: "m › lost" });
  });

  test("a wire driven twice", () => {
    const m = new ModuleBuilder("m");
    const x = m.input("x", unsigned(1));
    const y = m.wire("y", x);
    m.drive(y, not(x));
    expect(refusal(() => m.finish())).toMatchObject({ code: "circuits.driven-twice", where: "m › y" });
  });

  test("a combinational loop, shown as it runs, also through an instance", () => {
    const inner = new ModuleBuilder("inner");
    inner.output("y_o", not(inner.input("x_i", unsigned(1))));
    const m = new ModuleBuilder("m");
    const x = m.input("x", unsigned(1));
    const back = m.declare("back", unsigned(1));
    const { y_o } = m.instance("u", inner.finish(), { x_i: and(x, back) });
    m.drive(back, not(y_o!));
    m.output("y", back);
    const error = refusal(() => m.finish());
    expect(error).toMatchObject({ code: "circuits.loop" });
    expect(error.got).toBe("back → u_y → back");
  });

  test("a loop through a register is none", () => {
    const m = new ModuleBuilder("m", defaultClocking);
    const count = m.register("count_q", unsigned(8), 0);
    m.next(count, add(count, constant(1, unsigned(8))));
    m.output("count_o", count);
    const machine = new Interpreter(m.finish());
    const seen = Array.from({ length: 4 }, () => machine.step({ rst_i: 0n }).count_o);
    expect(seen).toEqual([0n, 1n, 2n, 3n]);
  });

  test("two things of one name, a name of another module, an unconnected port", () => {
    const m = new ModuleBuilder("m");
    const x = m.input("x", unsigned(1));
    expect(refusal(() => m.input("x", unsigned(1))).code).toBe("circuits.name");
    expect(refusal(() => m.wire("with space", x)).code).toBe("circuits.name");
    const other = new ModuleBuilder("other");
    other.output("y", x);
    expect(refusal(() => other.finish())).toMatchObject({ code: "circuits.foreign", where: "other › x" });
    const child = new ModuleBuilder("child");
    child.output("y", child.input("x", unsigned(2)));
    const finished = child.finish();
    expect(refusal(() => m.instance("u", finished, {})).code).toBe("circuits.undriven");
    expect(refusal(() => m.instance("v", finished, { x })).code).toBe("circuits.width");
    expect(refusal(() => m.instance("w", finished, { x: constant(0, unsigned(2)), z: x })).code).toBe("circuits.port");
  });

  test("a register without a clock, a case value twice", () => {
    const m = new ModuleBuilder("m");
    expect(refusal(() => m.register("r", unsigned(1))).code).toBe("circuits.clock");
    const s = m.input("s", unsigned(2));
    const arm = { when: 1n, value: bitConstant(1) };
    expect(refusal(() => m.cases("y", s, [arm, arm], bitConstant(0))).code).toBe("circuits.case");
    expect(refusal(() => m.cases("z", s, [{ ...arm, when: 4n }], bitConstant(0))).code).toBe("circuits.constant");
  });
});

describe("text", () => {
  test("reserved words and odd characters are escaped", () => {
    const m = new ModuleBuilder("input");
    const x = m.input("reg", unsigned(2));
    m.output("conv/1", m.wire("wire", and(bit(x, 0), bit(x, 1))));
    const { text } = emitModule(m.finish(), ["header"]);
    expect(text).toContain("module \\input  (");
    expect(text).toContain("assign \\wire  = \\reg [0] & \\reg [1];");
    expect(text).toContain("assign \\conv/1  = \\wire ;");
  });

  test("every line knows its signal; no line is longer than 100 columns", () => {
    const m = new ModuleBuilder("wide", defaultClocking);
    const x = m.input("x_i", signed(64));
    let sum = m.wire("sum0", x);
    for (let i = 1; i < 6; i++) sum = m.wire(`sum${i}`, add(add(add(sum, x), add(x, x)), add(add(x, sum), add(x, x))));
    m.output("y_o", m.registered("y_q", sum));
    const { text, owners } = emitModule(m.finish(), []);
    const lines = text.trimEnd().split("\n");
    expect(owners.length).toBe(lines.length);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(owners[lines.findIndex((line) => line.includes("assign sum3 "))]).toBe("sum3");
    expect(text).toContain("always @(posedge clk_i) begin\n    y_q <= sum5;\n  end");
  });

  test("registers: reset styles and enables", () => {
    const reset = { name: "rst_ni", active: "low", kind: "asynchronous" } as const;
    const m = new ModuleBuilder("r", { clock: "clk_i", reset });
    const en = m.input("en_i", unsigned(1));
    m.output("q_o", m.registered("q", en, { reset: 1, enable: en }));
    const { text } = emitModule(m.finish(), []);
    expect(text).toContain("always @(posedge clk_i or negedge rst_ni) begin\n    if (!rst_ni) begin\n      q <= 1'b1;");
    expect(text).toContain("end else if (en_i) begin\n      q <= en_i;");
  });
});
