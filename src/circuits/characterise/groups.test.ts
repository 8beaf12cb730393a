import fc from "fast-check";
import { expect, test } from "vitest";
import { Rng } from "../../base/rng.ts";
import {
  drawTransition,
  drawValue,
  transitionGroup,
  transitionGroups,
  transitionKey,
  valueGroup,
  valueGroups,
  valueKey,
} from "./groups.ts";
import { behaviouralEnergy, hammingDistance, popcount } from "./hamming.ts";

const widths = { activationBits: 8, weightBits: 8, accumulatorBits: 22 };

test("worked example: w = −2 and w = 0, a 33 → 34, p 1000 → −1000", () => {
  expect(hammingDistance(33, 34, 8)).toBe(2);
  expect(hammingDistance(-66, -68, 16)).toBe(1);
  expect(hammingDistance(1000, -1000, 22)).toBe(18);
  expect(hammingDistance(934, -1068, 22)).toBe(15);
  const [from, to] = [
    { a: 33, p: 1000 },
    { a: 34, p: -1000 },
  ];
  expect(behaviouralEnergy(-2, from, to, widths)).toBe(2 + 1 + 18 + 15);
  expect(behaviouralEnergy(0, from, to, widths)).toBe(2 + 0 + 18 + 18);
  const only = { activation: 0, product: 0, partialSum: 0, output: 1 };
  expect(behaviouralEnergy(-2, from, to, widths, only)).toBe(15);
});

test("popcount counts", () => {
  fc.assert(fc.property(fc.integer(), (x) => popcount(x) === (x >>> 0).toString(2).replaceAll("0", "").length));
});

test("keys of values", () => {
  const key = (p: number) => Object.values(valueKey(p));
  expect(key(0)).toEqual([0, 0, 0]);
  expect(key(5)).toEqual([0, 3, 0]);
  expect(key(-1)).toEqual([1, 0, 0]);
  expect(key(1000)).toEqual([0, 10, 1]);
  expect(key(-1000)).toEqual([1, 10, 1]);
});

test("keys of transitions", () => {
  expect(transitionKey(5, 6, 22)).toEqual({ highestBit: 1, distance: 2 });
  expect(transitionKey(7, 7, 22)).toBeUndefined();
  expect(transitionKey(0, -1, 22)).toEqual({ highestBit: 21, distance: 22 });
  // 1 + 22·23/2 groups can occur: the distance is at most the highest bit + 1.
  const groups = new Set<number>();
  for (let highest = 0; highest < 22; highest++) {
    for (let distance = 1; distance <= highest + 1; distance++) {
      groups.add(transitionGroup(0, 2 ** highest + 2 ** (distance - 1) - 1, 22));
    }
  }
  expect(groups.size).toBe(253);
});

test("what is drawn from a group lies in it, and draws reach all of it", () => {
  const rng = new Rng(1);
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 21), max: 2 ** 21 - 1 }), (p) => {
      const group = valueGroup(p);
      expect(group).toBeLessThan(valueGroups(21));
      expect(valueGroup(drawValue(group, rng))).toBe(group);
    }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: -(2 ** 21), max: 2 ** 21 - 1 }),
      fc.integer({ min: -(2 ** 21), max: 2 ** 21 - 1 }),
      (p, next) => {
        const group = transitionGroup(p, next, 22);
        expect(group).toBeLessThan(transitionGroups(22));
        const [from, to] = drawTransition(group, 22, rng);
        expect(transitionGroup(from, to, 22)).toBe(group);
        expect(Math.max(Math.abs(from), Math.abs(to))).toBeLessThanOrEqual(2 ** 21);
      },
    ),
  );
  // 4-bit positive numbers with a dense magnitude: 11 to 15 without 12, or 1011, 1101, 1110, 1111.
  const drawn = new Set(Array.from({ length: 200 }, () => drawValue(valueGroup(15), rng)));
  expect([...drawn].sort((a, b) => a - b)).toEqual([11, 13, 14, 15]);
});
