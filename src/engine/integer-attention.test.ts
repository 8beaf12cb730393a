/** @file A whole attention head and its layer norm in integers: ONNX Runtime gives the same integers, and they are those of attention. */

import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { integers, type Tensor, tensor } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { writeModel } from "../onnx/index.ts";
import { Emit } from "../operators/index.ts";
import { dyadic } from "../operators/Requantize.ts";
import { unitOf } from "../operators/shift-exponential.ts";
import { expandFunctions } from "../rewrites/index.ts";
import { runReference } from "./reference.ts";

const [TOKENS, SIZE] = [12, 16];
/** Scales of the codes of query and key, of value, and of scores. */
const [SCALE, SCORE] = [1 / 100, 1 / 16];

/** y = softmax(q·kᵀ/√size)·v + v, then its layer norm. */
function head(): Model {
  const graph = new Graph("head");
  const g = new Emit(graph);
  const [q, k, v] = ["q", "k", "v"].map((name) => graph.addInput(name, { dtype: "int8", dims: [TOKENS, SIZE] }));
  const requantize = (x: Value, ratio: number, bits: number) => {
    const { multiplier, exponent } = dyadic(ratio);
    return g.op("femto.Requantize", [x, g.scalar("int32", multiplier), g.scalar("int32", exponent)], { bits });
  };
  const products = g.op("MatMulInteger", [q!, g.transpose(k!, [1, 0])]);
  const scores = requantize(products, (SCALE * SCALE) / Math.sqrt(SIZE) / SCORE, 8);
  const weights = g.op("femto.Shiftmax", [scores], { unit: unitOf(SCORE) });
  // Codes of value times 2^−7: the residual stream keeps 16 bits of that scale.
  const mixed = g.op("MatMulInteger", [weights, v!]);
  const sum = g.add(mixed, g.mul(g.cast(v!, "int32"), g.scalar("int32", 128)));
  const stream = requantize(sum, 1, 16);
  for (const output of [weights, stream, g.op("femto.IntegerLayerNorm", [stream])]) graph.addOutput(output);
  return new Model(graph);
}

function feedsOf(seed: number): Record<string, Tensor> {
  const rng = new Rng(seed, "codes");
  const codes = () => Array.from({ length: TOKENS * SIZE }, () => Math.floor(rng.uniform() * 255) - 127);
  return Object.fromEntries(["q", "k", "v"].map((name) => [name, tensor("int8", [TOKENS, SIZE], codes())]));
}

/** The same in floating point: attention weights and the stream in units of value codes · 2^−7. */
function exact(feeds: Record<string, Tensor>): { weights: number[]; stream: number[] } {
  const [q, k, v] = ["q", "k", "v"].map((name) => integers(feeds[name]!)) as [number[], number[], number[]];
  const weights: number[] = [];
  const stream: number[] = [];
  for (let i = 0; i < TOKENS; i++) {
    const e = Array.from({ length: TOKENS }, (_, j) => {
      let dot = 0;
      for (let d = 0; d < SIZE; d++) dot += q[i * SIZE + d]! * k[j * SIZE + d]!;
      return Math.exp((dot * SCALE * SCALE) / Math.sqrt(SIZE));
    });
    const sum = e.reduce((a, b) => a + b);
    weights.push(...e.map((value) => value / sum));
    for (let d = 0; d < SIZE; d++) {
      const mixed = e.reduce((total, value, j) => total + (value / sum) * v[j * SIZE + d]!, 0);
      stream.push(128 * (mixed + v[i * SIZE + d]!));
    }
  }
  return { weights, stream };
}

it("is the same in ONNX Runtime, to the last integer, and near attention in floating point", async () => {
  const model = head();
  const plain = head();
  expandFunctions().run(plain);
  expect(plain.graph.nodes.every(({ domain }) => domain === "")).toBe(true);
  const session = await InferenceSession.create(writeModel(plain));
  const furthest = { weights: 0, stream: 0 };
  for (let seed = 0; seed < 20; seed++) {
    const feeds = feedsOf(seed);
    const { outputs } = runReference(model, feeds);
    const results = await session.run(
      Object.fromEntries(
        Object.entries(feeds).map(([name, t]) => [name, new OrtTensor("int8", t.data as Int8Array, t.dims)]),
      ),
    );
    const [weights, stream, normed] = model.graph.outputs.map(({ name }) => integers(outputs[name]!));
    for (const [i, { name }] of plain.graph.outputs.entries()) {
      expect(Array.from(results[name]!.data as Int32Array, Number)).toEqual([weights, stream, normed][i]);
    }
    const truth = exact(feeds);
    for (const [i, value] of truth.weights.entries()) {
      furthest.weights = Math.max(furthest.weights, Math.abs(weights![i]! / 128 - value));
    }
    for (const [i, value] of truth.stream.entries()) {
      furthest.stream = Math.max(furthest.stream, Math.abs(stream![i]! - value) / 128);
    }
  }
  await session.release();
  // Measured: 0.023 of a weight, 5.4 of a value code; Shiftmax rounds down at every step.
  expect(furthest.weights).toBeLessThan(0.03);
  expect(furthest.stream).toBeLessThan(6);
});
