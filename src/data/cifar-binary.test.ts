import { expect, test } from "vitest";
import { parseCifar } from "./cifar-binary.ts";

/** A record as the page of CIFAR describes it: labels, then three planes, here of one value each. */
function record(labels: number[], red: number, green: number, blue: number): Buffer {
  const plane = (value: number) => Buffer.alloc(1024, value);
  return Buffer.concat([Buffer.from(labels), plane(red), plane(green), plane(blue)]);
}

test("CIFAR-10: one label byte", () => {
  const second = record([3], 4, 5, 6);
  second[1 + 1024 + 33] = 99; // green, row 1, column 1
  const { images, labels, coarse } = parseCifar(Buffer.concat([record([9], 1, 2, 3), second]), "x.bin");
  expect(images.dims).toEqual([2, 3, 32, 32]);
  expect([...(labels.data as Int32Array)]).toEqual([9, 3]);
  expect(coarse).toBeUndefined();
  const at = (n: number, c: number, y: number, x: number) => images.data[((n * 3 + c) * 32 + y) * 32 + x];
  expect([at(0, 0, 0, 0), at(0, 1, 31, 31), at(0, 2, 7, 5)]).toEqual([1, 2, 3]);
  expect([at(1, 0, 1, 1), at(1, 1, 1, 1), at(1, 1, 1, 2), at(1, 2, 1, 1)]).toEqual([4, 99, 5, 6]);
});

test("CIFAR-100: coarse, then fine label", () => {
  const { labels, coarse } = parseCifar(Buffer.concat([record([19, 99], 0, 0, 0), record([0, 42], 0, 0, 0)]), "x", 2);
  expect([...(labels.data as Int32Array)]).toEqual([99, 42]);
  expect([...(coarse!.data as Int32Array)]).toEqual([19, 0]);
});

test.each([
  ["empty", Buffer.alloc(0), 1, "cifar.size"],
  ["cut off", record([1], 0, 0, 0).subarray(0, 3000), 1, "cifar.size"],
  ["other variant", record([1, 1], 0, 0, 0), 1, "cifar.size"],
  ["label 10", record([10], 0, 0, 0), 1, "cifar.label"],
  ["fine label 100", record([1, 100], 0, 0, 0), 2, "cifar.label"],
  ["coarse label 20", record([20, 1], 0, 0, 0), 2, "cifar.label"],
] as const)("refused: %s", (_, bytes, labelBytes, code) => {
  expect(() => parseCifar(bytes, "x.bin", labelBytes)).toThrow(
    expect.objectContaining({ code, where: expect.stringContaining("x.bin"), hint: expect.any(String) }),
  );
});
