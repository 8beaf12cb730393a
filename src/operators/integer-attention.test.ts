/** @file Integer-only attention against the printed figures of the sheet (check 10), laws, real softmax, and its own ONNX bodies. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { integers, numbers, type Tensor, tensor } from "../base/tensor.ts";
import { build } from "../engine/operator-example.fixture.ts";
import { runReference } from "../engine/reference.ts";
import { findOperator, inferModel, type Operator } from "./index.ts";
import { integerRoot, tenStepRoot } from "./integer-root.ts";
import { dyadic } from "./Requantize.ts";
import { shiftSigmoid } from "./ShiftGelu.ts";
import { shiftExponential, unitOf } from "./shift-exponential.ts";

const find = (name: string): Operator => findOperator(`femto.${name}`);
const context = { outputs: 1, tally: { mac: 0 } } as never;
const i32 = (dims: readonly number[], values: readonly number[]) => tensor("int32", dims, values);

/** The operator itself, and the standard operators of its body. */
function both(name: string, inputs: readonly Tensor[], attributes: Record<string, unknown>): [number[], number[]] {
  const op = find(name);
  const example = { name, inputs, attributes };
  const plain = build({ ...op, body: undefined } as unknown as Operator, example);
  const body = build(op, example);
  return [plain, body].map(({ model, feeds, outputs }) => {
    inferModel(model);
    return integers(runReference(model, feeds).outputs[outputs[0]!.name]!);
  }) as [number[], number[]];
}

const codes = (most: number) => fc.array(fc.integer({ min: -most, max: most }), { minLength: 1, maxLength: 12 });
const shiftmax = (row: readonly number[], unit: number, bits: number): number[] => {
  const at = { unit, bits, depth: 15 };
  return integers(find("Shiftmax").run([i32([row.length], row)], at, context)[0]!);
};

describe("Shiftmax", () => {
  it("has the exponents and codes of the sheet", () => {
    const at = { unit: unitOf(1 / 16), bits: 8, depth: 15 };
    const row = [10, 0, -20, 64];
    expect(row.map((x) => shiftExponential(x - 64, at))).toEqual([19456, 10240, 3072, 524288]);
    expect(shiftmax(row, 16, 8)).toEqual([4, 2, 0, 120]);
    expect(shiftmax(row, 16, 16)).toEqual([1144, 602, 180, 30840]);
  });

  it("keeps order, sums to at most 1, and does not move with a constant", () => {
    fc.assert(
      fc.property(
        codes(2000),
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: -500, max: 500 }),
        (row, unit, by) => {
          const out = shiftmax(row, unit, 16);
          for (const [i, a] of row.entries()) {
            for (const [j, b] of row.entries()) if (a >= b) expect(out[i]).toBeGreaterThanOrEqual(out[j]!);
          }
          expect(out.every((code) => code >= 0)).toBe(true);
          expect(out.reduce((a, b) => a + b)).toBeLessThanOrEqual(2 ** 15);
          expect(
            shiftmax(
              row.map((x) => x + by),
              unit,
              16,
            ),
          ).toEqual(out);
        },
      ),
    );
  });

  it("is within 0.03 of softmax where a unit has 16 steps or more", () => {
    fc.assert(
      fc.property(codes(300), fc.integer({ min: 16, max: 64 }), (row, unit) => {
        const e = row.map((x) => Math.exp((x - Math.max(...row)) / unit));
        const sum = e.reduce((a, b) => a + b);
        const out = shiftmax(row, unit, 16);
        for (const [i, code] of out.entries()) expect(Math.abs(code / 2 ** 15 - e[i]! / sum)).toBeLessThan(0.03);
      }),
    );
  });

  it("saturates where exponentials sum to 2^31 or more: a row of 4096 sums to 1, one of 8192 to 2", () => {
    const total = (width: number) => shiftmax(new Array(width).fill(0), 16, 16).reduce((a, b) => a + b);
    expect([total(4096), total(8192)]).toEqual([2 ** 15, 2 ** 16]);
  });

  it("refuses attributes beyond which its integers would not be exact", () => {
    const shape = (at: Record<string, number>) => () =>
      find("Shiftmax").shape([{ dtype: "int32", dims: [2, 3] }], { bits: 8, unit: 16, depth: 15, ...at }, context);
    expect(shape({ unit: 0 })).toThrow(expect.objectContaining({ code: "attribute.range", where: "attribute unit" }));
    expect(shape({ bits: 17 })).toThrow(expect.objectContaining({ expected: "an integer from 2 to 16" }));
    expect(shape({ depth: 25 })).toThrow(expect.objectContaining({ where: "attribute depth" }));
    const onFloats = () =>
      find("Shiftmax").shape([{ dtype: "float32", dims: [2] }], { bits: 8, unit: 1, depth: 15 }, context);
    expect(onFloats).toThrow(/integer codes/);
  });
});

describe("ShiftGelu", () => {
  const at = { unit: unitOf(1.702 / 16), bits: 8, depth: 23 };

  it("has the sigmoid codes of the sheet", () => {
    expect(at.unit).toBe(10);
    expect(shiftSigmoid([-48, -16, -8, 0, 8, 16, 48], at)).toEqual([1, 21, 39, 63, 89, 106, 125]);
  });

  /** Greatest step down and greatest distance from σ over all rows −127 … m of 8-bit codes of scale S. */
  function worst(scale: number, depth: number): { drop: number; error: number } {
    const attributes = { unit: unitOf(1.702 * scale), bits: 8, depth };
    let [drop, error] = [0, 0];
    for (let most = -127; most < 128; most++) {
      const row = Array.from({ length: 128 + most }, (_, i) => i - 127);
      const out = shiftSigmoid(row, attributes);
      for (const [i, code] of out.entries()) {
        if (i > 0) drop = Math.max(drop, out[i - 1]! - code);
        error = Math.max(error, Math.abs(code / 128 - 1 / (1 + Math.exp(-1.702 * scale * row[i]!))));
      }
    }
    return { drop, error };
  }

  it("keeps order but for the rounding of 1/sum, also in rows of negative elements", () => {
    const coarse = worst(1 / 16, 23);
    expect(coarse.drop).toBeLessThanOrEqual(3);
    expect(coarse.error).toBeLessThan(0.07);
    const fine = worst(1 / 64, 19);
    expect(fine.drop).toBeLessThanOrEqual(1);
    expect(fine.error).toBeLessThan(0.035);
  });

  it("has I-ViT's two limits: sums near 2^31 round coarsely, and far below the greatest element σ is 1/2", () => {
    expect(worst(1 / 160, 23).error).toBeGreaterThan(0.35);
    expect(worst(1 / 160, 19).error).toBeLessThan(0.05);
    // A greatest element of 15.9: e^(−1.702·15.9) and the others all end at 2^−23: 63 of 128.
    expect(shiftSigmoid([-127, 127], { unit: unitOf(1.702 / 8), bits: 8, depth: 23 })[0]).toBe(63);
  });
});

describe("IntegerLayerNorm", () => {
  it("has the exact root; ten steps give 77 for 2684, whose root is 51", () => {
    expect([integerRoot(2684), tenStepRoot(2684)]).toEqual([51, 77]);
    for (let v = 1; v < 5000; v++) expect(integerRoot(v)).toBe(Math.floor(Math.sqrt(v)));
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 53n - 1n }), (v) => {
        const k = BigInt(integerRoot(Number(v)));
        expect(k * k <= v && (k + 1n) * (k + 1n) > v).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("has ten steps that are exact for squares from 2^20 to 2^32, off by one at most", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2 ** 20, max: 2 ** 32 }), (v) => {
        expect(Math.abs(tenStepRoot(v) - integerRoot(v))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });

  it("is layer norm: codes times √D/2^30", () => {
    const row = [812, -3021, 77, 15000, -9000, 4, 2500, -1];
    const [out] = both("IntegerLayerNorm", [i32([8], row)], {});
    const mean = row.reduce((a, b) => a + b) / 8;
    const deviation = Math.sqrt(row.reduce((a, b) => a + (b - mean) ** 2, 0) / 8);
    for (const [i, code] of out.entries()) {
      expect((code * Math.sqrt(8)) / 2 ** 30).toBeCloseTo((row[i]! - mean) / deviation, 3);
    }
  });

  it("refuses a bias of another width", () => {
    const shape = () =>
      find("IntegerLayerNorm").shape(
        [
          { dtype: "int32", dims: [2, 3] },
          { dtype: "int32", dims: [2] },
        ],
        { root: "exact" },
        context,
      );
    expect(shape).toThrow(expect.objectContaining({ code: "shape.bias", expected: "int32[3]" }));
  });
});

describe("Requantize", () => {
  it("finds the ratio to 31 bits", () => {
    expect(dyadic(0.5)).toEqual({ multiplier: 2 ** 30, exponent: 31 });
    expect(dyadic(1)).toEqual({ multiplier: 2 ** 30, exponent: 30 });
    fc.assert(
      fc.property(fc.double({ min: 2 ** -30, max: 2 ** 29, noNaN: true }), (ratio) => {
        const { multiplier, exponent } = dyadic(ratio);
        expect(multiplier).toBeGreaterThanOrEqual(2 ** 30);
        expect(multiplier).toBeLessThan(2 ** 31);
        expect(Math.abs((multiplier * 2 ** -exponent) / ratio - 1)).toBeLessThanOrEqual(2 ** -31);
      }),
    );
  });

  it.each([0, -1, Number.NaN, 2 ** 31, 2 ** -40])("refuses the ratio %d", (ratio) => {
    expect(() => dyadic(ratio)).toThrow(/31 bits/);
  });

  it("keeps order", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.double({ min: 1e-6, max: 100, noNaN: true }), (a, b, ratio) => {
        const { multiplier, exponent } = dyadic(ratio);
        const x = i32([2], a < b ? [a, b] : [b, a]);
        const inputs = [x, i32([], [multiplier]), i32([], [exponent])];
        const [low, high] = numbers(find("Requantize").run(inputs, { bits: 16 }, context)[0]!);
        expect(low).toBeLessThanOrEqual(high!);
      }),
    );
  });
});

it("bodies of standard operators give the same integers", () => {
  fc.assert(
    fc.property(codes(32767), fc.integer({ min: 1, max: 3000 }), fc.constantFrom(8, 16), (row, unit, bits) => {
      const x = i32([row.length], row);
      const { multiplier, exponent } = dyadic(unit / 997);
      const cases: [string, Tensor[], Record<string, unknown>][] = [
        ["Shiftmax", [x], { unit, bits }],
        ["ShiftGelu", [x], { unit, bits }],
        ["IntegerLayerNorm", [x], {}],
        ["IntegerLayerNorm", [x], { root: "ten-step" }],
        ["Requantize", [x, i32([], [multiplier]), i32([], [exponent])], { bits }],
      ];
      for (const [name, inputs, attributes] of cases) {
        const [plain, body] = both(name, inputs, attributes);
        expect(body, name).toEqual(plain);
      }
    }),
    { numRuns: 40 },
  );
});
