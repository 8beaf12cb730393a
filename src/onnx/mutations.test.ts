/** @file 2 000 damaged files: each is refused with one clear error, or is a model that the verifier accepts. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { Rng } from "../base/rng.ts";
import { f32, i64, tensor } from "../base/tensor.ts";
import { directories } from "../data/locate.ts";
import { verifyModel } from "../graph/verify.ts";
import { oldFile } from "./old-file.fixture.ts";
import { readModel } from "./read-model.ts";
import { writeModel } from "./write-model.ts";

const count = 2000;
/** Far above what any of these small files takes; a file beyond it hangs. */
const secondsPerFile = 2;

/** Small files that together use every part of the format: old forms, subgraphs, functions, packed types, metadata. */
function ownSeeds(): Uint8Array[] {
  const image = f32([1, 1, 4, 4], new Float32Array(16));
  const old = oldFile({
    opset: 7,
    ir: 3,
    inputs: { x: image, k: f32([2, 1, 3, 3], new Float32Array(18)) },
    initializers: { k: f32([2, 1, 3, 3], new Float32Array(18)) },
    nodes: [
      { op: "Conv", inputs: ["x", "k"], outputs: ["a"], attributes: { pads: [1, 1, 1, 1], auto_pad: "NOTSET" } },
      { op: "Clip", inputs: ["a"], outputs: ["b"], attributes: { min: { float: 0 }, max: { float: 6 } } },
      { op: "Upsample", inputs: ["b"], outputs: ["c"], attributes: { scales: { floats: [1, 1, 2, 2] } } },
      { op: "Slice", inputs: ["c"], outputs: ["d"], attributes: { starts: [0], ends: [2 ** 63], axes: [2] } },
      { op: "Softmax", inputs: ["d"], outputs: ["y"] },
    ],
    outputs: ["y"],
  });
  const nested = oldFile({
    opset: 17,
    inputs: { x: f32([3, 2], new Float32Array(6)), n: i64([3]) },
    initializers: { q: tensor("int4", [3], [-8, 0, 7]), s: tensor("string", [1], ["text"]) },
    nodes: [
      {
        op: "Scan",
        inputs: ["x"],
        outputs: ["h"],
        attributes: { num_scan_inputs: 1 },
        body: {
          inputs: { e: f32([2], [0, 0]) },
          nodes: [{ op: "Add", inputs: ["e", "bias"], outputs: ["sum"] }],
          outputs: ["sum"],
        },
      },
      { op: "Constant", inputs: [], outputs: ["bias"], attributes: { value_floats: { floats: [1, 2] } } },
      { op: "Twice", domain: "test", inputs: ["h"], outputs: ["y"], attributes: { axes: [0] } },
    ],
    outputs: ["y"],
    fn: {
      name: "Twice",
      inputs: ["a"],
      outputs: ["c"],
      attributes: ["axes"],
      nodes: [
        { op: "Add", inputs: ["a", "a"], outputs: ["b"] },
        { op: "ReduceSum", inputs: ["b"], outputs: ["c"] },
      ],
    },
  });
  return [old, nested, writeModel(readModel(old)), writeModel(readModel(nested))];
}

/** Real files of up to 30 KB, where the models folder is there. */
const realSeeds = directories("models")
  .filter((directory) => existsSync(directory))
  .slice(0, 1)
  .flatMap((directory) =>
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".onnx"))
      .map((path) => join(directory, path))
      .filter((path) => statSync(path).size <= 30 * 1024),
  );

type Mutation = (bytes: Uint8Array, rng: Rng, other: Uint8Array) => Uint8Array;

const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const mutations: Readonly<Record<string, Mutation>> = {
  flip(bytes, rng) {
    const copy = bytes.slice();
    for (let i = rng.below(8); i >= 0; i--) copy[rng.below(copy.length)]! ^= 1 << rng.below(8);
    return copy;
  },
  overwrite(bytes, rng) {
    const copy = bytes.slice();
    const value = [0x00, 0x7f, 0x80, 0xff][rng.below(4)]!;
    const start = rng.below(copy.length);
    return copy.fill(value, start, start + 1 + rng.below(12));
  },
  truncate: (bytes, rng) => bytes.slice(0, rng.below(bytes.length)),
  remove(bytes, rng) {
    const start = rng.below(bytes.length);
    return joined(bytes.slice(0, start), bytes.slice(start + 1 + rng.below(64)));
  },
  duplicate(bytes, rng) {
    const start = rng.below(bytes.length);
    const end = Math.min(bytes.length, start + 1 + rng.below(200));
    return joined(bytes.slice(0, end), bytes.slice(start, end), bytes.slice(end));
  },
  splice(bytes, rng, other) {
    const [at, from] = [rng.below(bytes.length), rng.below(other.length)];
    return joined(bytes.slice(0, at), other.slice(from, from + rng.below(200)), bytes.slice(at));
  },
  append: (bytes, rng, other) => joined(bytes, other.slice(0, rng.below(other.length))),
};

describe("damaged files", () => {
  it(`${count} of them: an error that says what is wrong, or a model that holds`, { timeout: 240_000 }, () => {
    const rng = new Rng(2000, "mutations");
    const seeds = [...ownSeeds(), ...realSeeds.map((path) => new Uint8Array(readFileSync(path)))];
    const names = Object.keys(mutations);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const [seed, other] = [seeds[i % seeds.length]!, seeds[rng.below(seeds.length)]!];
      const name = names[rng.below(names.length)]!;
      const started = performance.now();
      const outcome = outcomeOf(mutations[name]!(seed, rng, other));
      expect(performance.now() - started, `file ${i} (${name})`).toBeLessThan(1000 * secondsPerFile);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // Both ways out must have been taken, or the mutations are too weak or too strong to say anything.
    expect(outcomes.get("accepted")).toBeGreaterThan(count / 50);
    expect(count - outcomes.get("accepted")!).toBeGreaterThan(count / 4);
    expect([...outcomes.keys()].filter((code) => code !== "accepted" && !code.startsWith("onnx."))).toEqual([]);
    expect(outcomes.size).toBeGreaterThan(8);
  });
});

/** The error's code, or `accepted` for a model that verifies and, if it can be written, comes back the same. */
function outcomeOf(bytes: Uint8Array): string {
  try {
    const model = readModel(bytes);
    verifyModel(model);
    const written = writeModel(model);
    expect(Buffer.compare(writeModel(readModel(written)), written)).toBe(0);
    return "accepted";
  } catch (error) {
    if (!(error instanceof FemtoError)) throw error;
    expect(error.where).toMatch(/^model/);
    expect(error.message.length).toBeGreaterThan(5);
    return error.code;
  }
}
