import fc from "fast-check";
import { expect, test } from "vitest";
import { simulateOutputStationary, simulateWeightStationary } from "./array-simulation.fixture.ts";
import { foldsOf } from "./index.ts";

const size = fc.integer({ min: 1, max: 9 });
const matrix = (rows: number, cols: number, seed: number) =>
  Array.from({ length: rows }, (_, r) =>
    Array.from({ length: cols }, (_, c) => ((r * 31 + c * 17 + seed * 7) % 19) - 9),
  );
const multiply = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]) =>
  a.map((row) => b[0]!.map((_, c) => row.reduce((sum, x, k) => sum + x * b[k]![c]!, 0)));

test("output-stationary: a fold is right after 2R + C + K − 2 cycles", () => {
  fc.assert(
    fc.property(size, size, size, fc.nat(100), (rows, cols, K, seed) => {
      const [a, b] = [matrix(rows, K, seed), matrix(K, cols, seed + 1)];
      const { product, cycles } = simulateOutputStationary(a, b);
      expect(product).toEqual(multiply(a, b));
      const gemm = { K, M: cols, T: rows, groups: 1 };
      expect(cycles).toBe(foldsOf(gemm, { rows, cols }, "output-stationary").cycles);
    }),
    { numRuns: 200, seed: 1 },
  );
});

test("weight-stationary, and input-stationary with the factors exchanged: 2R + C + T − 2", () => {
  fc.assert(
    fc.property(size, size, size, fc.nat(100), (rows, cols, T, seed) => {
      const [a, b] = [matrix(T, rows, seed), matrix(rows, cols, seed + 1)];
      const { product, cycles } = simulateWeightStationary(a, b);
      expect(product).toEqual(multiply(a, b));
      const array = { rows, cols };
      expect(cycles).toBe(foldsOf({ K: rows, M: cols, T, groups: 1 }, array, "weight-stationary").cycles);
      expect(cycles).toBe(foldsOf({ K: rows, M: T, T: cols, groups: 1 }, array, "input-stationary").cycles);
    }),
    { numRuns: 200, seed: 2 },
  );
});
