/**
 * @file Times the lowerings of Gather's gradient, one by one, in ONNX Runtime with one thread, on tables and indices of
 * language models; the limit in src/operators/gather-gradient.ts is where the fastest changes. About half a minute.
 *
 *   node bench/run.mjs gather-lowerings
 */

import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { Rng } from "../src/base/rng.ts";
import { sessionOptions } from "../src/engine/session-options.ts";
import { gradients } from "../src/gradient/index.ts";
import { Graph } from "../src/graph/graph.ts";
import { Model } from "../src/graph/model.ts";
import { writeModel } from "../src/onnx/index.ts";
import { Emit } from "../src/operators/index.ts";

/** Rows of the table, their width, and how many of them are taken. */
const cases = [
  { name: "characters", rows: 65, width: 128, taken: 2048 },
  { name: "limit", rows: 128, width: 128, taken: 2048 },
  { name: "twice the limit", rows: 256, width: 128, taken: 2048 },
  { name: "subwords", rows: 1000, width: 128, taken: 2048 },
  { name: "vocabulary", rows: 30522, width: 256, taken: 512 },
  { name: "positions", rows: 128, width: 128, taken: 128 },
  { name: "few", rows: 50, width: 64, taken: 8 },
];

/** Median milliseconds of `runs` runs of the emitted gradient, its result summed so that little is copied out. */
async function time(lowering: string, { rows, width, taken }: (typeof cases)[number], runs = 15): Promise<number> {
  const graph = new Graph();
  const g = new Emit(graph, { lowerings: { "Gather.dX": lowering } });
  const x = graph.addInput("x", { dtype: "float32", dims: [rows, width] });
  const indices = graph.addInput("indices", { dtype: "int64", dims: [taken] });
  const dy = graph.addInput("dy", { dtype: "float32", dims: [taken, width] });
  const y = g.op("Gather", [x, indices]);
  const [dx] = gradients(g, y, [x], { seed: dy });
  graph.addOutput(g.op("ReduceMax", [dx], { keepdims: false }));
  const session = await InferenceSession.create(writeModel(new Model(graph)), sessionOptions());
  const rng = new Rng(1, "gather");
  const feeds: Record<string, OrtTensor> = {
    x: new OrtTensor("float32", new Float32Array(rows * width), [rows, width]),
    indices: new OrtTensor(
      "int64",
      BigInt64Array.from({ length: taken }, () => BigInt(Math.floor(rng.uniform() * rows))),
      [taken],
    ),
    dy: new OrtTensor(
      "float32",
      Float32Array.from({ length: taken * width }, () => rng.uniform()),
      [taken, width],
    ),
  };
  const used = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!]));
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await session.run(used);
    if (i >= 3) times.push(performance.now() - start);
  }
  await session.release();
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

console.log("case             rows  width  taken   oneHot ms  scatter ms");
for (const entry of cases) {
  const oneHot = entry.rows * entry.taken > 1e7 ? Number.NaN : await time("oneHot", entry);
  const scatter = await time("scatter", entry);
  const numbers = [entry.rows, entry.width, entry.taken].map((n) => String(n).padStart(6));
  console.log(
    `${entry.name.padEnd(15)}${numbers.join(" ")}   ${oneHot.toFixed(3).padStart(8)}   ${scatter.toFixed(3).padStart(8)}`,
  );
}
