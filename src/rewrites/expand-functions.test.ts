import { describe, expect, it } from "vitest";
import type { FemtoError } from "../base/errors.ts";
import { f32, scalar } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { Graph } from "../graph/graph.ts";
import { Model, type ModelFunction } from "../graph/model.ts";
import { type Attributes, Node } from "../graph/node.ts";
import { applyPasses } from "../graph/pass.ts";
import { Value } from "../graph/value.ts";
import { Emit, inferModel } from "../operators/index.ts";
import { expandFunctions } from "./expand-functions.ts";

/** A function from a list of lines `[op, inputs, outputs, attributes]` over names. */
function define(
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  lines: readonly [string, string[], string[], Attributes?][],
  more: Partial<ModelFunction> = {},
): ModelFunction {
  const graph = new Graph(name);
  const values = new Map<string, Value>();
  const own = (key: string) => values.get(key) ?? values.set(key, new Value(key)).get(key)!;
  for (const input of inputs) graph.inputs.push(own(input));
  for (const [kind, from, to, attributes] of lines) {
    const [op, domain] = kind.split("@");
    graph.addNode({
      op: op!,
      domain: domain ?? "",
      name: "",
      inputs: from.map(own),
      outputs: to.map(own),
      attributes: attributes ?? {},
    });
  }
  for (const output of outputs) graph.outputs.push(own(output));
  return { domain: "my", name, attributes: [], defaults: {}, opsets: new Map([["", 26]]), graph, doc: "", ...more };
}

function modelWith(functions: readonly ModelFunction[], call: (graph: Graph, x: Value) => Value): Model {
  const graph = new Graph();
  const x = graph.addInput("x", { dtype: "float32", dims: [2] });
  graph.addOutput(call(graph, x));
  const model = new Model(graph);
  model.opsets.set("my", 1);
  for (const fn of functions) model.functions.set(`${fn.domain}.${fn.name}`, fn);
  return model;
}

function call(
  graph: Graph,
  op: string,
  inputs: (Value | undefined)[],
  attributes: Attributes = {},
  name = "call",
): Value {
  const output = new Value(graph.freshName(`${name}_out`));
  graph.addNode(new Node({ op, domain: "my", name, inputs, outputs: [output], attributes }));
  return output;
}

const answer = (model: Model) => {
  inferModel(model);
  const [output] = model.graph.outputs;
  return Array.from(runReference(model, { x: f32([2], [1, 2]) }).outputs[output!.name]!.data as Float32Array);
};

describe("expand-functions", () => {
  it("inlines calls, nested ones too, and keeps the names of results", () => {
    const twice = define("Twice", ["a"], ["b"], [["Add", ["a", "a"], ["b"]]]);
    const fourTimes = define(
      "FourTimes",
      ["a"],
      ["c"],
      [
        ["Twice@my", ["a"], ["b"]],
        ["Twice@my", ["b"], ["c"]],
      ],
    );
    const model = modelWith([twice, fourTimes], (graph, x) =>
      call(graph, "FourTimes", [call(graph, "Twice", [x], {}, "first")], {}, "second"),
    );
    const output = model.graph.outputs[0]!.name;
    expect(applyPasses(model, [expandFunctions()])).toBe(true);
    expect(model.graph.nodes.map((node) => node.op)).toEqual(["Add", "Add", "Add"]);
    expect(model.graph.outputs[0]!.name).toBe(output);
    expect(model.functions.size).toBe(0);
    expect(answer(model)).toEqual([8, 16]);
    expect(applyPasses(model, [expandFunctions()])).toBe(false);
  });

  it("fills in attribute references from the call, else from the default", () => {
    const shift = define(
      "Shift",
      ["a"],
      ["b"],
      [
        ["Constant", [], ["by"], { value_float: { type: "reference", value: "by", as: 1 } }],
        ["Add", ["a", "by"], ["b"]],
      ],
      { defaults: { by: { type: "float", value: 10 } } },
    );
    const model = modelWith([shift], (graph, x) =>
      call(graph, "Shift", [call(graph, "Shift", [x])], { by: { type: "float", value: 0.5 } }, "other"),
    );
    applyPasses(model, [expandFunctions()]);
    expect(answer(model)).toEqual([11.5, 12.5]);
    expect(model.graph.initializers.map((value) => value.constant!.data[0])).toEqual([10, 0.5]);
  });

  it("refuses a constant whose value nobody gives", () => {
    const shift = define(
      "Shift",
      ["a"],
      ["b"],
      [
        ["Constant", [], ["by"], { value_float: { type: "reference", value: "by", as: 1 } }],
        ["Add", ["a", "by"], ["b"]],
      ],
    );
    const model = modelWith([shift], (graph, x) => call(graph, "Shift", [x]));
    expect(() => applyPasses(model, [expandFunctions()])).toThrow(
      expect.objectContaining({ code: "attribute.missing" }),
    );
  });

  it("gives an Identity to outputs that are inputs", () => {
    const pass = define("Pass", ["a"], ["a"], []);
    const model = modelWith([pass], (graph, x) => call(graph, "Pass", [x]));
    applyPasses(model, [expandFunctions()]);
    expect(model.graph.nodes.map((node) => node.op)).toEqual(["Identity"]);
    expect(model.graph.outputs[0]!.name).toBe("call_out");
  });

  it("leaves absent optional inputs absent", () => {
    const affine = define("Affine", ["a", "w", "c"], ["b"], [["Gemm", ["a", "w", "c"], ["b"]]]);
    const graph = new Graph();
    const x = graph.addInput("x", { dtype: "float32", dims: [1, 2] });
    const w = graph.addInitializer("w", f32([2, 1], [3, 4]));
    graph.addOutput(call(graph, "Affine", [x, w]));
    const model = new Model(graph);
    model.functions.set("my.Affine", affine);
    applyPasses(model, [expandFunctions()]);
    inferModel(model);
    expect(runReference(model, { x: f32([1, 2], [1, 2]) }).outputs.call_out!.data).toEqual(Float32Array.from([11]));
  });

  it("refuses recursion", () => {
    const ping = define("Ping", ["a"], ["b"], [["Pong@my", ["a"], ["b"]]]);
    const pong = define("Pong", ["a"], ["b"], [["Ping@my", ["a"], ["b"]]]);
    const model = modelWith([ping, pong], (graph, x) => call(graph, "Ping", [x]));
    const error = (() => {
      try {
        applyPasses(model, [expandFunctions()]);
      } catch (caught) {
        return caught as FemtoError;
      }
    })();
    expect(error?.code).toBe("function.recursive");
    expect(error?.got).toBe("my.Ping → my.Pong → my.Ping");
  });

  it("expands calls inside subgraphs under names that are free outside, too", () => {
    const twice = define("Twice", ["a"], ["b"], [["Add", ["a", "a"], ["b"]]]);
    const branch = (x: Value, name: string) => {
      const inner = new Graph(name);
      const output = new Value(`${name}_result`);
      inner.addNode({ op: "Twice", domain: "my", name: "call", inputs: [x], outputs: [output] });
      inner.addOutput(output);
      return inner;
    };
    const graph = new Graph();
    const x = graph.addInput("x", { dtype: "float32", dims: [2] });
    const condition = graph.addInitializer("condition", scalar("bool", true));
    const output = new Value("y");
    graph.addNode({
      op: "If",
      inputs: [condition],
      outputs: [output],
      attributes: {
        then_branch: { type: "graph", value: branch(x, "then") },
        else_branch: { type: "graph", value: branch(x, "else") },
      },
    });
    graph.addOutput(output);
    const model = new Model(graph);
    model.functions.set("my.Twice", twice);
    applyPasses(model, [expandFunctions()]);
    expect(model.graph.nodes[0]!.subgraphs.map((inner) => inner.nodes[0]!.op)).toEqual(["Add", "Add"]);
  });

  it("turns femto operators into their bodies, with the same bits, or keeps them", () => {
    const build = () => {
      const graph = new Graph();
      const x = graph.addInput("x", { dtype: "float32", dims: [2] });
      const g = new Emit(graph, { scope: "layer" });
      graph.addOutput(
        g.op("femto.FakeQuant", [x, g.scalar("float32", 3.25), g.scalar("float32", 2)], { grid: "unsigned" }),
      );
      return new Model(graph);
    };
    const expected = answer(build());
    const model = build();
    expect(applyPasses(model, [expandFunctions({ keep: (kind) => kind === "femto.FakeQuant" })])).toBe(false);
    applyPasses(model, [expandFunctions()]);
    expect(model.graph.nodes.every((node) => node.domain === "")).toBe(true);
    expect(answer(model)).toEqual(expected);
  });
});
