import { AttributeProto_AttributeType as Kind } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { f32 } from "../base/tensor.ts";
import { OrtEngine } from "../engine/ort.ts";
import { Graph } from "../graph/graph.ts";
import { FEMTO_DOMAIN, Model, type ModelFunction } from "../graph/model.ts";
import { Value } from "../graph/value.ts";
import { oldFile } from "./old-file.fixture.ts";
import { readModel } from "./read-model.ts";
import { writeModel } from "./write-model.ts";

/** y = Clip(x·scale, 0, limit) with scale as attribute, limit as attribute with default, 0 as a constant. */
function clippedScale(): ModelFunction {
  const graph = new Graph("ClippedScale");
  const [x, scale, product, limit, y] = ["x", "scale", "product", "limit", "y"].map((name) => new Value(name));
  graph.inputs.push(x!);
  const zero = graph.addInitializer("zero", f32([], [0]));
  const reference = (value: string) => ({ value_float: { type: "reference", value, as: Kind.FLOAT } }) as const;
  graph.addNode({ op: "Constant", inputs: [], outputs: [scale], attributes: reference("scale") });
  graph.addNode({ op: "Constant", inputs: [], outputs: [limit], attributes: reference("limit") });
  graph.addNode({ op: "Mul", inputs: [x, scale], outputs: [product] });
  graph.addNode({ op: "Clip", inputs: [product, zero, limit], outputs: [y] });
  graph.addOutput(y!);
  return {
    domain: FEMTO_DOMAIN,
    name: "ClippedScale",
    attributes: ["scale"],
    defaults: { limit: { type: "float", value: 1 } },
    opsets: new Map([["", 26]]),
    graph,
    doc: "",
  };
}

function modelWith(fn: ModelFunction | undefined): Model {
  const model = new Model();
  const x = model.graph.addInput("x", { dtype: "float32", dims: ["N"] });
  const y = new Value("y", { dtype: "float32", dims: ["N"] });
  const attributes = { scale: { type: "float", value: 2 } } as const;
  model.graph.addNode({ op: "ClippedScale", domain: FEMTO_DOMAIN, inputs: [x], outputs: [y], attributes });
  model.graph.addOutput(y);
  if (fn !== undefined) model.functions.set(`${FEMTO_DOMAIN}.ClippedScale`, fn);
  return model;
}

describe("model-local functions", () => {
  it("survive, with references, defaults and constants", () => {
    const bytes = writeModel(modelWith(clippedScale()));
    const model = readModel(bytes);
    const fn = model.functions.get("femto.ClippedScale")!;
    expect([fn.attributes, fn.defaults]).toEqual([["scale"], { limit: { type: "float", value: 1 } }]);
    expect(fn.graph.nodes.map(({ op }) => op)).toEqual(["Constant", "Constant", "Mul", "Clip"]);
    expect(fn.graph.initializers.map(({ name }) => name)).toEqual(["zero"]);
    expect(model.opsets.get(FEMTO_DOMAIN)).toBe(1);
    expect(writeModel(model)).toEqual(bytes);
  });

  it("run in ONNX Runtime", async () => {
    const engine = new OrtEngine();
    const session = await engine.load(modelWith(clippedScale()));
    const { y } = await session.run({ x: f32([3], [-1, 0.25, 3]) });
    await engine.close();
    expect(y).toEqual(f32([3], [0, 0.5, 1]));
  });

  it("must be there for every femto operator", () => {
    expect(() => writeModel(modelWith(undefined))).toThrow(/uses femto.ClippedScale without its definition/);
  });

  it("must not call themselves", () => {
    const call = { op: "Again", domain: "test", inputs: ["a"], outputs: ["b"] };
    const file = oldFile({
      opset: 17,
      inputs: { x: f32([1], [1]) },
      nodes: [{ ...call, inputs: ["x"], outputs: ["y"] }],
      outputs: ["y"],
      fn: { name: "Again", inputs: ["a"], outputs: ["b"], attributes: [], nodes: [call] },
    });
    expect(() => readModel(file)).toThrow(expect.objectContaining({ code: "onnx.cycle" }));
  });
});
