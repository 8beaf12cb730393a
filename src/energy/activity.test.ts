/** Activity: every statistic against a direct loop, batches that do not matter, JSON and back, and what follows from codes. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../base/rng.ts";
import { f32, rowsOf, type Tensor, tensor } from "../base/tensor.ts";
import { Model } from "../graph/model.ts";
import { loadMachine } from "../machines/index.ts";
import { Emit } from "../operators/index.ts";
import {
  ActivityRecorder,
  assumedActivity,
  bill,
  type CodeGrid,
  countWork,
  readActivity,
  spikesOf,
  uniformWidths,
  type ValueActivity,
  watchedInputs,
} from "./index.ts";

const text = "a test";

function record(data: Tensor, cuts: readonly number[] = [data.dims[0]!], grid?: CodeGrid): ValueActivity {
  const recorder = new ActivityRecorder([{ value: "x", ...(grid && { grid }) }], { text });
  let from = 0;
  for (const size of cuts) {
    recorder.add({ x: rowsOf(data, from, from + size) }, size);
    from += size;
  }
  return recorder.finish().values.x!;
}

/** The same statistics the slow, obvious way: one pass over rows and columns for each. */
function direct(rows: readonly (readonly number[])[], bits: number) {
  const all = rows.flat();
  const bit = (code: number, b: number) => Math.floor((((code % 2 ** bits) + 2 ** bits) % 2 ** bits) / 2 ** b) % 2;
  const share = (pairs: readonly (readonly [number, number])[]) =>
    Array.from({ length: bits }, (_, b) => pairs.filter(([p, q]) => bit(p, b) !== bit(q, b)).length / pairs.length);
  const neighbours = rows.flatMap((row) => row.slice(1).map((code, i) => [row[i]!, code] as const));
  const successors = rows.slice(1).flatMap((row, r) => row.map((code, i) => [rows[r]![i]!, code] as const));
  return {
    zeros: all.filter((code) => code === 0).length / all.length,
    mean: all.reduce((sum, code) => sum + code, 0) / all.length,
    ones: Array.from({ length: bits }, (_, b) => all.filter((code) => bit(code, b) === 1).length / all.length),
    elements: share(neighbours),
    samples: share(successors),
    countOf: (code: number) => all.filter((found) => found === code).length,
  };
}

/** Rows of random codes, many of them zero. */
const codeRows = (bits: number, isSigned: boolean) => {
  const [least, most] = isSigned ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  const code = fc.oneof(fc.constant(0), fc.integer({ min: least, max: most }));
  return fc
    .integer({ min: 2, max: 9 })
    .chain((width) => fc.array(fc.array(code, { minLength: width, maxLength: width }), { minLength: 2, maxLength: 8 }));
};

const close = (found: readonly number[] | undefined, wanted: readonly number[]) => {
  expect(found).toHaveLength(wanted.length);
  found!.forEach((share, i) => {
    expect(share).toBeCloseTo(wanted[i]!, 12);
  });
};

describe("codes against direct loops", () => {
  test.each([
    ["uint8", 8, false],
    ["int8", 8, true],
    ["uint8", 3, false],
    ["int8", 4, true],
    ["uint16", 11, false],
    ["int32", 20, true],
  ] as const)("%s holding %i bits, signed %s", (dtype, bits, isSigned) => {
    fc.assert(
      fc.property(codeRows(bits, isSigned), (rows) => {
        const found = record(tensor(dtype, [rows.length, rows[0]!.length], rows.flat()), undefined, { bits, isSigned });
        const wanted = direct(rows, bits);
        expect(found.zeros).toBeCloseTo(wanted.zeros, 12);
        expect(found.mean).toBeCloseTo(wanted.mean, 9);
        expect([found.least, found.most]).toEqual([Math.min(...rows.flat()), Math.max(...rows.flat())]);
        expect(found.elements).toBe(rows[0]!.length);
        close(found.codes!.ones, wanted.ones);
        close(found.codes!.toggles.elements, wanted.elements);
        close(found.codes!.toggles.samples, wanted.samples);
        const { histogram } = found.codes!;
        expect(histogram === undefined).toBe(bits > 16);
        histogram?.counts.forEach((count, i) => {
          expect(count).toBe(wanted.countOf(histogram.least + i));
        });
        expect(histogram?.counts.reduce((sum, count) => sum + count, 0) ?? rows.flat().length).toBe(rows.flat().length);
      }),
      { numRuns: bits > 8 ? 10 : 40 },
    );
  });

  test("it does not matter how examples are cut into batches", () => {
    const cutRows = codeRows(8, false).chain((rows) =>
      fc.record({ rows: fc.constant(rows), cut: fc.nat(rows.length) }),
    );
    fc.assert(
      fc.property(cutRows, ({ rows, cut }) => {
        const data = tensor("uint8", [rows.length, rows[0]!.length], rows.flat());
        const cuts = [cut, rows.length - cut].filter((size) => size > 0);
        expect(record(data, cuts)).toEqual(record(data));
      }),
    );
  });

  test("floats on a grid become codes as QuantizeLinear makes them: half to even, then the zero point", () => {
    const grid = { bits: 4, isSigned: false, scale: 0.5, zero: 2 };
    const found = record(f32([2, 3], [-1, 0.25, 0.75, 0, 1.25, 1.5]), undefined, grid);
    // −1 → 0, 0.25 → 0.5 → 0, 0.75 → 1.5 → 2, 0, 1.25 → 2.5 → 2, 1.5 → 3
    expect(found.codes!.histogram).toEqual({ least: 0, counts: [1, 0, 2, 0, 2, 1] });
    expect(found.zeros).toBeCloseTo(2 / 6, 12);
  });

  test("floats beyond the grid are cut to it", () => {
    const found = record(f32([1, 4], [-9, 0, 3, 99]), undefined, { bits: 2, isSigned: false, scale: 1 });
    expect(found.codes!.histogram).toEqual({ least: 0, counts: [2, 0, 0, 2] });
    expect(() => record(f32([1, 1], [Number.NaN]), undefined, { bits: 2, isSigned: false, scale: 1 })).toThrow(
      expect.objectContaining({ code: "activity.nan" }),
    );
  });

  test("one example has no successor, one element no neighbour", () => {
    expect(record(tensor("uint8", [1, 4], [1, 2, 3, 4])).codes!.toggles).toEqual({ elements: expect.any(Array) });
    expect(record(tensor("uint8", [4, 1], [1, 2, 3, 4])).codes!.toggles).toEqual({ samples: expect.any(Array) });
  });
});

test("floats: shares of zeros, extremes, and bins that lose nobody", () => {
  const random = new Rng(7);
  const values = Float32Array.from({ length: 6000 }, (_, i) =>
    i % 3 === 0 ? 0 : random.normal() * 10 ** random.normal(),
  );
  const found = record(f32([60, 100], values), [13, 47]);
  expect(found.zeros).toBe(values.filter((x) => x === 0).length / 6000);
  expect([found.least, found.most]).toEqual([Math.min(...values), Math.max(...values)]);
  expect(found.mean).toBeCloseTo(values.reduce((sum, x) => sum + x, 0) / 6000, 9);
  expect(found.bins!.reduce((sum, { count }) => sum + count, 0)).toBe(6000);
  for (const [i, { from, to, count }] of found.bins!.entries()) {
    expect(from).toBeLessThan(to);
    if (i > 0) expect(from).toBeGreaterThanOrEqual(found.bins![i - 1]!.to);
    const inside = from >= 0 ? (x: number) => x >= from && x < to : (x: number) => x > from && x <= to && x < 0;
    expect(values.filter(inside)).toHaveLength(count);
    // four bins an octave, so a bin is at most a quarter of its lower end wide
    if (from > 0) expect(to / from).toBeLessThanOrEqual(1.25);
  }
  expect(found.codes).toBeUndefined();
});

test("infinities of a mask count as elements, but not in the mean", () => {
  const found = record(f32([1, 4], [-Infinity, -0, 2, 4]));
  expect(found).toMatchObject({ zeros: 0.25, least: -0, most: 4, mean: 2 });
  expect(JSON.parse(JSON.stringify(found)).bins).toHaveLength(4);
});

describe("refused", () => {
  const watch = (grid?: CodeGrid) => new ActivityRecorder([{ value: "x", ...(grid && { grid }) }], { text });

  test("NaN, a code outside of its grid, examples of unequal size, a grid too wide", () => {
    expect(() => watch().add({ x: f32([2, 2], [0, 1, 2, Number.NaN]) }, 2)).toThrow(
      expect.objectContaining({ code: "activity.nan", where: "value x › element 1" }),
    );
    const grid = { bits: 4, isSigned: false };
    expect(() => watch(grid).add({ x: tensor("uint8", [1, 1], [16]) }, 1)).toThrow(
      expect.objectContaining({ code: "activity.code", expected: "unsigned codes of 4 bits", got: "16" }),
    );
    expect(() => watch().add({ x: f32([3, 1], [1, 2, 3]) }, 2)).toThrow(
      expect.objectContaining({ code: "activity.shape" }),
    );
    const recorder = watch();
    recorder.add({ x: f32([2, 2], [1, 2, 3, 4]) }, 2);
    expect(() => recorder.add({ x: f32([2, 3], [1, 2, 3, 4, 5, 6]) }, 2)).toThrow(
      expect.objectContaining({ code: "activity.shape", expected: "2 an example" }),
    );
    expect(() => watch({ bits: 40, isSigned: true }).add({ x: tensor("int32", [1], [1]) }, 1)).toThrow(
      expect.objectContaining({ code: "activity.grid" }),
    );
  });

  test.each([
    ["no source", { samples: 1, values: {} }],
    ["zeros above one", { source: { kind: "measured", text }, samples: 1, values: { x: { zeros: 1.5 } } }],
    ["an unknown key", { source: { kind: "measured", text }, samples: 1, values: { x: { zeros: 0, zeroes: 1 } } }],
    ["no object", "activity"],
  ])("JSON: %s", (_, found) => {
    expect(() => readActivity(found, "activity.json")).toThrow(
      expect.objectContaining({ code: "energy.activity", where: expect.stringContaining("activity.json") }),
    );
  });
});

test("JSON and back is the same activity", () => {
  const recorder = new ActivityRecorder([{ value: "q" }, { value: "f" }], { text, order: "stream" });
  recorder.add({ q: tensor("int8", [3, 2], [-1, 0, 1, 0, 5, -7]), f: f32([3, 1], [0, 1.5, -2]) }, 3);
  const made = recorder.finish();
  expect(made).toMatchObject({ source: { kind: "measured", text }, samples: 3, order: "stream" });
  expect(readActivity(JSON.parse(JSON.stringify(made)), "memory")).toEqual(made);
});

describe("spikes that say the same as codes", () => {
  const codes = [0, 0, 0, 1, 2, 2, 3, 0, 3, 1];
  const value = record(tensor("uint8", [2, 5], codes), undefined, { bits: 2, isSigned: false });

  test("T = 3", () => {
    const { mean, active, spikeRate, onesPerActivation, eventsPerStep } = spikesOf(value, 3);
    expect(mean).toBeCloseTo(1.2, 12);
    expect(active).toBeCloseTo(0.6, 12);
    expect(spikeRate).toBeCloseTo(0.4, 12);
    // popcounts 0 0 0 1 1 1 2 0 2 1
    expect(onesPerActivation).toBeCloseTo(0.8, 12);
    expect(onesPerActivation).toBeCloseTo(
      value.codes!.ones.reduce((sum, one) => sum + one, 0),
      12,
    );
    close(eventsPerStep, [0.6, 0.4, 0.2]);
    expect(eventsPerStep.reduce((sum, events) => sum + events, 0)).toBeCloseTo(mean, 12);
  });

  test("fewer steps have fewer levels, a zero point shifts, negative codes are silent", () => {
    // of 0 … 3 the upper two are nearer to one spike than to none
    expect(spikesOf(value, 1)).toMatchObject({ spikeRate: expect.closeTo(0.4, 12), active: expect.closeTo(0.4, 12) });
    const shifted = record(tensor("uint8", [1, 5], [2, 2, 3, 4, 0]), undefined, { bits: 3, isSigned: false, zero: 2 });
    expect(spikesOf(shifted, 5)).toMatchObject({ mean: expect.closeTo(0.6, 12), active: expect.closeTo(0.4, 12) });
    const signed = record(tensor("int8", [1, 4], [-3, 0, 1, 1]), undefined, { bits: 3, isSigned: true });
    expect(spikesOf(signed, 3)).toMatchObject({ mean: expect.closeTo(0.5, 12), active: expect.closeTo(0.5, 12) });
  });

  test("a grid with a top of its own: six levels in three bits", () => {
    const grid = { bits: 3, isSigned: false, scale: 1, top: 5 };
    const six = record(f32([1, 4], [0, 1, 5, 9]), undefined, grid);
    expect(six.codes).toMatchObject({ top: 5, histogram: { least: 0, counts: [1, 1, 0, 0, 0, 2] } });
    expect(spikesOf(six, 5)).toMatchObject({ mean: expect.closeTo(11 / 4, 12), active: 0.75 });
  });

  test("floats have no codes to count spikes from", () => {
    expect(() => spikesOf(record(f32([1, 2], [0, 1])), 3, "relu1")).toThrow(
      expect.objectContaining({ code: "energy.activity", where: "relu1" }),
    );
  });
});

describe("what to watch, and what a bill makes of it", () => {
  /** Two layers; the second one's input is codes behind a DequantizeLinear. */
  function quantised() {
    const model = new Model();
    const g = new Emit(model.graph);
    const x = model.graph.addInput("x", { dtype: "float32", dims: [1, 4] });
    const scale = g.constant(f32([], [0.5]));
    const zero = g.constant(tensor("uint8", [], [3]), "zero");
    const hidden = g.op("Relu", [g.matmul(x, g.constant(f32([4, 4], new Array(16).fill(0.5))))]);
    const code = g.op("QuantizeLinear", [hidden, scale, zero]);
    const back = g.op("DequantizeLinear", [code, scale, zero]);
    model.graph.addOutput(g.matmul(back, g.constant(f32([4, 2], new Array(8).fill(1)))));
    return { model, code: code.name, counts: countWork(model) };
  }

  test("inputs of layers; codes with their zero point and bits", () => {
    const { model, code, counts } = quantised();
    expect(watchedInputs(model, counts)).toEqual([
      { value: "x" },
      { value: code, grid: { bits: 8, isSigned: false, zero: 3 } },
    ]);
    const narrow = watchedInputs(model, counts, uniformWidths(counts.layers, 4));
    expect(narrow[1]!.grid).toMatchObject({ bits: 4, zero: 3 });
  });

  test("a machine that skips zeros pays for the share that is not", () => {
    const { code, counts } = quantised();
    const plain = loadMachine("horowitz-45nm-sram8k").text;
    const gating = loadMachine(
      plain.replace("mac_scaling: quadratic", "mac_scaling: quadratic\n    zero_gating: true"),
    );
    const activity = assumedActivity("half of everything", { x: 0.5, [code]: 0.75 });
    const multiplyOf = (options: object) =>
      bill(counts, gating, uniformWidths(counts.layers, 8), { mapping: "once", ...options }).rows.map(
        ({ terms }) => terms.find(({ price }) => price.startsWith("multiplier"))?.quantity,
      );
    const [full, skipped] = [multiplyOf({}), multiplyOf({ activity })];
    const layers = full.flatMap((quantity, i) => (quantity === undefined ? [] : [skipped[i]! / quantity]));
    expect(layers).toEqual([0.5, 0.25]);
  });
});
