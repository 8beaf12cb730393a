/** @file The trained network of golden/dwn-mnist answers what it answered when it was trained. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { loadDataSet } from "../data/index.ts";
import { BitsEngine, classifyReference, fromJson } from "../engine/bits/index.ts";

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../golden/dwn-mnist/${name}`, import.meta.url), "utf8"));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

it("golden/dwn-mnist: classes and counts of ones on the digits of the package", async () => {
  const network = fromJson(read("network.json"));
  const { inputs, labels } = loadDataSet("mnist10k").test!;
  const samples = inputs.data as Uint8Array;
  const engine = await BitsEngine.open(network);
  const classes = engine.classify(samples);
  const right = classes.filter((guess, i) => guess === Number(labels!.data[i])).length;
  const counts = sha256(new Uint8Array(engine.sums(samples).buffer));
  expect({ right, examples: classes.length, classes: sha256(classes), counts }).toEqual(read("expected.json").mnist10k);
  const few = samples.subarray(0, 50 * 784);
  expect(classifyReference(network, few)).toEqual(classes.slice(0, 50));
});
