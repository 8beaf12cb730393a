/** @file Points of a curve: none that could be read is left out, and there are never more than asked for. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { worthMeasuring } from "./curve.ts";

const point = fc.record({ accuracy: fc.integer({ min: 0, max: 20 }), saving: fc.integer({ min: -5, max: 20 }) });

it("keeps the front, in the order of the steps", () => {
  const points = [
    { accuracy: 90, saving: 10 },
    { accuracy: 80, saving: 5 },
    { accuracy: 70, saving: 40 },
    { accuracy: 85, saving: 30 },
    { accuracy: 85, saving: 29 },
  ];
  expect(worthMeasuring(points)).toEqual([points[0], points[2], points[3]]);
  expect(worthMeasuring([])).toEqual([]);
});

it("leaves out only what another one beats, unless they are too many: then the ends stay", () => {
  fc.assert(
    fc.property(fc.array(point, { maxLength: 40 }), fc.integer({ min: 2, max: 9 }), (points, most) => {
      const all = worthMeasuring(points, Number.POSITIVE_INFINITY);
      for (const one of points) {
        const isBeaten = all.some(({ accuracy, saving }) => accuracy >= one.accuracy && saving >= one.saving);
        expect(isBeaten).toBe(true);
      }
      for (const one of all) {
        expect(all.filter(({ accuracy, saving }) => accuracy >= one.accuracy && saving >= one.saving)).toEqual([one]);
      }
      const few = worthMeasuring(points, most);
      expect(few).toHaveLength(Math.min(most, all.length));
      expect(all).toEqual(expect.arrayContaining(few));
      const ends = (list: typeof few) => [
        Math.max(...list.map(({ saving }) => saving)),
        Math.max(...list.map(({ accuracy }) => accuracy)),
      ];
      expect(ends(few)).toEqual(ends(all));
    }),
  );
});
