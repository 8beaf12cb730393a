import fc from "fast-check";
import { expect, it } from "vitest";
import { integers, numbers, tensor } from "../../base/tensor.ts";
import { runReference } from "../../engine/reference.ts";
import { Graph } from "../../graph/graph.ts";
import { Model } from "../../graph/model.ts";
import { Emit } from "../../operators/index.ts";
import { addBias, codesOf, largest, oneScale, requantise, scaleFor, weightCodes } from "./codes.ts";

const matrix = fc
  .record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 6 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      dims: fc.constant([rows, columns]),
      values: fc.array(fc.double({ min: -5, max: 5, noNaN: true }), {
        minLength: rows * columns,
        maxLength: rows * columns,
      }),
    }),
  );

it("weights are within half a step of their codes, channel by channel, on either axis", () => {
  fc.assert(
    fc.property(matrix, fc.integer({ min: 0, max: 1 }), ({ dims, values }, axis) => {
      const weight = tensor("float32", dims, values);
      const { codes, scales } = weightCodes(weight, axis);
      expect(scales.length).toBe(dims[axis]);
      for (const [i, value] of numbers(weight).entries()) {
        const channel = axis === 1 ? i % dims[1]! : Math.floor(i / dims[1]!);
        const code = Number(codes.data[i]);
        expect(Math.abs(code)).toBeLessThanOrEqual(127);
        expect(Math.abs(value - code * scales[channel]!)).toBeLessThanOrEqual(0.5001 * scales[channel]!);
      }
    }),
  );
});

it("codes on another grid stand for the same value within half a step, clamped at the ends", () => {
  const drawn = fc.record({
    codes: fc.array(fc.integer({ min: -30_000, max: 30_000 }), { minLength: 3, maxLength: 3 }),
    scales: fc.array(fc.double({ min: 1e-4, max: 1e-1, noNaN: true }), { minLength: 3, maxLength: 3 }),
    scale: fc.double({ min: 1e-3, max: 1, noNaN: true }),
    bits: fc.constantFrom(8, 16),
  });
  fc.assert(
    fc.property(drawn, ({ codes, scales, scale, bits }) => {
      const graph = new Graph("one");
      const g = new Emit(graph);
      const value = graph.addInput("x", { dtype: "int32", dims: [1, 3] });
      graph.addOutput(requantise(g, { value, scales, axis: -1 }, scale, bits).value);
      const { outputs } = runReference(new Model(graph), { x: tensor("int32", [1, 3], codes) });
      for (const [i, code] of integers(Object.values(outputs)[0]!).entries()) {
        const exact = (codes[i]! * scales[i]!) / scale;
        const most = largest(bits);
        expect(Math.abs(code - Math.max(-most - 1, Math.min(most, exact)))).toBeLessThanOrEqual(0.5001);
      }
    }),
  );
});

it("biases are whole numbers of the channel's scale; several scales are not one", () => {
  const graph = new Graph("one");
  const g = new Emit(graph);
  const value = graph.addInput("x", { dtype: "int32", dims: [1, 2] });
  const codes = { value, scales: [0.5, 0.25], axis: -1 };
  graph.addOutput(addBias(g, codes, tensor("float32", [2], [1.6, -1])).value);
  const { outputs } = runReference(new Model(graph), { x: tensor("int32", [1, 2], [10, 20]) });
  expect(integers(Object.values(outputs)[0]!)).toEqual([13, 16]);
  expect(() => oneScale(codes)).toThrow(expect.objectContaining({ code: "integer.scale" }));
  expect(scaleFor(0, 8)).toBeGreaterThan(0);
  expect(codesOf(tensor("float32", [3], [0.5, -9, 1.5]), 1, "int8", 5).data).toEqual(Int8Array.of(0, -5, 2));
});
