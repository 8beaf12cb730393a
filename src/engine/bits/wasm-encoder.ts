/**
 * @file The encoder in WebAssembly: raw samples to thermometer planes. Its code is the same for every network; what differs
 * is the list of windows and thresholds in memory.
 */

import type { Body, FunctionIndex, Local, Module } from "../wasm/index.ts";
import { ENTRY_BYTES, HEAD_BYTES } from "./encoder-plan.ts";
import { LANES, type Layout, VECTOR_BYTES } from "./layout.ts";
import type { InputFormat } from "./network.ts";

/** Samples that are turned together. */
const GROUP = 16;
const GROUPS = LANES / GROUP;

/** Defines `encode(samples, vector)`: 128 samples into the vector at that byte of every plane. */
export function defineEncoder(
  module: Module,
  input: InputFormat,
  layout: Layout,
  stride: number,
  listEnd: number,
): FunctionIndex {
  const turn = input.dtype === "uint8" ? defineTurnBytes(module, stride) : defineTurnFloats(module, stride);
  const compare = input.dtype === "uint8" ? compareBytes : compareFloats;
  return module.define({ parameters: ["i32", "i32"], results: [], exportedAs: "encode" }, (body, samples, vector) => {
    const [entry, entriesEnd] = [body.local("i32"), body.local("i32")];
    body.i32(layout.entries).set(entry);
    body.block((done) => {
      body.loop((nextWindow) => {
        body.get(entry).i32(listEnd).op("i32.ge_u").branchIf(done);
        body.get(entry).memory("i32.load", 4).set(entriesEnd);
        body.get(samples).get(entry).memory("i32.load").op("i32.add").call(turn);
        body.get(entry).i32(HEAD_BYTES).op("i32.add").set(entry);
        body.count(entry, entriesEnd, ENTRY_BYTES, () => compare(body, entry, vector));
        body.branch(nextWindow);
      });
    });
  });

  /** 16×16 bytes at a time: 16 samples of each of 16 features. Four rounds of interleaving turn the square. */
  function defineTurnBytes(module: Module, stride: number): FunctionIndex {
    return module.define({ parameters: ["i32"], results: [] }, (body, from) => {
      const to = body.local("i32");
      body.i32(layout.scratch).set(to);
      body.count(to, { constant: layout.scratch + GROUPS * VECTOR_BYTES }, VECTOR_BYTES, () => {
        let rows = Array.from({ length: GROUP }, (_, row) => {
          const local = body.local("v128");
          body
            .get(from)
            .memory("v128.load", row * stride)
            .set(local);
          return local;
        });
        for (let round = 0; round < 4; round++) rows = interleave(body, rows);
        rows.forEach((local, feature) => {
          body
            .get(to)
            .get(local)
            .memory("v128.store", feature * LANES);
        });
        body
          .get(from)
          .i32(GROUP * stride)
          .op("i32.add")
          .set(from);
      });
    });
  }

  /** 4×4 float32 at a time: four samples of each of four features. */
  function defineTurnFloats(module: Module, stride: number): FunctionIndex {
    return module.define({ parameters: ["i32"], results: [] }, (body, from) => {
      const to = body.local("i32");
      body.i32(layout.scratch).set(to);
      body.count(to, { constant: layout.scratch + 4 * LANES }, VECTOR_BYTES, () => {
        const rows = Array.from({ length: 4 }, (_, row) => {
          const local = body.local("v128");
          body
            .get(from)
            .memory("v128.load", row * stride)
            .set(local);
          return local;
        });
        const pairs = [
          shuffled(body, rows[0]!, rows[1]!, wordLanes([0, 4, 1, 5])),
          shuffled(body, rows[0]!, rows[1]!, wordLanes([2, 6, 3, 7])),
          shuffled(body, rows[2]!, rows[3]!, wordLanes([0, 4, 1, 5])),
          shuffled(body, rows[2]!, rows[3]!, wordLanes([2, 6, 3, 7])),
        ] as const;
        const turned = [
          shuffled(body, pairs[0], pairs[2], wordLanes([0, 1, 4, 5])),
          shuffled(body, pairs[0], pairs[2], wordLanes([2, 3, 6, 7])),
          shuffled(body, pairs[1], pairs[3], wordLanes([0, 1, 4, 5])),
          shuffled(body, pairs[1], pairs[3], wordLanes([2, 3, 6, 7])),
        ];
        turned.forEach((local, feature) => {
          body
            .get(to)
            .get(local)
            .memory("v128.store", feature * 4 * LANES);
        });
        body
          .get(from)
          .i32(4 * stride)
          .op("i32.add")
          .set(from);
      });
    });
  }
}

/** Row i and row i + 8 byte by byte: after four rounds the square is turned. */
function interleave(body: Body, rows: readonly Local[]): Local[] {
  const half = rows.length / 2;
  return rows
    .slice(0, half)
    .flatMap((row, i) => [
      shuffled(body, row, rows[half + i]!, [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23]),
      shuffled(body, row, rows[half + i]!, [8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31]),
    ]);
}

function shuffled(body: Body, a: Local, b: Local, lanes: readonly number[]): Local {
  const result = body.local("v128");
  body.get(a).get(b).shuffle(lanes).set(result);
  return result;
}

const wordLanes = (words: readonly number[]): number[] =>
  words.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte));

/** One threshold against 128 samples of its feature: 16 bits of the plane at a time. */
function compareBytes(body: Body, entry: Local, vector: Local): void {
  const [threshold, feature, plane] = [body.local("v128"), body.local("i32"), body.local("i32")];
  startEntry(body, entry, vector, feature, plane);
  body.get(entry).memory("v128.load8_splat", 8).set(threshold);
  for (let group = 0; group < GROUPS; group++) {
    body
      .get(plane)
      .get(feature)
      .memory("v128.load", group * VECTOR_BYTES)
      .get(threshold);
    body
      .op("i8x16.avgr_u")
      .op("i8x16.bitmask")
      .memory("i32.store16", 2 * group);
  }
}

function compareFloats(body: Body, entry: Local, vector: Local): void {
  const [threshold, feature, plane] = [body.local("v128"), body.local("i32"), body.local("i32")];
  startEntry(body, entry, vector, feature, plane);
  body.get(entry).memory("v128.load32_splat", 8).set(threshold);
  for (let group = 0; group < GROUPS; group++) {
    body.get(plane);
    for (let quarter = 0; quarter < 4; quarter++) {
      body
        .get(feature)
        .memory("v128.load", (4 * group + quarter) * VECTOR_BYTES)
        .get(threshold)
        .op("f32x4.gt");
      if (quarter % 2 === 1) body.op("i16x8.narrow_i32x4_s");
    }
    body
      .op("i8x16.narrow_i16x8_s")
      .op("i8x16.bitmask")
      .memory("i32.store16", 2 * group);
  }
}

function startEntry(body: Body, entry: Local, vector: Local, feature: Local, plane: Local): void {
  body.get(entry).memory("i32.load").get(vector).op("i32.add").set(plane);
  body.get(entry).memory("i32.load", 4).set(feature);
}
