import { describe, expect, it } from "vitest";
import { f32 } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { verifyModel } from "../graph/verify.ts";
import { Emit } from "../operators/index.ts";
import { extractModel } from "./extract.ts";

/** z = (x·w1 + side)·w2, with every value named after what it is. */
function chain(): Model {
  const graph = new Graph();
  const g = new Emit(graph);
  const x = graph.addInput("x", { dtype: "float32", dims: ["N", 1] });
  const side = graph.addInput("side", { dtype: "float32", dims: ["N", 1] });
  const first = g.matmul(x, graph.addInitializer("w1", f32([1, 1], [2])));
  first.name = "first";
  const sum = g.add(first, side);
  sum.name = "sum";
  const z = g.matmul(sum, graph.addInitializer("w2", f32([1, 1], [5])));
  z.name = "z";
  graph.addOutput(z);
  return new Model(graph);
}

describe("extractModel", () => {
  it("cuts out the part between two values", () => {
    const model = chain();
    const part = extractModel(model, { inputs: ["sum"], outputs: ["z"] });
    verifyModel(part);
    expect(part.graph.inputs.map((value) => [value.name, value.type])).toEqual([
      ["sum", { dtype: "float32", dims: ["N", 1] }],
    ]);
    expect(part.graph.initializers.map((value) => value.name)).toEqual(["w2"]);
    expect(runReference(part, { sum: f32([1, 1], [3]) }).outputs).toEqual({ z: f32([1, 1], [15]) });
    expect(model.graph.nodes).toHaveLength(3);
  });

  it("makes inner values outputs", () => {
    const part = extractModel(chain(), { inputs: ["x", "side"], outputs: ["first", "sum"] });
    verifyModel(part);
    const feeds = { x: f32([1, 1], [3]), side: f32([1, 1], [1]) };
    expect(runReference(part, feeds).outputs).toEqual({ first: f32([1, 1], [6]), sum: f32([1, 1], [7]) });
  });

  it("may cut at an initializer", () => {
    const part = extractModel(chain(), { inputs: ["x", "w1"], outputs: ["first"] });
    verifyModel(part);
    expect(part.graph.initializers).toEqual([]);
    const feeds = { x: f32([1, 1], [3]), w1: f32([1, 1], [4]) };
    expect(runReference(part, feeds).outputs).toEqual({ first: f32([1, 1], [12]) });
  });

  it("refuses unknown values and inputs that were forgotten", () => {
    expect(() => extractModel(chain(), { inputs: ["x"], outputs: ["nothing"] })).toThrow(
      expect.objectContaining({ code: "extract.value" }),
    );
    expect(() => extractModel(chain(), { inputs: ["first"], outputs: ["z"] })).toThrow(
      expect.objectContaining({ code: "extract.input", message: 'the outputs also depend on the input "side"' }),
    );
  });
});
