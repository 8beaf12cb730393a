/** @file Files that Femto did not write: other quantisers' nodes, types and arrangements. */

import { describe, expect, it } from "vitest";
import { f32, i64, scalar, tensor } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { readQuantised } from "./read-quantised.ts";

const QUANT = "qonnx.custom_op.general.Quant";

/** A model that reads x; weights are written by the caller. */
function build(dims: readonly (number | string)[], write: (g: Emit, x: Value) => Value): Model {
  const graph = new Graph();
  graph.addOutput(write(new Emit(graph), graph.addInput("x", { dtype: "float32", dims })));
  return new Model(graph);
}

const number = (g: Emit, value: number) => g.constant(scalar("float32", value));

/** x on uint8 codes with a scale of 0.5 and a zero point of 3. */
function codesOf(g: Emit, x: Value) {
  const [scale, zero] = [number(g, 0.5), g.constant(scalar("uint8", 3))];
  return { code: g.op("QuantizeLinear", [x, scale, zero]), scale, zero };
}

function onGrid(g: Emit, x: Value): Value {
  const { code, scale, zero } = codesOf(g, x);
  return g.op("DequantizeLinear", [code, scale, zero]);
}

const only = (model: Model) => readQuantised(model).layers[0]!;

describe("weights", () => {
  it("unsigned bytes with a zero point a channel", () => {
    const model = build(["N", 2], (g, x) => {
      const codes = g.constant(tensor("uint8", [2, 3], [130, 131, 120, 0, 255, 128]));
      const scales = g.constant(f32([3], [0.5, 0.25, 1]));
      const zeros = g.constant(tensor("uint8", [3], [128, 131, 120]));
      return g.matmul(onGrid(g, x), g.op("DequantizeLinear", [codes, scales, zeros], { axis: 1 }));
    });
    expect(only(model)).toMatchObject({
      operator: "MatMul",
      weight: { bits: 8, container: "uint8", dims: [2, 3], scales: [0.5, 0.25, 1], axis: 1, block: 0 },
      input: { bits: 8, container: "uint8", scale: 0.5, zero: 3, least: 0, most: 255 },
    });
    expect(only(model).weight!.codes).toEqual(Int32Array.of(2, 0, 0, -128, 124, 8));
  });

  it("blocks along an axis", () => {
    const model = build(["N", 4], (g, x) => {
      const codes = g.constant(tensor("int4", [4, 1], [7, -8, 3, 1]));
      const scales = g.constant(f32([2, 1], [0.5, 0.25]));
      const attributes = { axis: 0, block_size: 2 };
      return g.matmul(x, g.op("DequantizeLinear", [codes, scales], attributes));
    });
    const { weight, input } = only(model);
    expect(weight).toMatchObject({ bits: 4, container: "int4", scales: [0.5, 0.25], axis: 0, block: 2 });
    expect(input).toBeUndefined();
  });

  it("float weights that the file quantises itself, as training tools write them", () => {
    const model = build(["N", 2], (g, x) => {
      const weight = g.constant(f32([2, 2], [0.9, -0.26, 0.24, -1.2]));
      const [scale, zero] = [number(g, 0.25), g.constant(scalar("int8", 0))];
      const codes = g.op("QuantizeLinear", [weight, scale, zero]);
      return g.matmul(x, g.op("DequantizeLinear", [codes, scale, zero]));
    });
    const { weight } = only(model);
    expect(weight!.codes).toEqual(Int32Array.of(4, -1, 1, -5));
    // No metadata: three magnitude bits and a sign hold −5 … 4.
    expect([weight!.bits, weight!.container]).toEqual([4, "int8"]);
  });

  it("QONNX scales a channel, followed by a Transpose", () => {
    const model = build(["N", 3], (g, x) => {
      const weight = g.constant(f32([2, 3], [0.5, -1, 0, 0.25, 0.5, -0.75]));
      const scale = g.constant(f32([2, 1], [0.5, 0.25]));
      const quantised = g.op(QUANT, [weight, scale, number(g, 0), number(g, 3)], { signed: true, narrow: true });
      return g.matmul(x, g.transpose(quantised, [1, 0]));
    });
    const { weight } = only(model);
    expect(weight).toMatchObject({ bits: 3, container: "float32", dims: [3, 2], scales: [0.5, 0.25], axis: 1 });
    expect(weight!.codes).toEqual(Int32Array.of(1, 1, -2, 2, 0, -3));
  });

  it("a Reshape that leaves the channels together, and one that does not", () => {
    const reshaped = (dims: readonly number[]) =>
      build(["N", dims[0]!], (g, x) => {
        const codes = g.constant(tensor("int8", [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]));
        const scales = g.constant(f32([2], [0.5, 0.25]));
        const weight = g.op("DequantizeLinear", [codes, scales], { axis: 2 });
        return g.matmul(x, g.op("Reshape", [weight, g.constant(i64(dims))]));
      });
    expect(only(reshaped([4, 2])).weight).toMatchObject({ dims: [4, 2], axis: 1 });
    expect(() => only(reshaped([2, 4]))).toThrow(expect.objectContaining({ code: "export.read" }));
  });

  it("plain floats are no codes", () => {
    const model = build(["N", 2], (g, x) => g.matmul(onGrid(g, x), g.constant(f32([2, 1], [1, 2]))));
    expect(readQuantised(model).form).toBe("qdq");
    expect(only(model).weight).toBeUndefined();
    expect(readQuantised(build(["N", 2], (g, x) => g.matmul(x, g.constant(f32([2, 1], [1, 2]))))).form).toBe("float");
  });
});

describe("inputs", () => {
  const weighted = (write: (g: Emit, x: Value) => Value) =>
    only(build(["N", 2, 4, 4], (g, x) => g.op("Conv", [write(g, x), g.constant(f32([1, 2, 1, 1], [1, 2]))]))).input;

  it("codes that a Clip bounds have fewer bits", () => {
    const clipped = weighted((g, x) => {
      const { code, scale, zero } = codesOf(g, x);
      const bound = (value: number) => g.constant(scalar("uint8", value));
      return g.op("DequantizeLinear", [g.op("Clip", [code, bound(0), bound(14)]), scale, zero]);
    });
    expect(clipped).toMatchObject({ bits: 4, least: 0, most: 14, scale: 0.5, zero: 3 });
  });

  it("maxima stay on the grid, means do not", () => {
    const pooled = weighted((g, x) => g.op("MaxPool", [onGrid(g, x)], { kernel_shape: [2, 2] }));
    expect(pooled).toMatchObject({ bits: 8, scale: 0.5 });
    expect(weighted((g, x) => g.op("AveragePool", [onGrid(g, x)], { kernel_shape: [2, 2] }))).toBeUndefined();
  });

  it("QONNX grids: unsigned, signed, narrow, bipolar", () => {
    const quant = (bits: number, attributes: object) =>
      weighted((g, x) =>
        g.op(QUANT, [x, number(g, 0.5), number(g, 0), number(g, bits)], attributes as Record<string, unknown>),
      );
    expect(quant(3, { signed: false })).toMatchObject({ bits: 3, least: 0, most: 7 });
    expect(quant(3, { signed: true })).toMatchObject({ bits: 3, least: -4, most: 3 });
    expect(quant(3, { signed: true, narrow: true })).toMatchObject({ bits: 3, least: -3, most: 3 });
    expect(quant(1, { signed: true })).toMatchObject({ bits: 1, least: -1, most: 1 });
    const bipolar = weighted((g, x) => g.op("qonnx.custom_op.general.BipolarQuant", [x, number(g, 2)]));
    expect(bipolar).toEqual({ bits: 1, container: "float32", scale: 2, zero: 0, least: -1, most: 1 });
  });
});

describe("integer operators of other quantisers", () => {
  it("QLinearConv: scales, zero points and bias are inputs", () => {
    const model = build(["N", 1, 3, 3], (g, x) => {
      const { code, scale, zero } = codesOf(g, x);
      const weight = g.constant(tensor("int8", [2, 1, 1, 1], [-5, 7]));
      const scales = g.constant(f32([2], [0.5, 0.25]));
      const zeros = g.constant(tensor("int8", [2], [0, 0]));
      const bias = g.constant(tensor("int32", [2], [4, -8]));
      const y = g.op("QLinearConv", [code, scale, zero, weight, scales, zeros, scale, zero, bias]);
      return g.op("DequantizeLinear", [y, scale, zero]);
    });
    expect(readQuantised(model).form).toBe("qlinear");
    const { operator, weight, input, bias } = only(model);
    expect([operator, weight!.bits, weight!.scales, weight!.axis]).toEqual(["Conv", 4, [0.5, 0.25], 0]);
    expect(weight!.codes).toEqual(Int32Array.of(-5, 7));
    expect(input).toMatchObject({ bits: 8, scale: 0.5, zero: 3 });
    // Codes on the scales 0.5·0.5 and 0.5·0.25
    expect(bias).toEqual({ values: [1, -1], codes: Int32Array.of(4, -8) });
  });

  it("ConvInteger whose result nobody scales: codes without real scales", () => {
    const model = build(["N", 1, 3, 3], (g, x) => {
      const { code, zero } = codesOf(g, x);
      const product = g.op("ConvInteger", [code, g.constant(tensor("int8", [1, 1, 1, 1], [3])), zero]);
      return g.cast(product, "float32");
    });
    const { weight, bias } = only(model);
    expect(weight!.codes).toEqual(Int32Array.of(3));
    expect(bias).toBeUndefined();
  });
});
