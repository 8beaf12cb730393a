import { expect, it } from "vitest";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { Emit } from "../operators/index.ts";
import { bindDims, symbolsOf } from "./bind-dims.ts";

function pair(): Model {
  const graph = new Graph();
  const g = new Emit(graph);
  const a = graph.addInput("a", { dtype: "float32", dims: ["N", 3, "T"] });
  const b = graph.addInput("b", { dtype: "float32", dims: ["T", 4] });
  graph.addOutput(g.matmul(a, b));
  return new Model(graph);
}

it("puts numbers in the place of symbols, everywhere", () => {
  const model = pair();
  expect(symbolsOf(model)).toEqual(["N", "T"]);
  expect(applyPasses(model, [bindDims({ N: 2 })])).toBe(true);
  expect(model.graph.inputs[0]!.type!.dims).toEqual([2, 3, "T"]);
  expect(model.graph.outputs[0]!.type!.dims).toEqual([2, 3, 4]);
  applyPasses(model, [bindDims({ T: 5 })]);
  expect(model.graph.inputs.map((input) => input.type!.dims)).toEqual([
    [2, 3, 5],
    [5, 4],
  ]);
  expect(symbolsOf(model)).toEqual([]);
});

it("refuses symbols that the model does not have, and sizes that are none", () => {
  expect(() => applyPasses(pair(), [bindDims({ B: 1 })])).toThrow(
    expect.objectContaining({ code: "option.symbol", expected: "N, T" }),
  );
  expect(() => applyPasses(pair(), [bindDims({ N: 1.5 })])).toThrow(expect.objectContaining({ code: "option.range" }));
});
