/** @file The QONNX quantisers: straight-through gradients, a bit-width that is an input, body = run, and bad input. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numbers, scalar, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { f64, slopesOf } from "./derivatives.fixture.ts";
import { Emit, findOperator, readAttributes, writeAttributes } from "./index.ts";

const domain = "qonnx.custom_op.general";
const x = f64([4], [0.3, -0.2, 5, -9]);
const number = (value: number) => f64([], [value]);

describe("straight through", () => {
  it("Quant passes dy inside the range, and the scale learns from the rounding error and from what is clipped", () => {
    // s = 0.5, three signed bits: codes −4 … 3; t = 0.6, −0.4, 10, −18; y = 0.5, 0, 1.5, −2; w = 0.5, 0.75, 1, 1.25
    const inputs = [x, number(0.5), number(0), number(3)];
    const [dx, dScale, dZero, dBits] = slopesOf({ kind: `${domain}.Quant`, inputs });
    expect(dx).toEqual([0.5, 0.75, 0, 0]);
    // Σ w·(y − x inside)/s = 0.5·0.4 + 0.75·0.4 + 1·3 + 1.25·(−4)
    expect(dScale![0]).toBeCloseTo(0.2 + 0.3 + 3 - 5, 12);
    // −Σ w·s outside
    expect(dZero![0]).toBeCloseTo(-0.5 * (1 + 1.25), 12);
    expect(dBits).toEqual([0]);
  });

  it("one signed bit passes |x| ≤ s, in Quant as in BipolarQuant", () => {
    const one = slopesOf({ kind: `${domain}.Quant`, inputs: [x, number(0.5), number(0), number(1)] });
    const two = slopesOf({ kind: `${domain}.BipolarQuant`, inputs: [x, number(0.5)] });
    expect(two[0]).toEqual([0.5, 0.75, 0, 0]);
    // Σ w·(y − x inside)/s, y = ±0.5: 0.5·0.4 + 0.75·(−0.6) + 1·1 + 1.25·(−1)
    expect(two[1]![0]).toBeCloseTo(0.2 - 0.45 + 1 - 1.25, 12);
    expect(one.slice(0, 2)).toEqual(two);
  });

  it("a batch of unknown size has the gradients of a known one", () => {
    const call = {
      kind: `${domain}.Quant`,
      inputs: [f64([2, 2], [0.3, -0.2, 5, -9]), f64([1, 2], [0.5, 0.7]), number(0), number(3)],
    };
    const known = slopesOf({ ...call, dims: [[2, 2], [1, 2], [], []] }, [0, 1, 2]);
    expect(slopesOf({ ...call, dims: [["N", 2], [1, 2], [], []] }, [0, 1, 2])).toEqual(known);
  });

  it("Trunc scales dy by what its form does to the scale", () => {
    const first = slopesOf({ kind: `${domain}.Trunc`, inputs: [x, number(0.5), number(0), number(8), number(6)] }, [0]);
    expect(first[0]).toEqual([0.125, 0.1875, 0.25, 0.3125]);
    // Version 2, code range −2 … 1: x/s = 0.6 … rounded and divided by 4: 0.25, 0, 2.5, −4.5
    const inputs = [x, number(0.5), number(0), number(8), number(2), number(2)];
    expect(slopesOf({ kind: `${domain}.Trunc`, inputs }, [0])[0]).toEqual([0.5, 0.75, 0, 0]);
  });
});

/** The operator itself, and the nodes it expands to, on the same inputs; bit-widths are graph inputs. */
function bothWays(kind: string, inputs: readonly Tensor[], attributes: Record<string, unknown>): [number[], number[]] {
  const graph = new Graph();
  const g = new Emit(graph);
  const values = inputs.map((input, i) => graph.addInput(`in${i}`, { dtype: input.dtype, dims: input.dims }));
  const operator = findOperator(`${domain}.${kind}`);
  const at = readAttributes(operator.attributes, writeAttributes(operator.attributes, attributes));
  const own = g.op(`${domain}.${kind}`, values, attributes);
  const [expanded] = operator.body!(g, values, at);
  for (const value of [own, expanded!]) graph.addOutput(value);
  const { outputs } = runReference(new Model(graph), Object.fromEntries(inputs.map((input, i) => [`in${i}`, input])));
  return [own, expanded!].map((value) => Array.from(numbers(outputs[value.name]!), (v) => v + 0)) as [
    number[],
    number[],
  ];
}

const float = fc.float({ min: -8, max: 8, noNaN: true });
const modes = fc.constantFrom("ROUND", "HALF_EVEN", "CEIL", "FLOOR", "UP", "DOWN", "HALF_UP", "HALF_DOWN");
const values = fc.array(float, { minLength: 6, maxLength: 6 });
const f32 = (value: number) => scalar("float32", value);

describe("the expansion", () => {
  it("of Quant equals it bit for bit, one signed bit included", () => {
    const attributes = fc.record({ signed: fc.boolean(), narrow: fc.boolean(), rounding_mode: modes });
    fc.assert(
      fc.property(
        values,
        fc.integer({ min: 1, max: 8 }),
        fc.float({ min: Math.fround(0.01), max: 4, noNaN: true }),
        attributes,
        (data, bits, scale, at) => {
          const inputs = [tensor("float32", [2, 3], data), f32(scale), f32(1), f32(bits)];
          const [own, expanded] = bothWays("Quant", inputs, at);
          expect(expanded).toEqual(own);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("of BipolarQuant and of both forms of Trunc, too", () => {
    fc.assert(
      fc.property(values, modes, fc.integer({ min: 0, max: 4 }), (data, rounding_mode, shift) => {
        const given = tensor("float32", [2, 3], data);
        for (const [kind, inputs, at] of [
          ["BipolarQuant", [given, f32(0.3)], {}],
          ["Trunc", [given, f32(0.125), f32(2), f32(8), f32(8 - shift)], { rounding_mode }],
          ["Trunc", [given, f32(0.125), f32(4), f32(8), f32(0.125 * 2 ** shift), f32(4)], { rounding_mode }],
        ] as const) {
          const [own, expanded] = bothWays(kind, inputs, at);
          expect(expanded).toEqual(own);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("bad input", () => {
  const call = (inputs: readonly Tensor[], attributes = {}) => {
    const graph = new Graph();
    const g = new Emit(graph);
    const given = inputs.map((input, i) => graph.addInput(`in${i}`, { dtype: input.dtype, dims: input.dims }));
    return () => g.op(`${domain}.Quant`, given, attributes);
  };

  it("an unknown rounding mode, a scale that does not fit, two bit-widths", () => {
    const good = [x, number(1), number(0), number(4)];
    expect(call(good, { rounding_mode: "NEAREST" })).toThrow(expect.objectContaining({ code: "attribute.choice" }));
    expect(call([x, f64([3], [1, 2, 3]), number(0), number(4)])).toThrow(
      expect.objectContaining({ code: "shape.broadcast" }),
    );
    expect(call([x, number(1), number(0), f64([2], [4, 8])])).toThrow(
      expect.objectContaining({ code: "shape.broadcast" }),
    );
  });
});
