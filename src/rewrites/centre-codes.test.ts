/** @file Codes in unsigned bytes become signed ones: the same numbers, the same metadata; other zero points stay. */

import { expect, it } from "vitest";
import { f32, numbers, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { verifyModel } from "../graph/verify.ts";
import { Emit } from "../operators/index.ts";
import { centreCodes } from "./centre-codes.ts";

/** y = x + s·(codes − zeros), and the same once more by one scale. */
function network(zeros: readonly number[]): Model {
  const graph = new Graph();
  const g = new Emit(graph);
  const x = graph.addInput("x", { dtype: "float32", dims: [2, 3] });
  const codes = graph.addInitializer("w.codes", tensor("uint8", [2, 3], [1, 128, 255, 127, 129, 64]));
  codes.metadata.set("femto.bits", "8");
  const [scales, zero] = [g.constant(f32([2], [0.5, 0.25])), g.constant(tensor("uint8", [2], zeros))];
  const first = g.op("DequantizeLinear", [codes, scales, zero], { axis: 0 });
  const step = g.constant(tensor("float32", [], [2]));
  const second = g.op("DequantizeLinear", [codes, step, g.constant(tensor("uint8", [], [zeros[0]!]))]);
  graph.addOutput(g.add(g.add(x, first), second));
  return new Model(graph);
}

const answer = (model: Model) => {
  const { outputs } = runReference(model, { x: f32([2, 3], [0, 0, 0, 0, 0, 0]) });
  return numbers(Object.values(outputs)[0]!);
};

it("of zero point 128", () => {
  const model = network([128, 128]);
  const before = answer(model);
  expect(Array.from(before)).toEqual([-317.5, 0, 317.5, -2.25, 2.25, -144]);
  expect(applyPasses(model, [centreCodes])).toBe(true);
  verifyModel(model);
  expect(answer(model)).toEqual(before);
  const readers = model.graph.nodes.filter(({ kind }) => kind === "DequantizeLinear");
  expect(new Set(readers.map(({ inputs }) => inputs[0])).size).toBe(1);
  for (const { inputs } of readers) {
    expect(inputs[0]!.constant!.dtype).toBe("int8");
    expect(Array.from(numbers(inputs[0]!.constant!))).toEqual([-127, 0, 127, -1, 1, -64]);
    expect(inputs[0]!.metadata.get("femto.bits")).toBe("8");
    expect(inputs[2]).toBeUndefined();
  }
  expect(model.graph.initializers.map(({ name }) => name)).not.toContain("w.codes");
  expect(applyPasses(model, [centreCodes])).toBe(false);
});

it("and no other", () => {
  const model = network([127, 128]);
  expect(applyPasses(model, [centreCodes])).toBe(false);
});
