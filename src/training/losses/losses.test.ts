/** @file Losses against published or hand-computed values, value and gradient. */

import { describe, expect, it } from "vitest";
import { f32, numbers, type Tensor, tensor } from "../../base/tensor.ts";
import { runReference } from "../../engine/index.ts";
import { gradients } from "../../gradient/index.ts";
import { Graph } from "../../graph/graph.ts";
import { Model } from "../../graph/model.ts";
import type { Value } from "../../graph/value.ts";
import { Emit } from "../../operators/index.ts";
import { crossEntropy, klDivergence, squaredError } from "./index.ts";

/** Loss and its gradient to the first input, in float64. */
function run(inputs: readonly Tensor[], loss: (g: Emit, values: Value[]) => Value): { loss: number; slope: number[] } {
  const graph = new Graph();
  const g = new Emit(graph);
  const values = inputs.map(({ dtype, dims }, i) => graph.addInput(`in${i}`, { dtype, dims }));
  const target = loss(g, values);
  const [slope] = gradients(g, target, [values[0]!]);
  graph.addOutput(target);
  graph.addOutput(slope!);
  const feeds = Object.fromEntries(inputs.map((input, i) => [`in${i}`, input]));
  const { outputs } = runReference(new Model(graph), feeds);
  return { loss: numbers(outputs[target.name]!)[0]!, slope: Array.from(numbers(outputs[slope!.name]!)) };
}

const double = (dims: number[], values: number[]) => tensor("float64", dims, values);
const student = double([1, 3], [2, 0.5, -1]);
const teacher = double([1, 3], [1.5, 1, -0.5]);
const close = (actual: readonly number[], expected: readonly number[], digits = 6) =>
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, digits);
  });

describe("KL divergence (EQAT sheet, check 6)", () => {
  it("reverse: KL(student‖teacher), gradient p(ln(p/f) − KL)", () => {
    const { loss, slope } = run([student, teacher], (g, [z, f]) => klDivergence(g, z!, f!, "reverse"));
    expect(loss).toBeCloseTo(0.0992427, 7);
    close(slope, [0.168434, -0.137708, -0.030727]);
    expect(slope.reduce((a, b) => a + b)).toBeCloseTo(0, 12);
  });

  it("forward: KL(teacher‖student), gradient p − f", () => {
    const { loss, slope } = run([student, teacher], (g, [z, f]) => klDivergence(g, z!, f!, "forward"));
    expect(loss).toBeCloseTo(0.1122574, 7);
    close(slope, [0.2115, -0.172917, -0.038583]);
  });
});

describe("cross-entropy", () => {
  const logits = double([2, 3], [2, 0.5, -1, 0.1, 0.2, 0.3]);
  const labels = tensor("int64", [2], [0, 2]);
  const p = [2, 0.5, -1].map((z) => Math.exp(z) / (Math.exp(2) + Math.exp(0.5) + Math.exp(-1)));
  const q = [0.1, 0.2, 0.3].map((z) => Math.exp(z) / (Math.exp(0.1) + Math.exp(0.2) + Math.exp(0.3)));

  it("is the mean of −ln p(label), gradient (p − onehot)/batch", () => {
    const { loss, slope } = run([logits, labels], (g, [z, y]) => crossEntropy(g, z!, y!));
    expect(loss).toBeCloseTo(-(Math.log(p[0]!) + Math.log(q[2]!)) / 2, 12);
    close(
      slope,
      [p[0]! - 1, p[1]!, p[2]!, q[0]!, q[1]!, q[2]! - 1].map((v) => v / 2),
      12,
    );
  });

  it("with label smoothing takes (1 − ε)·onehot + ε/classes as target", () => {
    const { loss } = run([logits, labels], (g, [z, y]) => crossEntropy(g, z!, y!, { smoothing: 0.3 }));
    const one = (probabilities: number[], label: number) =>
      -probabilities.reduce((sum, v, c) => sum + ((c === label ? 0.7 : 0) + 0.1) * Math.log(v), 0);
    expect(loss).toBeCloseTo((one(p, 0) + one(q, 2)) / 2, 12);
  });
});

it("squared error is the mean over all elements", () => {
  const { loss, slope } = run([f32([2, 2], [1, 2, 3, 4]), f32([2, 2], [0, 2, 5, 4])], (g, [a, b]) =>
    squaredError(g, a!, b!),
  );
  expect(loss).toBeCloseTo(5 / 4, 6);
  close(slope, [0.5, 0, -1, 0]);
});
