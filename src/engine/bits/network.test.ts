import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FemtoError } from "../../base/errors.ts";
import { fromJson, toJson } from "./json.ts";
import { byteThreshold, type LutNetwork, packTables, tableBit, tableOf, valueOfByte } from "./network.ts";
import { mnistShape, randomNetwork, randomSamples } from "./random-network.ts";
import { classifyReference, evaluate } from "./reference.ts";
import { validated } from "./validate.ts";

/** XOR of two thresholds beside AND of them; three classes would need padding. */
const small: LutNetwork = {
  input: { dtype: "uint8", features: 2 },
  encoder: { feature: Uint32Array.of(0, 1), threshold: Float64Array.of(10, 20) },
  layers: [{ n: 2, mapping: Uint32Array.of(0, 1, 1, 0), tables: Uint32Array.of(0b0110, 0b1000) }],
  classes: 2,
};

test("thresholds are strict, the first input counts least, equal sums give the first class", () => {
  const classOf = (...sample: number[]) => evaluate(small, sample);
  expect(classOf(11, 20)).toEqual({ layers: [Uint8Array.of(1, 0), Uint8Array.of(1, 0)], sums: [1, 0], class: 0 });
  expect(classOf(11, 21)).toMatchObject({ sums: [0, 1], class: 1 });
  expect(classOf(10, 20)).toMatchObject({ sums: [0, 0], class: 0 });
  expect(classifyReference(small, Uint8Array.of(11, 21, 0, 0))).toEqual(Uint8Array.of(1, 0));
  // Address 1 is input 0 alone.
  const layer = { n: 2, mapping: Uint32Array.of(0, 1), tables: Uint32Array.of(0b0010) };
  expect(evaluate({ ...small, layers: [layer], classes: 1 }, [255, 0]).sums).toEqual([1]);
});

test("packed tables: entries above zero are ones, for every n", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 3 }), fc.nat(), (n, count, seed) => {
      const entries = Array.from(
        { length: count * 2 ** n },
        (_, i) => ((Math.imul(i + seed, 0x9e3779b1) >>> 7) % 5) - 2,
      );
      const layer = { n, mapping: new Uint32Array(count * n), tables: packTables(entries, n) };
      const wrong = entries.filter((entry, i) => {
        const [j, address] = [Math.floor(i / 2 ** n), i % 2 ** n];
        const bit = entry > 0 ? 1 : 0;
        return tableBit(layer, j, address) !== bit || Number((tableOf(layer, j) >> BigInt(address)) & 1n) !== bit;
      });
      expect(wrong).toEqual([]);
    }),
  );
});

const bytes = Array.from({ length: 256 }, (_, byte) => byte);

test("byte thresholds answer as the float32 comparison does, for every byte", () => {
  const affine = fc.record({
    scale: fc.float({ min: Math.fround(1e-4), max: 10, noNaN: true }),
    offset: fc.float({ min: -5, max: 5, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.option(affine, { nil: undefined }),
      fc.nat({ max: 255 }),
      fc.double({ noNaN: true }),
      (map, at, free) => {
        const input = { dtype: "uint8" as const, features: 1, ...(map !== undefined && { affine: map }) };
        for (const threshold of [free, valueOfByte(input, at), Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
          const raw = byteThreshold(input, threshold);
          expect(bytes.filter((byte) => byte > raw !== valueOfByte(input, byte) > threshold)).toEqual([]);
        }
      },
    ),
  );
});

test("random networks keep to their shape, and read back from JSON as they were", () => {
  const network = randomNetwork({ ...mnistShape, layers: [60, 20] }, 7);
  expect(network.encoder.feature.length).toBe(994);
  expect(new Set(network.encoder.feature).size).toBeGreaterThan(500);
  const uses = new Map<number, number>();
  for (const bit of randomNetwork(mnistShape, 1).layers[1]!.mapping) uses.set(bit, (uses.get(bit) ?? 0) + 1);
  expect(new Set(uses.values())).toEqual(new Set([3]));
  expect(fromJson(JSON.parse(JSON.stringify(toJson(network))))).toEqual(network);
  expect(toJson(randomNetwork({ ...mnistShape, layers: [60, 20] }, 7))).toEqual(toJson(network));
  expect(randomSamples(network.input, 3, 1).length).toBe(3 * 784);
});

test("infinite thresholds survive JSON", () => {
  const threshold = Float64Array.of(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const network = { ...small, padding: 0, encoder: { ...small.encoder, threshold } };
  expect(fromJson(JSON.parse(JSON.stringify(toJson(network))))).toEqual(network);
});

test.each([null, "", "x", [], true])("a threshold of %j in a file is no number", (value) => {
  const file = toJson(small);
  const encoder = { ...file.encoder, threshold: [value, 1] };
  expect(() => fromJson({ ...file, encoder })).toThrow(
    expect.objectContaining({
      code: "bits.threshold",
      where: "lookup-table network › lookup-table network › encoder › bit 0",
    }),
  );
});

describe("one error for what is wrong", () => {
  const layer = small.layers[0]!;
  const cases: [string, string, Partial<LutNetwork>][] = [
    ["bits.dtype", "input", { input: { dtype: "int8" as "uint8", features: 2 } }],
    ["bits.count", "input", { input: { dtype: "uint8", features: 0 } }],
    ["bits.affine", "input", { input: { dtype: "uint8", features: 2, affine: { scale: -1, offset: 0 } } }],
    ["bits.encoder", "encoder", { encoder: { feature: new Uint32Array(0), threshold: new Float64Array(0) } }],
    ["bits.index", "encoder › bit 1", { encoder: { ...small.encoder, feature: Uint32Array.of(0, 2) } }],
    ["bits.threshold", "encoder › bit 0", { encoder: { ...small.encoder, threshold: Float64Array.of(Number.NaN, 1) } }],
    ["bits.inputs", "layer 1", { layers: [{ ...layer, n: 11 }] }],
    ["bits.inputs", "layer 1", { layers: [{ ...layer, n: 0 }] }],
    ["bits.mapping", "layer 1", { layers: [{ ...layer, mapping: Uint32Array.of(0, 1, 0) }] }],
    ["bits.tables", "layer 1", { layers: [{ ...layer, tables: Uint32Array.of(1) }] }],
    ["bits.index", "layer 1 › table 1 › input 0", { layers: [{ ...layer, mapping: Uint32Array.of(0, 1, 2, 0) }] }],
    [
      "bits.index",
      "layer 2 › table 0 › input 1",
      { layers: [layer, { ...layer, mapping: Uint32Array.of(0, 2, 0, 0) }] },
    ],
    ["bits.groups", "output", { classes: 3 }],
    ["bits.groups", "output", { padding: 1 }],
    ["bits.count", "output", { padding: -2 }],
    ["bits.classes", "output", { classes: 257 }],
  ];

  test.each(cases)("%s at %s", (code, where, change) => {
    const caught = (() => {
      try {
        validated({ ...small, ...change });
      } catch (error) {
        return error;
      }
      return undefined;
    })();
    expect(caught).toBeInstanceOf(FemtoError);
    expect(caught).toMatchObject({ code, where: `lookup-table network › ${where}` });
  });

  test("groups: the padding that would do is named", () => {
    expect(() => validated({ ...small, classes: 3 })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("padding: 1") }),
    );
    expect(validated({ ...small, classes: 3, padding: 1 }).padding).toBe(1);
  });

  test("files: schema, digits of a table, indices, parts", () => {
    const file = toJson(small);
    expect(() => fromJson({ schema: "x" }, "net.json")).toThrow(
      expect.objectContaining({ code: "bits.json", where: "net.json" }),
    );
    expect(() => fromJson(null)).toThrow(expect.objectContaining({ code: "bits.json" }));
    expect(() => fromJson({ ...file, layers: undefined })).toThrow(expect.objectContaining({ code: "bits.json" }));
    const wrong = (change: object) => () => fromJson({ ...file, layers: [{ ...file.layers[0], ...change }] });
    expect(wrong({ tables: ["6", "g"] })).toThrow(
      expect.objectContaining({ where: expect.stringContaining("table 1") }),
    );
    expect(wrong({ mapping: [0, 1, -1, 0] })).toThrow(
      expect.objectContaining({ where: expect.stringContaining("mapping[2]") }),
    );
    expect(wrong({ n: 11 })).toThrow(expect.objectContaining({ code: "bits.inputs", expected: "1 to 10", got: "11" }));
    expect(wrong({ mapping: undefined })).toThrow(expect.objectContaining({ code: "bits.json" }));
  });
});
