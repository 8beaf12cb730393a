/** @file The graph keeps its own books: uses, producers, names; and what the verifier refuses. */

import { describe, expect, it } from "vitest";
import { f32 } from "../base/tensor.ts";
import { cloneModel } from "./clone.ts";
import { Graph } from "./graph.ts";
import { Model } from "./model.ts";
import { Node } from "./node.ts";
import { removeDeadNodes, sortNodes } from "./order.ts";
import { applyPasses } from "./pass.ts";
import { Value } from "./value.ts";
import { verifyModel } from "./verify.ts";

const type = { dtype: "float32", dims: [2] } as const;

/** x → Relu → a → Neg → b (output); c is added to a by nobody. */
function chain() {
  const graph = new Graph("chain");
  const x = graph.addInput("x", type);
  const [a, b] = [new Value("a", type), new Value("b", type)];
  const relu = graph.addNode({ op: "Relu", inputs: [x], outputs: [a] });
  const neg = graph.addNode({ op: "Neg", inputs: [a], outputs: [b] });
  graph.addOutput(b);
  return { graph, x, a, b, relu, neg, model: new Model(graph) };
}

describe("values and nodes", () => {
  it("know who makes and who reads what", () => {
    const { a, relu, neg, x } = chain();
    expect(a.producer).toBe(relu);
    expect(a.uses).toEqual([{ node: neg, index: 0 }]);
    neg.setInput(0, x);
    expect(a.isUsed).toBe(false);
    expect(x.uses).toHaveLength(2);
  });

  it("replace keeps the name of a graph output", () => {
    const { graph, a, b, neg, model } = chain();
    graph.replace(b, a);
    graph.removeNodes([neg]);
    expect(graph.outputs).toEqual([a]);
    expect(a.name).toBe("b");
    verifyModel(model);
  });

  it("give fresh names", () => {
    const { graph } = chain();
    const first = graph.freshName("a");
    expect(first).not.toBe("a");
    expect(graph.freshName("a")).not.toBe(first);
  });
});

describe("order", () => {
  it("sorts nodes that come in any order, and names a node of a cycle", () => {
    const { graph, relu, neg, b, model } = chain();
    graph.reorder([neg, relu]);
    expect(() => verifyModel(model)).toThrow(/read before anything defines it/);
    sortNodes(graph);
    verifyModel(model);
    relu.setInput(0, b);
    expect(() => sortNodes(graph)).toThrow(/cycle/);
  });

  it("removes what no output needs, initializers included when pruned", () => {
    const { graph, a } = chain();
    const w = graph.addInitializer("w", f32([2], [1, 2]));
    graph.addNode({ op: "Mul", inputs: [a, w], outputs: [new Value("dead", type)] });
    expect(removeDeadNodes(graph)).toBe(true);
    expect(removeDeadNodes(graph)).toBe(false);
    graph.pruneInitializers();
    expect(graph.initializers).toEqual([]);
    expect(graph.nodes).toHaveLength(2);
  });
});

describe("the verifier refuses", () => {
  it.each<[string, (c: ReturnType<typeof chain>) => void, RegExp]>([
    [
      "a value defined twice",
      ({ graph, x }) => graph.addNode({ op: "Abs", inputs: [x], outputs: [new Value("a", type)] }),
      /defined twice/,
    ],
    [
      "a value without a name",
      ({ graph, x }) => graph.addNode({ op: "Abs", inputs: [x], outputs: [new Value("", type)] }),
      /no name/,
    ],
    ["an output that nobody makes", ({ graph }) => graph.addOutput(new Value("ghost", type)), /never defined/],
    ["an input of another graph", ({ neg }) => neg.setInput(0, new Value("stranger", type)), /read before/],
    [
      "an initializer with the wrong number of elements",
      ({ graph }) =>
        graph.initializers.push(new Value("w", undefined, { dtype: "float32", dims: [3], data: new Float32Array(2) })),
      /wrong number of elements/,
    ],
    ["an initializer without elements", ({ graph }) => graph.initializers.push(new Value("w", type)), /no elements/],
  ])("%s", (_, spoil, message) => {
    const made = chain();
    spoil(made);
    expect(() => verifyModel(made.model)).toThrow(message);
  });
});

describe("passes", () => {
  it("are checked: a pass that breaks the graph is named", () => {
    const { model } = chain();
    const vandal = {
      name: "vandal",
      run: ({ graph }: Model) => {
        graph.nodes[1]!.setInput(0, new Value("nowhere", type));
        return true;
      },
    };
    expect(() => applyPasses(model, [vandal])).toThrow(
      expect.objectContaining({ where: expect.stringContaining("vandal") }),
    );
  });

  it("say whether anything changed", () => {
    const { model } = chain();
    expect(applyPasses(model, [{ name: "idle", run: () => false }])).toBe(false);
  });
});

it("a clone shares nothing that changes", () => {
  const { model, graph } = chain();
  model.metadata.set("key", "text");
  const copy = cloneModel(model);
  verifyModel(copy);
  copy.graph.addNode(new Node({ op: "Abs", inputs: [copy.graph.outputs[0]], outputs: [new Value("c", type)] }));
  copy.metadata.set("key", "other");
  expect(graph.nodes).toHaveLength(2);
  expect(graph.outputs[0]!.isUsed).toBe(false);
  expect(model.metadata.get("key")).toBe("text");
});
