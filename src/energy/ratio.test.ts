import fc from "fast-check";
import { expect, test } from "vitest";
import { ratioOf } from "./ratio.ts";

const price = fc.tuple(fc.double({ min: 0.01, max: 10, noNaN: true }), fc.double({ min: 1, max: 8, noNaN: true }));
const quantity = fc.oneof(fc.constant(0), fc.double({ min: 0.1, max: 1e6, noNaN: true }));

test("the extremes are those of all corners of the box of prices", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(price, quantity, quantity), { minLength: 1, maxLength: 7 }), (entries) => {
      fc.pre(entries.some(([, , below]) => below > 0));
      const uses = entries.map(([[lo, factor]], i) => ({
        id: `${i}`,
        energy: { lo, mid: lo * Math.sqrt(factor), hi: lo * factor },
      }));
      const above = new Map(entries.map(([, quantity], i) => [`${i}`, quantity]));
      const below = new Map(entries.map(([, , quantity], i) => [`${i}`, quantity]));
      const corners = Array.from({ length: 2 ** uses.length }, (_, corner) => {
        const at = (paid: Map<string, number>) =>
          uses.reduce(
            (sum, { id, energy }, i) => sum + paid.get(id)! * ((corner >> i) % 2 === 0 ? energy.lo : energy.hi),
            0,
          );
        return at(above) / at(below);
      });
      const { lo, hi } = ratioOf(above, below, uses);
      expect(lo / Math.min(...corners) || 1).toBeCloseTo(1, 9);
      expect(hi / Math.max(...corners) || 1).toBeCloseTo(1, 9);
    }),
  );
});
