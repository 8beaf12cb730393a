import { expect, test } from "vitest";
import { f32, tensor } from "../base/tensor.ts";
import { contentChecksum, count, dataset, exampleShape } from "./dataset.ts";
import { classCounts, measureNormalisation, summarise } from "./summary.ts";

const data = dataset({
  name: "made",
  split: "train",
  inputs: tensor("uint8", [2, 2, 1, 2], [0, 255, 10, 10, 255, 0, 10, 10]),
  labels: tensor("int32", [2], [2, 2]),
  classes: 4,
  source: "test",
  notes: ["a note"],
});

test("counts, range, sizes", () => {
  expect([count(data), exampleShape(data), classCounts(data)]).toEqual([2, [2, 1, 2], [0, 0, 2, 0]]);
  expect(summarise(data)).toMatchObject({
    examples: 2,
    inputs: "uint8[2, 2, 1, 2]",
    labels: "int32[2]",
    least: 0,
    greatest: 255,
    bytes: 16,
    notes: ["a note"],
  });
});

test("mean and deviation per channel; a constant channel gets deviation 1", () => {
  const { mean, std, scale } = measureNormalisation(data, 1 / 255);
  expect(scale).toBe(1 / 255);
  expect(mean).toEqual([0.5, expect.closeTo(10 / 255, 12)]);
  expect(std).toEqual([0.5, 1]);
  const table = measureNormalisation({ inputs: f32([3, 2], [1, 7, 2, 7, 3, 7]) });
  expect(table).toEqual({ scale: 1, mean: [2, 7], std: [expect.closeTo(Math.sqrt(2 / 3), 12), 1] });
});

test("the checksum depends on type, shape, contents and labels", () => {
  const inputs = tensor("uint8", [2, 2], [1, 2, 3, 4]);
  const labels = tensor("int32", [2], [0, 1]);
  const sums = [
    contentChecksum(inputs),
    contentChecksum(inputs, labels),
    contentChecksum({ ...inputs, dims: [1, 4] }),
    contentChecksum({ ...inputs, dtype: "bool" }),
    contentChecksum(tensor("uint8", [2, 2], [1, 2, 4, 3])),
    contentChecksum(inputs, tensor("int32", [2], [1, 0])),
  ];
  expect(new Set(sums).size).toBe(sums.length);
  // sha256sum of "uint8[2,2]\n" and the bytes 1 2 3 4
  expect(sums[0]).toBe("c5fc8d1ac692189875e0a16519c4598c0f19b54124f83b764adf5b90c581099b");
});
