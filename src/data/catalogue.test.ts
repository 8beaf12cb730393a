import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalogue, directoryOf, findSet, loadDataSet, loadPart } from "./catalogue.ts";
import { count, exampleShape } from "./dataset.ts";
import { fetchDataSet } from "./fetch-set.ts";
import { readUnpacked, writeAtomic } from "./files.ts";
import { parseIdx } from "./idx.ts";
import { findDirectory } from "./locate.ts";
import { classCounts, measureNormalisation } from "./summary.ts";

let folder: string;
const before = process.env.FEMTO_CACHE;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "femto-catalogue-"));
  process.env.FEMTO_CACHE = folder;
});
afterAll(() => {
  if (before === undefined) delete process.env.FEMTO_CACHE;
  else process.env.FEMTO_CACHE = before;
  rmSync(folder, { recursive: true });
});

/** Class counts as published: first the training part, then the test part (nothing where there is no such part). */
const published: Record<string, [train: number[], test: number[]]> = {
  mnist: [
    [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
  ],
  "fashion-mnist": [new Array(10).fill(6000), new Array(10).fill(1000)],
  cifar10: [new Array(10).fill(5000), new Array(10).fill(1000)],
  kws01: [[], [92, 92, 81, 89, 70, 84, 75, 78, 84, 89, 80, 86]],
  "uci-har": [
    [1226, 1073, 986, 1286, 1374, 1407],
    [496, 471, 420, 491, 532, 537],
  ],
  isolet: [new Array(26).fill(60), [...new Array(12).fill(60), 59, ...new Array(13).fill(60)]],
  mitbih: [
    [45827, 943, 3788, 414, 8],
    [44221, 1837, 3220, 388, 7],
  ],
};
/** Class counts of sets without an official split. */
const whole: Record<string, number[]> = {
  mnist10k: [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978],
  wine: [59, 71, 48],
  "breast-cancer": [212, 357],
  iris: [50, 50, 50],
  phoneme: [3818, 1586],
};

for (const entry of catalogue.values()) {
  const missing = directoryOf(entry) === undefined;
  describe.skipIf(missing)(`${entry.id}${missing ? " (files are not here; set FEMTO_DATA)" : ""}`, () => {
    test("is what the catalogue says", () => {
      const parts = loadDataSet(entry.id);
      for (const part of ["train", "test"] as const) {
        const data = parts[part];
        expect(data === undefined ? undefined : count(data)).toBe(entry.counts[part]);
        if (data === undefined) continue;
        expect([data.name, data.split, data.classes]).toEqual([entry.id, part, entry.classes]);
        expect([data.inputs.dtype, exampleShape(data)]).toEqual([entry.dtype, entry.shape]);
        expect(data.classNames).toHaveLength(entry.classes);
        const counts = published[entry.id]?.[part === "train" ? 0 : 1];
        if (counts !== undefined) expect(classCounts(data)).toEqual(counts);
      }
      const { train, test: rest } = parts;
      if (whole[entry.id] !== undefined) {
        const [a, b] = [classCounts(train!)!, classCounts(rest!)!];
        expect(a.map((n, i) => n + b[i]!)).toEqual(whole[entry.id]);
      }
      if (train?.inputs.dtype === "uint8" && !entry.id.includes("exact")) {
        const { scale, mean, std } = train.normalisation!;
        const measured = measureNormalisation(train, scale);
        for (const [i, value] of measured.mean.entries()) expect(mean[i]).toBeCloseTo(value, 3);
        for (const [i, value] of measured.std.entries()) expect(std[i]).toBeCloseTo(value, 3);
      }
    });
  });
}

test("mnist10k keeps its split: the same examples on every machine, in under two seconds of processor time", () => {
  const started = process.cpuUsage();
  const { train, test: rest } = loadDataSet("mnist10k");
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(2);
  expect(classCounts(rest!)).toEqual([200, 225, 198, 206, 196, 173, 203, 214, 189, 196]);
  expect({ train: train!.checksum, test: rest!.checksum }).toMatchInlineSnapshot(`
    {
      "test": "7eeb7e463b38c95cdd3a4819a176e29724f3811e2a71d13c6902602917d00806",
      "train": "186fb9b333d4003008dd41598dcf01c881530785af266a71b47d232411245708",
    }
  `);
});

const mnistFile = "mnist/train-images-idx3-ubyte.gz";
const mnistDirectory = findDirectory("data", [mnistFile]);
test.skipIf(mnistDirectory === undefined)(
  "mnist10k is the first 10 000 training images of MNIST, byte for byte (needs mnist in FEMTO_DATA)",
  () => {
    const original = parseIdx(readUnpacked(join(mnistDirectory!, mnistFile)), mnistFile).data as Uint8Array;
    const images = (bytes: Uint8Array, from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) =>
        Buffer.from(bytes.subarray((from + i) * 784, (from + i + 1) * 784)).toString("latin1"),
      );
    const { train, test: rest } = loadDataSet("mnist10k");
    const ours = [
      ...images(train!.inputs.data as Uint8Array, 0, 8000),
      ...images(rest!.inputs.data as Uint8Array, 0, 2000),
    ];
    expect(ours.sort()).toEqual(images(original, 0, 10_000).sort());
  },
);

const sums = findDirectory("data", ["SHA256SUMS"]);
test.skipIf(sums === undefined)("checksums are those of the data folder (needs SHA256SUMS in FEMTO_DATA)", () => {
  const listed = new Map(
    readFileSync(join(sums!, "SHA256SUMS"), "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/).reverse() as [string, string]),
  );
  for (const entry of catalogue.values()) {
    if (entry.npm !== undefined) continue;
    for (const file of entry.files) {
      if (listed.has(file.path)) expect(file.sha256).toContain(listed.get(file.path));
    }
  }
});

test("text has the usual vocabulary and split", {
  skip: directoryOf(findSet("tiny-shakespeare")) === undefined,
}, () => {
  const { train } = loadDataSet("tiny-shakespeare", { parts: ["train"] });
  expect(train!.classNames!.slice(0, 5)).toEqual(["\n", " ", "!", "$", "&"]);
  const start = Array.from(train!.inputs.data as Int32Array).slice(0, 14);
  expect(start.map((token) => train!.classNames![token]).join("")).toBe("First Citizen:");
});

test("only the parts asked for", () => {
  expect(Object.keys(loadDataSet("mnist10k", { parts: ["test"] }))).toEqual(["test"]);
});

test("the documentation lists every set with its counts", () => {
  const page = readFileSync(new URL("../../docs/data.md", import.meta.url), "utf8");
  const spaced = (n: number | undefined) => n?.toString().replace(/\B(?=(\d{3})+$)/g, " ") ?? "–";
  for (const { id, counts } of catalogue.values()) {
    const row = page.split("\n").find((line) => line.startsWith(`| \`${id}\` |`));
    expect(row).toContain(` ${spaced(counts.train)} / ${spaced(counts.test)} `);
  }
});

test("every entry is complete", () => {
  expect(catalogue.size).toBeGreaterThanOrEqual(16);
  for (const [id, entry] of catalogue) {
    expect(id).toBe(entry.id);
    for (const file of entry.files) for (const sum of file.sha256) expect(sum).toMatch(/^[0-9a-f]{64}$/);
    for (const url of entry.files.flatMap((file) => file.urls ?? [])) expect(URL.canParse(url)).toBe(true);
  }
});

test("errors: unknown set, absent part, absent files, changed files", async () => {
  expect(() => findSet("imagenet")).toThrow(
    expect.objectContaining({ code: "data.unknown", expected: expect.stringContaining("mnist10k") }),
  );
  expect(() => loadPart("mnist10k", "validation" as "test")).toThrow(expect.objectContaining({ code: "data.part" }));
  expect(() => loadDataSet("cifar10-exact", { dataDir: folder })).toThrow(
    expect.objectContaining({ code: "data.not-found", hint: "femto data fetch cifar10-exact" }),
  );
  const path = join(folder, "uci-small", "iris.csv");
  writeAtomic(path, Buffer.from("1,2,3,4,0\n"));
  expect(() => loadDataSet("iris", { dataDir: folder })).toThrow(
    expect.objectContaining({ code: "data.checksum", where: path }),
  );
  await expect(fetchDataSet("mnist10k")).resolves.toContain("mnist");
});
