import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { f32, i64, tensor } from "../base/tensor.ts";
import { count } from "./dataset.ts";
import { writeNpy } from "./npy.ts";
import { writeNpz } from "./npz.ts";
import { classCounts } from "./summary.ts";
import { loadUserData } from "./user-data.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "femto-user-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, contents?: string | Uint8Array): string => {
  const path = join(folder, name);
  if (contents !== undefined) writeFileSync(path, contents);
  return path;
};

const pixels = tensor(
  "uint8",
  [10, 2, 2, 3],
  Array.from({ length: 120 }, (_, i) => i),
);
const ten = i64([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);

test(".npz with x and y: split with a fixed seed, every class in both parts", async () => {
  const path = file("xy.npz");
  writeNpz(path, [["X", pixels], ["y", ten]]); // biome-ignore format: one line
  const { train, test: rest } = await loadUserData(path);
  expect([train.split, rest.split, count(train), count(rest)]).toEqual(["train", "test", 8, 2]);
  expect([classCounts(train), classCounts(rest)]).toEqual([[4, 4], [1, 1]]); // biome-ignore format: one line
  expect(train.inputs.dims).toEqual([8, 2, 2, 3]);
  expect(train.labels!.dtype).toBe("int32");
  expect(train.notes.join()).toContain("seed 0");
  expect((await loadUserData(path)).train.checksum).toBe(train.checksum);
  expect((await loadUserData(path, { seed: 1 })).train.checksum).not.toBe(train.checksum);
  expect(count((await loadUserData(path, { testShare: 0.5 })).test)).toBe(5);
});

test("channels last are turned, grey images get a channel", async () => {
  const path = file("layout.npz");
  writeNpz(path, [["x_train", pixels], ["y_train", ten], ["x_test", pixels], ["y_test", ten]]); // biome-ignore format: one line
  const { train } = await loadUserData(path, { layout: "nhwc" });
  expect(train.inputs.dims).toEqual([10, 3, 2, 2]);
  expect(Array.from(train.inputs.data as Uint8Array).slice(0, 12)).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  const grey = file("grey.npz");
  writeNpz(grey, [["x", tensor("uint8", [10, 2, 6], pixels.data as Uint8Array)], ["y", ten]]); // biome-ignore format: one line
  expect((await loadUserData(grey, { layout: "nhw" })).train.inputs.dims).toEqual([8, 1, 2, 6]);
  await expect(loadUserData(path, { layout: "nhw" })).rejects.toThrow(expect.objectContaining({ code: "data.layout" }));
});

test("own names; a test part that is there is kept; conversions are noted", async () => {
  const path = file("named.npz");
  const inputs = tensor("float64", [2, 1], [0.1, 0.2]);
  writeNpz(path, [["a", inputs], ["b", i64([0, 1])], ["c", inputs], ["d", i64([1, 2])]]); // biome-ignore format: one line
  const { train, test: rest } = await loadUserData(path, { arrays: { x: "a", y: "b", xTest: "c", yTest: "d" } });
  expect(train.inputs).toEqual(f32([2, 1], [0.1, 0.2]));
  expect([train.classes, rest.classes]).toEqual([3, 3]);
  expect(train.notes).toEqual(["inputs: float64 rounded to float32"]);
  await expect(loadUserData(path)).rejects.toThrow(
    expect.objectContaining({ code: "npz.array", got: expect.stringContaining("a float64[2, 1], b int64[2]") }),
  );
  await expect(loadUserData(path, { arrays: { x: "z" } })).rejects.toThrow(
    expect.objectContaining({ code: "npz.array" }),
  );
});

test(".npy with a file of labels", async () => {
  writeNpy(file("x.npy"), f32([10], ten.data as unknown as number[]));
  writeNpy(file("y.npy"), ten);
  const { train } = await loadUserData(file("x.npy"), { labelFile: file("y.npy") });
  expect([train.inputs.dims, train.classes]).toEqual([[8, 1], 2]);
});

test(".csv, gzipped, with names; .tsv; regression", async () => {
  const csv = "a,b,kind\n" + Array.from({ length: 10 }, (_, i) => `${i},${-i},${i % 2 ? "odd" : "even"}\n`).join("");
  const { train } = await loadUserData(file("t.csv.gz", gzipSync(csv)));
  expect([train.name, train.classNames, train.inputs.dims]).toEqual(["t.csv", ["even", "odd"], [8, 2]]);
  expect(train.notes[0]).toBe('labels from column "kind"');
  const values = Array.from({ length: 10 }, (_, i) => `${i}\t${i / 4 + 0.1}\n`).join("");
  const { test: rest } = await loadUserData(file("t.tsv", values));
  expect([rest.classes, rest.labels!.dtype]).toEqual([undefined, "float32"]);
});

test(".txt: a vocabulary, the end for testing", async () => {
  const { train, test: rest } = await loadUserData(file("t.txt", "abcdefghij".repeat(10)));
  expect([count(train), count(rest), train.classes, train.classNames?.[9]]).toEqual([90, 10, 10, "j"]);
});

test.each([
  ["an unknown format", "x.mat", "", {}, "data.format"],
  ["no file", "none.npz", undefined, {}, "file.read"],
  ["NaN", "nan.npy", f32([3, 1], [1, Number.NaN, 2]), {}, "data.nan"],
  ["texts as inputs", "text.npy", tensor("string", [2], ["a", "b"]), {}, "data.dtype"],
  ["one example", "one.npy", f32([1, 2], [1, 2]), {}, "data.split"],
  ["an impossible share", "share.npy", f32([2, 1], [1, 2]), { testShare: 1 }, "option.range"],
] as const)("refused: %s", async (_, name, contents, options, code) => {
  if (typeof contents === "object") writeNpy(file(name), contents);
  const path = file(name, typeof contents === "string" ? contents : undefined);
  await expect(loadUserData(path, options)).rejects.toThrow(expect.objectContaining({ code }));
});

test.each([
  [
    "labels fewer than inputs",
    [
      ["x", pixels],
      ["y", i64([0, 1])],
    ],
    "data.length",
  ],
  [
    "one class",
    [
      ["x", pixels],
      ["y", i64(new Array(10).fill(1))],
    ],
    "data.one-class",
  ],
  [
    "parts of two shapes",
    [
      ["x_train", f32([2, 1], [1, 2])],
      ["x_test", f32([1, 2], [1, 2])],
    ],
    "data.shape",
  ],
  [
    "labels in one part",
    [
      ["x_train", pixels],
      ["x_test", pixels],
      ["y_train", ten],
    ],
    "npz.array",
  ],
  ["no arrays", [], "npz.array"],
] as const)("refused: %s", async (name, arrays, code) => {
  const path = file(`${name}.npz`);
  writeNpz(path, arrays);
  await expect(loadUserData(path)).rejects.toThrow(expect.objectContaining({ code }));
});
