/** @file The trained networks of golden/ answer what they answered when they were made. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { loadDataSet } from "../data/index.ts";
import { BitsEngine, classifyReference, fromJson } from "../engine/bits/index.ts";

const read = (folder: string, name: string) =>
  JSON.parse(readFileSync(new URL(`../../golden/${folder}/${name}`, import.meta.url), "utf8"));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

it.each(["dwn-mnist", "dwn-mnist-circuit", "dwn-mnist-large"])(
  "golden/%s: classes and counts on the digits of the package",
  async (folder) => {
    const network = fromJson(read(folder, "network.json"));
    const { inputs, labels } = loadDataSet("mnist10k").test!;
    const samples = inputs.data as Uint8Array;
    const engine = await BitsEngine.open(network);
    const classes = engine.classify(samples);
    const right = classes.filter((guess, i) => guess === Number(labels!.data[i])).length;
    const counts = sha256(new Uint8Array(engine.sums(samples).buffer));
    expect({ right, examples: classes.length, classes: sha256(classes), counts }).toEqual(
      read(folder, "expected.json").mnist10k,
    );
    const few = samples.subarray(0, 50 * 784);
    expect(classifyReference(network, few)).toEqual(classes.slice(0, 50));
  },
);
