import { describe, expect, it } from "vitest";
import { constant, glorot, he, heOut, initial, normal } from "./initialise.ts";

const fan = { in: 200, out: 50 };
const draw = (how: Parameters<typeof initial>[3], name = "w", seed = 1) =>
  initial(name, [50, 200], fan, how, seed).data as Float32Array;
const deviation = (values: Float32Array) => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
};

describe("initial weights", () => {
  // 10,000 draws: the deviation of the sample deviation is 0.7 % (normal), 0.5 % (uniform).
  it.each([
    ["he", he, Math.sqrt(2 / 200)],
    ["heOut", heOut, Math.sqrt(2 / 50)],
    ["glorot", glorot, Math.sqrt(6 / 250) / Math.sqrt(3)],
    ["normal", normal(0.02), 0.02],
  ])("%s has its deviation", (_, how, expected) => {
    expect(Math.abs(deviation(draw(how)) / expected - 1)).toBeLessThan(0.03);
  });

  it("keeps glorot in its bounds", () => {
    expect(Math.max(...draw(glorot).map(Math.abs))).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / 250)));
  });

  it("gives a tensor the same values whatever else a network holds, and others to another name or seed", () => {
    expect(draw(he)).toEqual(draw(he));
    expect(draw(he, "v")).not.toEqual(draw(he));
    expect(draw(he, "w", 2)).not.toEqual(draw(he));
    expect(draw(constant(3)).every((value) => value === 3)).toBe(true);
  });
});
