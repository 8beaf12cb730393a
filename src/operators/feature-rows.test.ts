/** @file Features behind moved elements: channels last, picked channels and rows, what is computed or not known. */

import { expect, it } from "vitest";
import { i64 } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { Emit, featureRows, inferModel } from "./index.ts";

function graphOf(dims: readonly (number | string)[]) {
  const graph = new Graph();
  const x = graph.addInput("x", { dtype: "float32", dims });
  return { graph, g: new Emit(graph), x };
}

/** Rows of the graph's last value, shapes worked out. */
function rowsOf({ graph }: { graph: Graph }, y: ReturnType<Emit["op"]>, features: number) {
  graph.addOutput(y);
  inferModel(new Model(graph));
  return featureRows(y, features);
}

it("channels last: the elements of each pixel lie apart in the input", () => {
  const { graph, g, x } = graphOf(["N", 2, 1, 3]);
  const flat = g.op("Flatten", [g.transpose(x, [0, 2, 3, 1])]);
  // x holds channel 0 as 0 1 2, channel 1 as 3 4 5.
  expect(rowsOf({ graph }, g.transpose(flat, [1, 0]), 6)).toEqual([0, 3, 1, 4, 2, 5]);
});

it("a picked channel, the other way round", () => {
  const { graph, g, x } = graphOf(["N", 2, 3]);
  const picked = g.op("Gather", [x, g.constant(i64([1, 0]))], { axis: 1 });
  expect(rowsOf({ graph }, g.op("Flatten", [picked]), 6)).toEqual([3, 4, 5, 0, 1, 2]);
});

it("rows of flat features, from the end, too", () => {
  const { graph, g, x } = graphOf(["N", 4]);
  const picked = g.op("Gather", [g.transpose(x, [1, 0]), g.constant(i64([2, -1, 2]))], { axis: 0 });
  expect(rowsOf({ graph }, picked, 4)).toEqual([2, 3, 2]);
});

it("of several examples: those of the first, wherever its elements stand", () => {
  const { graph, g, x } = graphOf([2, 2, 3]);
  const flat = g.op("Flatten", [g.transpose(x, [0, 2, 1])]);
  expect(rowsOf({ graph }, g.transpose(flat, [1, 0]), 6)).toEqual([0, 3, 1, 4, 2, 5]);
});

it("what is computed, and what has no shape, is named", () => {
  const { graph, g, x } = graphOf(["N", 4]);
  expect(rowsOf({ graph }, g.transpose(g.op("Abs", [x]), [1, 0]), 4)).toBe("Abs");
  const open = graphOf(["N", 4]);
  const turned = open.g.transpose(open.x, [1, 0]);
  open.x.type = { dtype: "float32", dims: undefined };
  expect(featureRows(turned, 4)).toBe("Transpose");
});
