import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convMacs } from "./convolution.ts";
import { bufferNeed, costOf, countRowStationary } from "./count.ts";
import {
  type ConvShape,
  convOfGemm,
  eyeriss,
  eyerissCost,
  levels,
  mapRowStationary,
  operandAccesses,
  partialSumAccesses,
  weigh,
} from "./index.ts";
import { setsThatFit } from "./machine.ts";
import { foldFilters } from "./search.ts";

const bits = { input: 16, partialSum: 16 };

test("the reuse formulas with 200 : 6 : 2 : 1 (sheet, check 2)", () => {
  const reuse = { a: 1, b: 2, c: 3, d: 4 };
  const once = { a: 1, b: 1, c: 1, d: 1 };
  const values = [operandAccesses(reuse), partialSumAccesses(reuse), operandAccesses(once), partialSumAccesses(once)];
  expect(values.map((counts) => weigh(counts, eyerissCost))).toEqual([248, 256, 209, 200]);
});

/** AlexNet's convolutions for a batch of 4, and the parameters that fill the Eyeriss chip with them. */
const conv = (C: number, M: number, R: number, E: number, H: number, U = 1, groups = 1): ConvShape => ({
  N: 4,
  C,
  M,
  R,
  S: R,
  E,
  F: E,
  H,
  W: H,
  U,
  V: U,
  groups,
});
const alexnet = {
  conv1: {
    shape: conv(3, 96, 11, 55, 227, 4),
    parameters: { m: 96, n: 1, e: 7, p: 16, q: 1, r: 1, t: 2 },
    active: 154,
  },
  conv2: {
    shape: conv(48, 128, 5, 27, 27, 1, 2),
    parameters: { m: 64, n: 1, e: 27, p: 16, q: 2, r: 1, t: 1 },
    active: 135,
  },
  conv3: { shape: conv(256, 384, 3, 13, 13), parameters: { m: 64, n: 4, e: 13, p: 16, q: 4, r: 1, t: 4 }, active: 156 },
  conv4: {
    shape: conv(192, 192, 3, 13, 13, 1, 2),
    parameters: { m: 64, n: 4, e: 13, p: 16, q: 3, r: 2, t: 2 },
    active: 156,
  },
  conv5: {
    shape: conv(192, 128, 3, 13, 13, 1, 2),
    parameters: { m: 64, n: 4, e: 13, p: 16, q: 3, r: 2, t: 2 },
    active: 156,
  },
};

describe("AlexNet on the Eyeriss array", () => {
  test.each(Object.entries(alexnet))(
    "%s: the set fits, every use is accounted for",
    (_, { shape, parameters, active }) => {
      const counts = countRowStationary(shape, eyeriss, parameters, bits);
      expect(counts.activeElements).toBe(active);
      expect(counts.bufferBits).toBeLessThanOrEqual(eyeriss.bufferBits);
      expect(counts.macs).toBe(convMacs(shape));
      for (const tensor of ["input", "weight", "partialSum"] as const) {
        const { a, b, c, d } = counts.reuse[tensor];
        expect((a * b * c * d * counts.elements[tensor]) / counts.macs).toBeCloseTo(1, 12);
      }
    },
  );

  test("conv1 by hand", () => {
    const { reuse, accesses, cycles, partialSumWrites } = countRowStationary(
      alexnet.conv1.shape,
      eyeriss,
      alexnet.conv1.parameters,
      bits,
    );
    // 8 strips of 35 rows (the last of 27: 6 output rows, 31 … 35 rows needed) for 4 images and 3 channels
    const pixels = 4 * 3 * 227 * (7 * 35 + 31);
    expect(accesses.input.mainMemory).toBe(pixels);
    expect(accesses.input.buffer).toBe(3 * pixels);
    expect(accesses.input.network).toBe(4 * 3 * 227 * 11 * 55 * 6);
    // 4 images × 8 strips load 34 848 weights again
    expect(accesses.weight.mainMemory).toBe(32 * 34_848);
    expect(reuse.weight).toMatchObject({ b: 1, c: 55 / 8, d: 55 });
    // one channel at a time: 3 blocks, 11 rows added over the network, 11 products in each element
    expect(reuse.partialSum).toMatchObject({ a: 1, b: 3, c: 11, d: 11 });
    const outputs = 4 * 96 * 55 * 55;
    expect(accesses.partialSum).toEqual({
      mainMemory: outputs,
      buffer: 4 * outputs,
      network: 30 * outputs,
      registers: 660 * outputs,
    });
    expect(partialSumWrites).toMatchObject({ mainMemory: outputs, buffer: 2 * outputs });
    expect(cycles).toBe(4 * 55 * 8 * 11 * 3 * 48);
  });

  test("main memory accesses per MAC stay near the chip's 0.0029, which compresses activations", () => {
    const counts = Object.values(alexnet).map(({ shape, parameters }) =>
      countRowStationary(shape, eyeriss, parameters, bits),
    );
    const macs = counts.reduce((sum, layer) => sum + layer.macs, 0);
    const of = (tensor: "input" | "weight" | "partialSum") =>
      counts.reduce((sum, layer) => sum + layer.accesses[tensor].mainMemory, 0);
    expect(macs).toBe(2_663_139_456);
    expect(of("weight") / macs).toBeLessThan(0.0029);
    expect((of("input") + of("weight") + of("partialSum")) / macs).toBeCloseTo(0.004, 3);
  });
});

describe("search", () => {
  test.each(Object.entries(alexnet))("%s: no dearer than the parameters of the chip", (_, { shape, parameters }) => {
    const chosen = mapRowStationary({ shape, array: eyeriss, bits });
    expect(costOf(shape, chosen.parameters, eyerissCost)).toBeLessThanOrEqual(costOf(shape, parameters, eyerissCost));
    const { cycles } = mapRowStationary({ shape, array: eyeriss, bits, objective: "cycles" });
    expect(cycles).toBeLessThanOrEqual(countRowStationary(shape, eyeriss, parameters, bits).cycles);
  });

  test("a filter larger than the array or a scratchpad is cut into parts that are summed", () => {
    const patch = { ...conv(3, 192, 16, 14, 224, 16), N: 1 };
    expect(foldFilters(patch, eyeriss)).toMatchObject({ R: 8, S: 8, C: 12 });
    expect(mapRowStationary({ shape: patch, array: eyeriss, bits }).macs).toBe(convMacs(patch));
  });

  test("a fully connected layer streams its weights once for a whole batch", () => {
    const { reuse, elements } = mapRowStationary({
      shape: convOfGemm({ K: 4096, M: 1000, T: 16, groups: 1 }),
      array: eyeriss,
      bits,
    });
    expect(elements.weight).toBe(4_096_000);
    expect(reuse.weight.a).toBe(1);
  });

  test("a buffer that cannot hold one row is one clear message", () => {
    expect(() =>
      mapRowStationary({ shape: alexnet.conv1.shape, array: { ...eyeriss, bufferBits: 1000 }, bits }),
    ).toThrow(
      expect.objectContaining({
        code: "energy.capacity",
        expected: `at least ${16 * (11 * 227 + 55)} bits`,
        got: `1000 bits, ${16 * (11 * 227 + 55) - 1000} too few`,
      }),
    );
  });
});

const size = (max: number) => fc.integer({ min: 1, max });
const shapes = fc
  .record({
    N: size(4),
    C: size(64),
    M: size(64),
    R: size(7),
    S: size(7),
    E: size(28),
    F: size(28),
    stride: size(3),
    groups: size(3),
  })
  .map(
    ({ stride: U, ...sizes }): ConvShape => ({
      ...sizes,
      U,
      V: U,
      H: (sizes.E - 1) * U + sizes.R,
      W: (sizes.F - 1) * U + sizes.S,
    }),
  );

test("no parameters at all are cheaper: tried one by one on a small array", () => {
  const array = { rows: 4, cols: 5, bufferBits: 16 * 60, scratchpads: { input: 6, weight: 12, partialSum: 3 } };
  const range = (most: number) => Array.from({ length: most }, (_, i) => i + 1);
  const small = fc.record({ N: size(3), C: size(4), M: size(5), R: size(3), S: size(3), E: size(4), F: size(3) });
  fc.assert(
    fc.property(small, size(2), (sizes, U) => {
      const shape = { ...sizes, U, V: U, groups: 1, H: (sizes.E - 1) * U + sizes.R, W: (sizes.F - 1) * U + sizes.S };
      const { N, C, M, R, S, E } = shape;
      let least = Number.POSITIVE_INFINITY;
      for (const e of range(E))
        for (const q of range(Math.min(C, Math.floor(array.scratchpads.input / S))))
          for (const p of range(Math.min(M, 3, Math.floor(array.scratchpads.weight / (q * S)))))
            for (const r of range(setsThatFit(array, R, e)))
              for (const t of range(Math.floor(setsThatFit(array, R, e) / r)))
                for (const n of range(N))
                  for (const m of range(M)) {
                    const parameters = { m, n, e, p, q, r, t };
                    if (bufferNeed(shape, parameters, bits) > array.bufferBits) continue;
                    least = Math.min(least, costOf(shape, parameters, eyerissCost));
                  }
      if (least === Number.POSITIVE_INFINITY) return;
      const found = mapRowStationary({ shape, array, bits });
      expect(costOf(shape, found.parameters, eyerissCost)).toBeLessThanOrEqual(least);
    }),
    { numRuns: 60, seed: 2 },
  );
});

test("random layers: counts are whole, not negative, and the search's cost is theirs", () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const counts = mapRowStationary({ shape, array: eyeriss, bits });
      const { accesses, macs, reuse } = counts;
      for (const tensor of Object.values(accesses))
        for (const level of levels)
          if (!(Number.isSafeInteger(tensor[level]) && tensor[level] >= 0)) throw new Error(level);
      expect(macs).toBe(convMacs(shape));
      expect(accesses.input.registers).toBe(macs);
      expect(accesses.weight.registers).toBe(macs);
      for (const { b, c, d } of Object.values(reuse)) for (const part of [b, c, d]) expect(part).toBeGreaterThan(0.999);
      expect(counts.utilisation).toBeLessThanOrEqual(1);
      expect(counts.bufferBits).toBeLessThanOrEqual(eyeriss.bufferBits);
      const total = Object.values(accesses).reduce((sum, tensor) => sum + weigh(tensor, eyerissCost), 0);
      expect(total / costOf(shape, counts.parameters, eyerissCost)).toBeCloseTo(1, 12);
    }),
    { numRuns: 150, seed: 1 },
  );
});
