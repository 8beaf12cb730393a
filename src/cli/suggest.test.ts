import fc from "fast-check";
import { expect, test } from "vitest";
import { didYouMean, distance, nearest } from "./suggest.ts";

test("distance counts insertions, deletions, replacements and swaps", () => {
  expect(distance("kitten", "sitting")).toBe(3);
  expect(distance("optmiize", "optimize")).toBe(1);
  expect(distance("", "abc")).toBe(3);
});

test("distance is zero for equal words alone, and symmetric", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
      expect(distance(a, b)).toBe(distance(b, a));
      expect(distance(a, b) === 0).toBe(a === b);
    }),
  );
});

test("a near word is suggested, a far one not", () => {
  const known = ["lenet5", "resnet20", "mobilenetV2"];
  expect(nearest("lenet-5", known)).toBe("lenet5");
  expect(nearest("MobileNet_v2", known)).toBe("mobilenetV2");
  expect(nearest("yolo", known)).toBeUndefined();
  expect(didYouMean("resnt20", known)).toBe('did you mean "resnet20"?');
});
