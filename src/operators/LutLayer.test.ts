/** @file femto.LutLayer: checks 1 to 4 and 6 of the QuWeiT sheet, the formulas against the emitted gradient, bad input. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { f32, i64, numbers, reshaped, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { Emit, findOperator, hasGradient, type NoGradient } from "./index.ts";
import { alphaOf, BETA, type Difference, differenceWeight, onesIn } from "./lut-difference.ts";
import { slopesOf, withSlopes } from "./lut-graphs.fixture.ts";
import { packTables, wordsOf } from "./lut-tables.ts";

const forms = ["exponential", "linear", "plain"] as const;

/** Bits of an address, the first one the least significant. */
const bitsOf = (address: number, inputs: number) => Array.from({ length: inputs }, (_, k) => (address >> k) & 1);

const inOrder = (tables: number, inputs: number): Tensor =>
  reshaped(i64(Array.from({ length: tables * inputs }, (_, i) => i)), [tables, inputs]);

/** w_k of one table at one address, by the emitted graph. */
function weights(table: readonly number[], address: number, difference: Difference): number[] {
  const inputs = Math.log2(table.length);
  const x = f32([1, inputs], bitsOf(address, inputs));
  const { slopes } = slopesOf(
    "femto.LutLayer",
    [x, f32([1, table.length], table), inOrder(1, inputs)],
    f32([1, 1], [1]),
    {
      difference,
    },
  );
  return Array.from(numbers(slopes[0]!));
}

const closeTo = (actual: readonly number[], expected: readonly number[], digits = 9) => {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i]!, digits);
};

describe("extended finite differences", () => {
  it("check 1: weights of one half of a table add up to ½", () => {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    for (let n = 1; n <= 10; n++) {
      const weight = differenceWeight({ difference: "exponential", alpha: undefined, beta: BETA }, n);
      const sum = Array.from({ length: n }, (_, d) => choose(n - 1, d) * weight(d)).reduce((a, b) => a + b);
      expect(sum).toBeCloseTo(0.5, 12);
    }
    expect(alphaOf(2)).toBe(0.375);
    expect(alphaOf(6)).toBe(0.11865234375);
  });

  it("check 2: two inputs, all addresses, all forms", () => {
    const table = [-0.5, 0.25, 0.75, -1];
    const expected: Record<Difference, number[][]> = {
      exponential: [
        [0.0625, 0.3125],
        [0.0625, -0.3125],
        [-0.5625, 0.3125],
        [-0.5625, -0.3125],
      ],
      linear: [
        [-0.125, 0.625],
        [-0.125, -0.625],
        [-1.375, 0.625],
        [-1.375, -0.625],
      ],
      plain: [
        [0.75, 1.25],
        [0.75, -1.25],
        [-1.75, 1.25],
        [-1.75, -1.25],
      ],
    };
    for (const form of forms) {
      for (let address = 0; address < 4; address++) {
        closeTo(weights(table, address, form), expected[form][address]!, 7);
      }
    }
  });

  it("check 3: three inputs", () => {
    const table = Array.from({ length: 8 }, (_, i) => ((-1) ** i * (i + 1)) / 8);
    closeTo(weights(table, 5, "exponential"), [-0.625, -0.0625, -0.125], 7);
    closeTo(weights(table, 5, "linear"), [-2.791667, -0.166667, -0.333333], 6);
  });

  it("check 4: XOR has slopes of ±½ everywhere", () => {
    for (let address = 0; address < 4; address++) {
      closeTo(weights([-1, 1, 1, -1], address, "exponential").map(Math.abs), [0.5, 0.5], 7);
    }
  });

  it("are the sums of the formula, for random tables of 1 to 6 inputs", () => {
    const cases = fc.record({
      inputs: fc.integer({ min: 1, max: 6 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
      form: fc.constantFrom(...forms),
    });
    fc.assert(
      fc.property(cases, ({ inputs, seed, form }) => {
        const rng = new Rng(seed, "tables");
        const table = Array.from({ length: 2 ** inputs }, () => Math.fround(2 * rng.uniform() - 1));
        const address = rng.below(2 ** inputs);
        const weight = differenceWeight({ difference: form, alpha: undefined, beta: Math.fround(BETA) }, inputs);
        const expected = bitsOf(0, inputs).map((_, k) =>
          table.reduce((sum, entry, c) => {
            const apart = onesIn((address ^ c) & ~(1 << k));
            return sum + ((c >> k) & 1 ? 1 : -1) * entry * weight(apart);
          }, 0),
        );
        closeTo(weights(table, address, form), expected, 6);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a layer", () => {
  const [tables, inputs, samples, features] = [5, 3, 20, 7];
  const rng = new Rng(3, "layer");
  const x = f32(
    [samples, features],
    Array.from({ length: samples * features }, () => rng.below(2)),
  );
  const u = f32(
    [tables, 8],
    Array.from({ length: tables * 8 }, () => 2 * rng.uniform() - 1),
  );
  const mapping = reshaped(i64(Array.from({ length: tables * inputs }, () => rng.below(features))), [tables, inputs]);
  const dy = f32(
    [samples, tables],
    Array.from({ length: samples * tables }, () => 2 * rng.uniform() - 1),
  );
  const turned = (t: Tensor): Tensor => {
    const [rows, columns] = t.dims as [number, number];
    const values = numbers(t);
    return tensor(
      t.dtype,
      [columns, rows],
      Array.from({ length: rows * columns }, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!),
    );
  };

  it("check 6: ∂L/∂U of a table adds up to Σ dy, entries that were not read get exactly 0", () => {
    const { slopes } = slopesOf("femto.LutLayer", [x, u, mapping], dy);
    const du = numbers(slopes[1]!);
    const [bits, places] = [numbers(x), numbers(mapping)];
    for (let j = 0; j < tables; j++) {
      const wanted = new Float64Array(8);
      for (let m = 0; m < samples; m++) {
        let address = 0;
        for (let k = 0; k < inputs; k++) address += bits[m * features + places[j * inputs + k]!]! << k;
        wanted[address]! += numbers(dy)[m * tables + j]!;
      }
      closeTo(Array.from(du.subarray(8 * j, 8 * j + 8)), Array.from(wanted), 12);
      for (const [a, sum] of wanted.entries()) if (sum === 0) expect(du[8 * j + a]).toBe(0);
      expect(Array.from(du.subarray(8 * j, 8 * j + 8)).reduce((a, b) => a + b)).toBeCloseTo(
        wanted.reduce((a, b) => a + b),
        10,
      );
    }
  });

  const known = new Map<string, number[]>();
  const slopesAt = (j: number, address: number): readonly number[] => {
    const row = Array.from(numbers(u).subarray(8 * j, 8 * j + 8));
    const found = known.get(`${j}/${address}`) ?? weights(row, address, "exponential");
    known.set(`${j}/${address}`, found);
    return found;
  };

  it("∂L/∂x collects the slopes of every slot that reads the feature, also where a mapping is unbalanced", () => {
    const expected = new Float64Array(samples * features);
    const lopsided = reshaped(i64(new Array<number>(tables * inputs).fill(4)), [tables, inputs]);
    for (const places of [mapping, lopsided]) {
      expected.fill(0);
      const at = numbers(places);
      for (let m = 0; m < samples; m++) {
        for (let j = 0; j < tables; j++) {
          let address = 0;
          for (let k = 0; k < inputs; k++) address += numbers(x)[m * features + at[j * inputs + k]!]! << k;
          for (const [k, w] of slopesAt(j, address).entries()) {
            expected[m * features + at[j * inputs + k]!]! += w * numbers(dy)[m * tables + j]!;
          }
        }
      }
      const { slopes } = slopesOf("femto.LutLayer", [x, u, places], dy);
      closeTo(Array.from(numbers(slopes[0]!)), Array.from(expected), 6);
    }
  });

  it("features first is the same layer on its side", () => {
    const last = slopesOf("femto.LutLayer", [x, u, mapping], dy, { strict: true });
    const first = slopesOf("femto.LutLayer", [turned(x), u, mapping], turned(dy), { strict: true, axis: 0 });
    expect(numbers(turned(first.y))).toEqual(numbers(last.y));
    closeTo(Array.from(numbers(turned(first.slopes[0]!))), Array.from(numbers(last.slopes[0]!)), 12);
    expect(numbers(first.slopes[1]!)).toEqual(numbers(last.slopes[1]!));
  });

  it("without a mapping slot k·tables + j is input k of table j", () => {
    const slots = f32(
      [samples, tables * inputs],
      Array.from({ length: samples * tables * inputs }, () => rng.below(2)),
    );
    const order = reshaped(
      i64(Array.from({ length: tables * inputs }, (_, i) => (i % inputs) * tables + Math.floor(i / inputs))),
      [tables, inputs],
    );
    const bare = slopesOf("femto.LutLayer", [slots, u], dy);
    const mapped = slopesOf("femto.LutLayer", [slots, u, order], dy);
    expect(numbers(bare.y)).toEqual(numbers(mapped.y));
    closeTo(Array.from(numbers(bare.slopes[0]!)), Array.from(numbers(mapped.slopes[0]!)), 12);
  });

  it("packed tables give the same bits, for 1 to 10 inputs", () => {
    for (let n = 1; n <= 10; n++) {
      const random = f32(
        [3, 2 ** n],
        Array.from({ length: 3 * 2 ** n }, () => 2 * rng.uniform() - 1),
      );
      const packed = packTables(random);
      expect(packed.dims).toEqual([3, wordsOf(n)]);
      const bits = f32(
        [50, n],
        Array.from({ length: 50 * n }, () => rng.below(2)),
      );
      const places = reshaped(i64(Array.from({ length: 3 * n }, (_, i) => (i * 3 + 1) % n)), [3, n]);
      const run = (t: Tensor, whole: boolean) => {
        const graph = new Graph();
        const g = new Emit(graph);
        const inputs = [bits, t, places].map((value, i) => graph.addInitializer(`in${i}`, value));
        const op = findOperator("femto.LutLayer");
        const y = whole
          ? g.op("femto.LutLayer", inputs)
          : op.body!(g, inputs, { axis: -1, strict: false, difference: "plain", beta: BETA })[0]!;
        graph.addOutput(y);
        return runReference(new Model(graph), {}).outputs[y.name]!.data;
      };
      const expected = run(random, true);
      expect(run(packed, true)).toEqual(expected);
      expect(run(packed, false)).toEqual(expected);
      expect(run(random, false)).toEqual(expected);
    }
  });

  it("closure: what the gradients of LUT operators emit has a gradient itself, is flat or makes integers", () => {
    const cases = [
      withSlopes("femto.LutLayer", [x, u, mapping], dy),
      withSlopes(
        "femto.Thermometer",
        [x, f32([features, 2], new Array(2 * features).fill(0.5))],
        f32([samples, 14], new Array(14 * samples).fill(1)),
      ),
      withSlopes("femto.LearnedMapping", [x, f32([5, 7], new Array(35).fill(0.5))], dy),
    ];
    for (const { model } of cases) {
      for (const node of model.graph.nodes) {
        if (!node.outputs[0]!.type!.dtype.startsWith("float")) continue;
        const op = findOperator(node.kind);
        const isFromIntegers = node.inputs.every((input) => input?.type?.dtype.startsWith("float") !== true);
        expect(hasGradient(op) || (op.gradient as NoGradient).isFlat || isFromIntegers, node.kind).toBe(true);
      }
    }
  });
});

describe("what does not fit ends in one message", () => {
  const g = () => new Emit(new Graph());
  const layer = (dims: number[], tables: Tensor, mapping?: Tensor, x?: number[]) => {
    const emit = g();
    const inputs = [f32(dims, x ?? new Array(dims[0]! * dims[1]!).fill(0)), tables, ...(mapping ? [mapping] : [])];
    const values = inputs.map((t, i) => emit.graph.addInitializer(`in${i}`, t));
    const y = emit.op("femto.LutLayer", values, { strict: true });
    emit.graph.addOutput(y);
    return runReference(new Model(emit.graph), {});
  };
  const flat = (tables: number, entries: number) => f32([tables, entries], new Array(tables * entries).fill(0));

  it.each([
    ["eleven inputs", () => layer([1, 11], flat(1, 2048), inOrder(1, 11)), "shape.lut"],
    ["no inputs", () => layer([1, 1], flat(1, 1), reshaped(i64([]), [1, 0])), "shape.lut"],
    ["entries that are no power of two", () => layer([1, 3], flat(1, 6), inOrder(1, 3)), "shape.lut"],
    ["a mapping of another width", () => layer([1, 3], flat(2, 4), inOrder(2, 3)), "shape.mapping"],
    ["an index out of range", () => layer([1, 3], flat(2, 4), inOrder(2, 2)), "data.index"],
    ["features that are no slots", () => layer([1, 5], flat(2, 4)), "shape.lut"],
    ["a number that is no bit", () => layer([1, 4], flat(2, 4), inOrder(2, 2), [0, 0.5, 1, 1]), "data.bits"],
    ["NaN", () => layer([1, 4], flat(2, 4), inOrder(2, 2), [0, Number.NaN, 1, 1]), "data.bits"],
  ])("%s", (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});
