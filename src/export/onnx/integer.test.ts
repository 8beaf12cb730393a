/** @file The integer form layer by layer: what it writes, what it refuses, and that the ways agree. */

import { afterAll, describe, expect, it } from "vitest";
import { numbers, scalar, type Tensor, tensor } from "../../base/tensor.ts";
import { OrtEngine, runReference } from "../../engine/index.ts";
import { Model } from "../../graph/model.ts";
import type { Node } from "../../graph/node.ts";
import type { Value } from "../../graph/value.ts";
import { insertQuantizers, type LayerQuantizers, quantizableLayers } from "../../rewrites/index.ts";
import { toQdq } from "../index.ts";
import { Builder } from "../random-network.fixture.ts";
import { toInteger } from "./integer.ts";

const engine = new OrtEngine();
afterAll(() => engine.close());

type Write = (b: Builder, x: Value) => Value;
type Own = Partial<LayerQuantizers>;

/** A network on `dims`, every layer quantised with the given bits. */
function quantised(dims: readonly number[], write: Write, own: Own = {}): { model: Model; inputs: Tensor } {
  const b = new Builder(11);
  b.graph.addOutput(write(b, b.graph.addInput("x", { dtype: "float32", dims: ["N", ...dims] })));
  const model = new Model(b.graph);
  const plans = quantizableLayers(model).map(
    ({ name }): LayerQuantizers => ({
      ...{ layer: name, mode: "round", weightBits: 8, weightRange: scalar("float32", 1.5), weightAxis: -1 },
      ...{ inputBits: 8, inputGrid: "affine", inputHigh: 2, inputLow: -1.5, container: 8 },
      ...own,
    }),
  );
  insertQuantizers(model, plans);
  return { model, inputs: b.random([3, ...dims]) };
}

const conv: Write = (b, x) =>
  b.layer("Conv", [x, b.weight("w", [3, 2, 3, 3]), b.weight("b", [3])], { pads: [1, 0, 2, 1] });
const gemm: Write = (b, x) => b.layer("Gemm", [x, b.weight("w", [6, 4]), b.weight("b", [4])]);

const kinds = (model: Model) => model.graph.nodes.map(({ op }) => op);
const find = (model: Model, op: string): Node => model.graph.nodes.find((node) => node.op === op)!;

/** The same numbers in the reference engine, and in ONNX Runtime at every optimisation level. */
async function expectExact(model: Model, x: Tensor): Promise<void> {
  const name = model.graph.outputs[0]!.name;
  const expected = numbers(runReference(model, { x }).outputs[name]!);
  for (const choice of [{}, { optimisation: "disabled" }, { keepQdq: true }, { isDefault: true }] as const) {
    const session = await engine.load(model, choice);
    const actual = numbers((await session.run({ x }))[name]!);
    await session.release();
    expect(Array.from(actual), JSON.stringify(choice)).toEqual(Array.from(expected));
  }
}

describe("the integer form", () => {
  it.each<[string, readonly number[], Write]>([
    ["Conv", [2, 5, 6], conv],
    ["Gemm", [6], gemm],
  ])("stores 8-bit weights of %s as unsigned bytes, which no runtime saturates", async (_, dims, write) => {
    const { model, inputs } = quantised(dims, write);
    const integer = toInteger(model).model;
    const product = integer.graph.nodes.find(({ op }) => op.endsWith("Integer"))!;
    const [, weight, , zero] = product.inputs;
    expect([weight!.constant!.dtype, zero!.constant]).toEqual(["uint8", scalar("uint8", 128)]);
    await expectExact(integer, inputs);
  });

  it.each([
    [7, "int8"],
    [4, "int4"],
    [3, "int4"],
    [2, "int2"],
  ])("stores %i-bit weights as %s, and expands them when it is loaded", async (weightBits, dtype) => {
    const { model, inputs } = quantised([2, 5, 6], conv, { weightBits });
    const integer = toInteger(model).model;
    const stored = integer.graph.initializers.find(({ metadata }) => metadata.has("femto.bits"))!;
    expect([stored.constant!.dtype, stored.metadata.get("femto.bits")]).toEqual([dtype, String(weightBits)]);
    await expectExact(integer, inputs);
  });

  it("pads with the zero point: uneven pads and a grid far from symmetric", async () => {
    const { model, inputs } = quantised([2, 5, 6], conv, { inputLow: -0.3, inputHigh: 3 });
    const integer = toInteger(model);
    const zero = find(integer.model, "ConvInteger").inputs[2]!.constant!;
    expect(numbers(zero)[0]).toBeGreaterThan(0);
    await expectExact(integer.model, inputs);
  });

  it("puts ConvTranspose, which has no integer kernel, on exact floats", async () => {
    const { model, inputs } = quantised([2, 4, 4], (b, x) =>
      b.layer("ConvTranspose", [x, b.weight("w", [2, 3, 3, 3]), b.weight("b", [3])], { strides: [2, 2] }),
    );
    const integer = toInteger(model);
    expect(integer.warnings).toEqual([]);
    expect(kinds(integer.model)).toContain("ConvTranspose");
    expect(integer.accumulators).toHaveLength(1);
    await expectExact(integer.model, inputs);
  });

  it("puts wide codes on exact floats while accumulators stay below 2^24", async () => {
    const { model, inputs } = quantised([6], gemm, { weightBits: 10, inputBits: 9, container: 16 });
    const integer = toInteger(model);
    expect(integer.warnings).toEqual([]);
    expect(integer.accumulators).toHaveLength(1);
    await expectExact(integer.model, inputs);
  });

  it("computes layers that read one quantised activation from the same codes", async () => {
    const { model, inputs } = quantised([2, 5, 6], (b, x) => b.g.add(conv(b, x), conv(b, x)));
    // Both read the quantiser of the first.
    const [first, second] = model.graph.nodes.filter(({ op }) => op === "Conv");
    second!.setInput(0, first!.inputs[0]);
    const integer = toInteger(model);
    expect([integer.codes.length, integer.accumulators.length]).toEqual([1, 2]);
    expect(integer.warnings).toEqual([]);
    expect(kinds(integer.model).filter((op) => op === "QuantizeLinear")).toHaveLength(1);
    await expectExact(integer.model, inputs);
  });

  it.each<[string, Write, Own, RegExp]>([
    [
      "a transposed input",
      (b, x) => b.layer("Gemm", [b.g.transpose(x, [1, 0]), b.weight("w", [6, 4])], { transA: true }),
      {},
      /gemm1: stays in floating point \(Gemm with a transposed input\)/,
    ],
    [
      "a weight on the left",
      (b, x) => b.layer("MatMul", [b.weight("w", [4, 6]), b.g.transpose(x, [1, 0])]),
      {},
      /matmul1: .*right-hand side/,
    ],
    [
      "a computed C",
      (b, x) => b.layer("Gemm", [x, b.weight("w", [6, 6]), b.g.op("Sigmoid", [x])]),
      {},
      /gemm1: .*a bias that is no constant vector/,
    ],
    ["16 bits", gemm, { weightBits: 16, inputBits: 16, container: 16 }, /gemm1: .*more than 8 bits, .*2\^24/],
  ])("leaves a layer with %s in floating point and says why", (_, write, own, reason) => {
    const { model } = quantised([6], write, own);
    const integer = toInteger(model);
    expect(integer.warnings.join("\n")).toMatch(reason);
    expect(integer.accumulators).toEqual([]);
    const { inputs } = quantised([6], write, own);
    const answer = (form: Model) => numbers(runReference(form, { x: inputs }).outputs[form.graph.outputs[0]!.name]!);
    expect(Array.from(answer(integer.model))).toEqual(Array.from(answer(toQdq(model).model)));
  });

  it("names operators in front of a quantiser on whose last bit runtimes may differ", () => {
    const { model } = quantised([6], (b, x) =>
      b.layer("Gemm", [b.g.op("Sigmoid", [gemm(b, x)]), b.weight("v", [4, 3])]),
    );
    expect(toInteger(model).warnings).toEqual([
      "codes behind Sigmoid (1) are the same everywhere only as far as runtimes agree on it: a rounding tie may differ",
    ]);
  });

  it("refuses activations with a scale a channel", () => {
    const { model } = quantised([6], gemm);
    const fake = model.graph.nodes.find(({ name, op }) => op === "FakeQuant" && name.includes("input"))!;
    fake.attributes = { ...fake.attributes, axis: { type: "int", value: 1 } };
    for (const index of [2, 3]) {
      const end = fake.inputs[index]!;
      end.constant = tensor("float32", [6], new Array(6).fill(numbers(end.constant!)[0]));
      end.type = { dtype: "float32", dims: [6] };
    }
    expect(() => toInteger(model)).toThrow(expect.objectContaining({ code: "export.axis" }));
  });
});
