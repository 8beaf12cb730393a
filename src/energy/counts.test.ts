import { describe, expect, test } from "vitest";
import { f32, zeros } from "../base/tensor.ts";
import { Model } from "../graph/model.ts";
import { Node } from "../graph/node.ts";
import { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { quantizableLayers } from "../rewrites/index.ts";
import { zoo } from "../zoo/index.ts";
import { countWork, layerCosts } from "./index.ts";

function start(dims: readonly (number | string)[]) {
  const model = new Model();
  const g = new Emit(model.graph);
  const x = model.graph.addInput("x", { dtype: "float32", dims });
  const weight = (dims: readonly number[]) => g.constant(zeros("float32", dims), "w");
  return { model, g, x, weight };
}

describe("weighted layers", () => {
  test("a convolution, a fully connected layer, and what lies between them", () => {
    const { model, g, x, weight } = start(["N", 1, 28, 28]);
    const conv = g.op("Conv", [x, weight([6, 1, 5, 5]), weight([6])], { pads: [2, 2, 2, 2] });
    const pooled = g.op("MaxPool", [g.op("Relu", [conv])], { kernel_shape: [2, 2], strides: [2, 2] });
    const y = g.op("Gemm", [g.op("Flatten", [pooled]), weight([10, 1176]), weight([10])], { transB: true });
    model.graph.addOutput(y);
    const { layers, nodes } = countWork(model, { N: 1 });
    expect(layers).toMatchObject([
      { name: "Conv", operator: "Conv", macs: 28 * 28 * 6 * 25, nW: 150, nA: 784, nY: 4704 },
      { name: "Gemm", operator: "Gemm", macs: 11760, nW: 11760, nA: 1176, nY: 10 },
    ]);
    for (const { macs, loops } of layers) expect(loops.reduce((product, { size }) => product * size, 1)).toBe(macs);
    // Flatten moves nothing; the others are named, with their operations
    const streams = nodes.filter(({ kind }) => kind === "stream");
    expect(streams).toMatchObject([
      { operator: "Relu", ops: [{ op: "compare", count: 4704 }], nY: 4704 },
      { operator: "MaxPool", nY: 1176 },
    ]);
    expect(nodes).toHaveLength(4);
    // the model keeps its symbol
    expect(model.graph.inputs[0]!.type!.dims![0]).toBe("N");
    expect(layerCosts(model, { N: 4 })[0]).toMatchObject({ macs: 4 * 28 * 28 * 6 * 25, nW: 150, nA: 4 * 784 });
  });

  test("depthwise and transposed convolutions", () => {
    const { model, g, x, weight } = start([1, 8, 10, 10]);
    const depthwise = g.op("Conv", [x, weight([8, 1, 3, 3])], { group: 8 });
    const up = g.op("ConvTranspose", [depthwise, weight([8, 4, 2, 2]), weight([4])], { strides: [2, 2] });
    model.graph.addOutput(up);
    expect(layerCosts(model)).toMatchObject([
      { macs: 8 * 8 * 8 * 9, nW: 72, nA: 800 },
      { operator: "ConvTranspose", macs: 8 * 64 * 16, nW: 128, nA: 512, nY: 4 * 16 * 16 },
    ]);
  });

  test("a weight on the left of a product, behind a transpose, and behind a quantiser", () => {
    const { model, g, x, weight } = start([4, 3]);
    const left = g.matmul(weight([5, 4]), x);
    const turned = g.matmul(left, g.transpose(weight([7, 3]), [1, 0]));
    const bits = g.constant(f32([], [4]));
    const quantised = g.op("femto.FakeQuant", [weight([7, 2]), bits, g.constant(f32([], [1]))]);
    model.graph.addOutput(g.matmul(turned, quantised));
    const { layers, unmodelled } = countWork(model);
    expect(layers.map(({ nW, nA, macs }) => [nW, nA, macs])).toEqual([
      [20, 12, 60],
      [21, 15, 105],
      [14, 35, 70],
    ]);
    expect(unmodelled).toEqual([]);
  });

  test("integer products count like the others", () => {
    const model = new Model();
    const g = new Emit(model.graph);
    const x = model.graph.addInput("x", { dtype: "uint8", dims: [2, 3] });
    const w = g.constant(zeros("int8", [3, 5]), "w");
    const zero = g.constant(zeros("uint8", []), "zero");
    model.graph.addOutput(g.op("MatMulInteger", [x, w, zero]));
    expect(countWork(model)).toMatchObject({ layers: [{ macs: 30, nW: 15, nA: 6 }], unmodelled: [] });
  });

  test("nodes without a name, or with the same one, are told apart", () => {
    const { model, g, x, weight } = start([2, 3]);
    const y = g.matmul(g.matmul(x, weight([3, 3])), weight([3, 3]));
    model.graph.addOutput(y);
    for (const node of model.graph.nodes) node.name = "fc";
    expect(layerCosts(model).map(({ name }) => name)).toEqual(["fc", "fc_2"]);
    for (const node of model.graph.nodes) node.name = "";
    expect(layerCosts(model).map(({ name }) => name)).toEqual(model.graph.nodes.map((node) => node.outputs[0]!.name));
  });
});

describe("the zoo", () => {
  const published = { lenet5: [5, 416_520], resnet20: [20, 40_551_040], resnet18: [21, 555_468_800] } as const;

  test.each(Object.entries(published))("%s has %j layers and MACs", (name, [layers, macs]) => {
    const costs = layerCosts(zoo[name as keyof typeof published]({}), { N: 1 });
    expect(costs).toHaveLength(layers);
    expect(costs.reduce((sum, cost) => sum + cost.macs, 0)).toBe(macs);
  });

  test.each(["lenet5", "resnet8", "dsCnn", "mobilenetV2"] as const)(
    "%s: the layers are those that are quantised",
    (name) => {
      const model = zoo[name]({});
      expect(layerCosts(model, { N: 1 }).map((cost) => cost.name)).toEqual(
        quantizableLayers(model).map((found) => found.name),
      );
    },
  );
});

describe("what has no weights", () => {
  test("a product of two activations", () => {
    const { model, g, x } = start([2, 3]);
    model.graph.addOutput(g.matmul(x, g.transpose(x, [1, 0])));
    const { layers, nodes, unmodelled } = countWork(model);
    expect(layers).toEqual([]);
    expect(unmodelled).toEqual([]);
    expect(nodes).toMatchObject([
      { operator: "Transpose", kind: "stream", macs: 0 },
      { operator: "MatMul", kind: "product", macs: 12, nA: 6, nW: 6 },
    ]);
  });

  test("an operator that is not known, and what follows it", () => {
    const { model, g, x, weight } = start([2, 3]);
    const made = new Value("made");
    model.graph.addNode(new Node({ op: "Strange", domain: "other", inputs: [x], outputs: [made] }));
    const declared = new Value("declared", { dtype: "float32", dims: [2, 3] });
    model.graph.addNode(new Node({ op: "Strange", domain: "other", inputs: [x], outputs: [declared] }));
    const y = new Value("y");
    model.graph.addNode(new Node({ op: "Relu", inputs: [made], outputs: [y] }));
    model.graph.addOutput(y);
    model.graph.addOutput(g.matmul(declared, weight([3, 4])));
    const { layers, unmodelled } = countWork(model);
    expect(unmodelled.map(({ operator, reason }) => [operator, reason])).toEqual([
      ["other.Strange", "the operator is not known"],
      ["other.Strange", "the operator is not known"],
      ["Relu", "its inputs have no known type"],
    ]);
    // a declared type is enough to go on
    expect(layers).toMatchObject([{ macs: 24 }]);
  });

  test("shape arithmetic and constants cost nothing", () => {
    const { model, g, x, weight } = start(["N", 4]);
    const doubled = g.mul(weight([4, 4]), weight([4, 4]));
    const shape = g.op("Shape", [x]);
    const y = g.op("Reshape", [g.matmul(x, doubled), g.op("Concat", [shape, g.ints([1])], { axis: 0 })]);
    model.graph.addOutput(y);
    expect(countWork(model, { N: 3 })).toMatchObject({ layers: [{ macs: 48 }], unmodelled: [] });
  });
});

test("a symbol without a size is one clear message", () => {
  const { model, g, x, weight } = start(["batch", 4]);
  model.graph.addOutput(g.matmul(x, weight([4, 4])));
  expect(() => countWork(model, { N: 1 })).toThrow(
    expect.objectContaining({ code: "energy.symbol", where: "input x", hint: "say how big it is: --dim batch=1" }),
  );
});
