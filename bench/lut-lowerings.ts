/**
 * @file Times the pieces of a training step of lookup-table layers, each in several equal forms, in ONNX Runtime with one
 * thread. About a minute.
 *
 *   node bench/run.mjs lut-lowerings
 */

import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { Rng } from "../src/base/rng.ts";
import { sessionOptions } from "../src/engine/session-options.ts";
import { Graph } from "../src/graph/graph.ts";
import { Model } from "../src/graph/model.ts";
import type { Value } from "../src/graph/value.ts";
import { writeModel } from "../src/onnx/index.ts";
import { Emit } from "../src/operators/index.ts";
import { median, processorTime } from "./timing.ts";

const [N, n, B, D, C] = [2000, 6, 100, 994, 64];
const slots = N * n;
const groups = 200;
const rng = new Rng(1, "lut");

type Kind = "float32" | "int64" | "int32" | "uint8";
interface Input {
  readonly dtype: Kind;
  readonly dims: readonly number[];
  readonly below?: number;
}

const f = (...dims: number[]): Input => ({ dtype: "float32", dims });
const i64 = (below: number, ...dims: number[]): Input => ({ dtype: "int64", dims, below });
const i32 = (below: number, ...dims: number[]): Input => ({ dtype: "int32", dims, below });

function data({ dtype, dims, below = 2 }: Input): OrtTensor {
  const size = dims.reduce((a, b) => a * b, 1);
  const draw = () => Math.floor(rng.uniform() * below);
  if (dtype === "float32")
    return new OrtTensor(
      dtype,
      Float32Array.from({ length: size }, () => rng.uniform()),
      dims,
    );
  if (dtype === "int64")
    return new OrtTensor(
      dtype,
      BigInt64Array.from({ length: size }, () => BigInt(draw())),
      dims,
    );
  if (dtype === "int32") return new OrtTensor(dtype, Int32Array.from({ length: size }, draw), dims);
  return new OrtTensor(dtype, Uint8Array.from({ length: size }, draw), dims);
}

async function time(inputs: readonly Input[], emit: (g: Emit, values: Value[]) => Value, runs = 9): Promise<number> {
  const graph = new Graph();
  const g = new Emit(graph);
  const values = inputs.map((input, i) => graph.addInput(`in${i}`, input));
  const y = emit(g, values);
  const rank = y.type!.dims!.length;
  const zeros = g.ints(new Array(rank).fill(0));
  graph.addOutput(g.op("Slice", [y, zeros, g.ints(new Array(rank).fill(1))]));
  const session = await InferenceSession.create(writeModel(new Model(graph)), sessionOptions());
  const feeds = Object.fromEntries(inputs.map((input, i) => [`in${i}`, data(input)]));
  const used = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!]));
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const t = await processorTime(() => session.run(used));
    if (i >= 2) times.push(t);
  }
  await session.release();
  return median(times);
}

const cases: [string, readonly Input[], (g: Emit, v: Value[]) => Value][] = [
  ["map: rows of float", [f(D, B), i64(D, slots)], (g, [x, at]) => g.op("Gather", [x, at])],
  ["map: rows of uint8", [{ dtype: "uint8", dims: [D, B] }, i64(D, slots)], (g, [x, at]) => g.op("Gather", [x, at])],
  ["map: columns of float", [f(B, D), i64(D, slots)], (g, [x, at]) => g.op("Gather", [x, at], { axis: 1 })],
  ["address: sum", [f(n, N, B), f(n, 1, 1)], (g, [x, p]) => g.sum(g.mul(x!, p!), [0])],
  ["address: product", [f(n, N * B), f(1, n)], (g, [x, p]) => g.matmul(p!, x!)],
  ["address: product j-major", [f(N, n, B), f(1, n)], (g, [x, p]) => g.matmul(p!, x!)],
  [
    "address: fold",
    [f(n, N, B)],
    (g, [x]) => {
      const parts = g.ops("Split", [x, g.ints(new Array(n).fill(1))], { axis: 0 }, n);
      let sum = parts[n - 1]!;
      for (let k = n - 2; k >= 0; k--) sum = g.add(parts[k]!, g.scale(sum, 2));
      return sum;
    },
  ],
  ["cast to int64", [f(N, B)], (g, [x]) => g.cast(x!, "int64")],
  ["cast to int32", [f(N, B)], (g, [x]) => g.cast(x!, "int32")],
  ["argmax", [f(slots, C)], (g, [x]) => g.op("ArgMax", [x], { axis: 1, keepdims: false })],
  ["argmax first axis", [f(C, slots)], (g, [x]) => g.op("ArgMax", [x], { axis: 0, keepdims: false })],
  ["max", [f(slots, C)], (g, [x]) => g.op("ReduceMax", [x, g.ints([1])], { keepdims: false })],
  ["read: GatherElements i64", [f(N, 64), i64(64, N, B)], (g, [u, a]) => g.op("GatherElements", [u, a], { axis: 1 })],
  ["read: GatherElements i32", [f(N, 64), i32(64, N, B)], (g, [u, a]) => g.op("GatherElements", [u, a], { axis: 1 })],
  ["read: flat Gather i64", [f(N * 64), i64(N * 64, N, B)], (g, [u, a]) => g.op("Gather", [u, a])],
  ["read: flat Gather i32", [f(N * 64), i32(N * 64, N, B)], (g, [u, a]) => g.op("Gather", [u, a])],
  [
    "dU: ScatterElements i64",
    [f(N, 64), i64(64, N, B), f(N, B)],
    (g, [u, a, d]) => g.op("ScatterElements", [u, a, d], { axis: 1, reduction: "add" }),
  ],
  [
    "dU: ScatterElements i32",
    [f(N, 64), i32(64, N, B), f(N, B)],
    (g, [u, a, d]) => g.op("ScatterElements", [u, a, d], { axis: 1, reduction: "add" }),
  ],
  [
    "dU: flat ScatterElements",
    [f(N * 64), i64(N * 64, N * B), f(N * B)],
    (g, [u, a, d]) => g.op("ScatterElements", [u, a, d], { axis: 0, reduction: "add" }),
  ],
  ["W: product", [f(N, 64), f(64, 384)], (g, [u, d]) => g.matmul(u!, d!)],
  ["w: rows of 6", [f(N * 64, 6), i64(N * 64, N, B)], (g, [w, a]) => g.op("Gather", [w, a])],
  [
    "w: rows of 6, times g, turned",
    [f(N * 64, 6), i64(N * 64, N, B), f(N, B, 1)],
    (g, [w, a, d]) => g.transpose(g.mul(g.op("Gather", [w, a]), d!), [2, 0, 1]),
  ],
  [
    "w: six flat Gathers times g",
    [f(6, N * 64), i64(N * 64, N, B), f(N, B)],
    (g, [w, a, d]) => g.mul(g.op("Gather", [w, a], { axis: 1 }), d!),
  ],
  [
    "w: six GatherElements",
    [f(6 * N, 64), i64(64, 6 * N, B)],
    (g, [w, a]) => g.op("GatherElements", [w, a], { axis: 1 }),
  ],
  [
    "dS: grouped product",
    [f(D, B), i64(D, groups, C), f(groups, slots / groups, B)],
    (g, [x, at, d]) => g.matmul(d!, g.transpose(g.op("Gather", [x, at]), [0, 2, 1])),
  ],
  ["dS: full product", [f(D, B), f(slots, B)], (g, [x, d]) => g.op("Gemm", [d, x], { transB: true })],
  [
    "dS: full product, picked",
    [f(D, B), f(slots, B), i64(D, slots, C)],
    (g, [x, d, at]) => g.op("GatherElements", [g.op("Gemm", [d, x], { transB: true }), at], { axis: 1 }),
  ],
  ["dX: rows added, 6 each", [f(slots, B), i64(slots, 2000, 6)], (g, [d, at]) => g.sum(g.op("Gather", [d, at]), [1])],
  [
    "dX: scatter",
    [f(2000, B), i64(2000, slots, B), f(slots, B)],
    (g, [z, at, d]) => g.op("ScatterElements", [z, at, d], { axis: 0, reduction: "add" }),
  ],
  ["softmax of scores", [f(slots, C)], (g, [x]) => g.op("Softmax", [g.scale(x!, 1000)], { axis: 1 })],
  ["compare", [f(N, B)], (g, [x]) => g.cast(g.op("Greater", [x, g.scalar(x!, 0)]), "float32")],
  ["clip tables", [f(N, 64)], (g, [x]) => g.op("Clip", [x, g.scalar(x!, -1), g.scalar(x!, 1)])],
  [
    "adam-like pass over scores",
    [f(slots, C), f(slots, C)],
    (g, [m, d]) => g.div(g.add(g.scale(m!, 0.9), d!), g.op("Sqrt", [d])),
  ],
];
const filter = process.argv[3] ?? "";
for (const [name, inputs, emit] of cases)
  if (name.includes(filter)) console.log(`${name.padEnd(34)} ${(await time(inputs, emit)).toFixed(2).padStart(8)} ms`);
