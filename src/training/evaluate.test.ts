/** @file Evaluation against plain counting: the last, shorter batch, every type of label and of input, bad answers. */

import { afterAll, describe, expect, it } from "vitest";
import type { DType } from "../base/dtype.ts";
import { f32, tensor } from "../base/tensor.ts";
import { OrtEngine } from "../engine/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { Emit } from "../operators/index.ts";
import { argmax, evaluate } from "./index.ts";

const engine = new OrtEngine();
afterAll(() => engine.close());

/** logits = x·w, w [2, 3]. */
function linear(weights: readonly number[] = [1, 0, -1, 0, 1, 0.5]): Model {
  const graph = new Graph("linear");
  const g = new Emit(graph);
  const x = graph.addInput("x", { dtype: "float32", dims: ["N", 2] });
  graph.addOutput(g.matmul(x, graph.addInitializer("w", f32([2, 3], weights)))).name = "logits";
  return new Model(graph);
}

const rows = Array.from({ length: 11 }, (_, i) => [(i * 5) % 7, (i * 3) % 4] as const);
const logits = rows.map(([a, b]) => [a, b, 0.5 * b - a]);
const classes = logits.map((row) => argmax(row));
/** Every third label is wrong. */
const labels = classes.map((c, i) => (i % 3 === 0 ? (c + 1) % 3 : c));

describe("evaluate", () => {
  it.each<[DType, DType, number]>([
    ["float32", "int64", 4],
    ["float64", "int32", 500],
    ["uint8", "uint8", 1],
    ["int32", "int16", 11],
  ])("%s inputs, %s labels, batches of %i", async (inputType, labelType, batch) => {
    const data = { inputs: tensor(inputType, [11, 2], rows.flat()), labels: tensor(labelType, [11], labels) };
    const { accuracy, loss, predictions, examples } = await evaluate(engine, linear(), data, {}, batch);
    expect([...predictions]).toEqual(classes);
    expect(examples).toBe(11);
    expect(accuracy).toBe(7 / 11);
    const exact = logits.map((row, i) => Math.log(row.reduce((s, z) => s + Math.exp(z), 0)) - row[labels[i]!]!);
    expect(loss).toBeCloseTo(exact.reduce((a, b) => a + b) / 11, 5);
  });

  it("takes the first of equal logits, as ONNX ArgMax does", () => {
    expect(argmax([1, 3, 3, 2])).toBe(1);
  });

  it("counts nothing as an answer that is no number", async () => {
    const data = { inputs: f32([3, 2], [1, 0, 0, 1, 1, 1]), labels: tensor("int64", [3], [0, 0, 0]) };
    await expect(evaluate(engine, linear([1, 0, 0, Number.NaN, 0, 0]), data)).rejects.toMatchObject({
      code: "evaluate.nan",
      where: expect.stringContaining("logits"),
    });
  });
});
