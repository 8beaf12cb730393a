import { expect, test } from "vitest";
import { counterPlan } from "./counter-plan.ts";

const tables = (inputs: number, widest: 4 | 6) =>
  counterPlan(inputs, widest).reduce((sum, { outputs }) => sum + outputs, 0);

test("a table for each bit fewer, or two where tables have four inputs", () => {
  // 46 bits become six: 40 fewer. Full adders alone would take 80 tables and half adders 9 more.
  expect([46, 50].map((inputs) => tables(inputs, 6))).toEqual([42, 45]);
  expect([46, 50].map((inputs) => tables(inputs, 4))).toEqual([82, 90]);
  for (const inputs of [2, 3, 5, 8, 13, 100]) {
    const fewer = inputs - Math.floor(Math.log2(inputs)) - 1;
    expect(tables(inputs, 6)).toBeGreaterThanOrEqual(fewer);
    expect(tables(inputs, 6)).toBeLessThanOrEqual(tables(inputs, 4));
  }
});

test("one bit counts itself; no counter takes more bits than its tables have inputs", () => {
  expect(counterPlan(1, 6)).toEqual([]);
  for (const widest of [4, 6] as const) {
    for (const inputs of [7, 31, 47]) {
      expect(Math.max(...counterPlan(inputs, widest).map(({ low, high }) => low + high))).toBeLessThanOrEqual(widest);
    }
  }
});
