/** @file Which scale serves which element: against plain coordinates; and scales that do not fit. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sizeOf, tensor } from "../base/tensor.ts";
import { f64, slopesOf } from "./derivatives.fixture.ts";
import { grainOf, roundingTo, scaleIndices } from "./quantisation.ts";

/** Row-major coordinates of a flat index. */
function coordinates(flat: number, dims: readonly number[]): number[] {
  const result: number[] = [];
  let rest = flat;
  for (const dim of [...dims].reverse()) {
    result.unshift(rest % dim);
    rest = Math.floor(rest / dim);
  }
  return result;
}

describe("scaleIndices", () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });

  it("finds the block of every element, on every axis and with a short last block", () => {
    fc.assert(
      fc.property(
        shapes,
        fc.nat(),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        (dims, any, block_size, isNegative) => {
          const along = any % dims.length;
          const scale = dims.map((dim, axis) => (axis === along ? Math.ceil(dim / block_size) : dim));
          const axis = isNegative ? along - dims.length : along;
          const indices = scaleIndices(dims, scale, { axis, block_size });
          for (let i = 0; i < sizeOf(dims); i++) {
            const place = coordinates(i, dims).map((at, k) => (k === along ? Math.floor(at / block_size) : at));
            expect(coordinates(indices[i]!, scale)).toEqual(place);
          }
        },
      ),
    );
  });

  it("takes the index on the axis for a vector, and the only scale otherwise", () => {
    expect([...scaleIndices([2, 3], [3], { axis: -1, block_size: 0 })]).toEqual([0, 1, 2, 0, 1, 2]);
    expect([...scaleIndices([2, 3], [2], { axis: 0, block_size: 0 })]).toEqual([0, 0, 0, 1, 1, 1]);
    expect([...scaleIndices([2, 2], [], { axis: 1, block_size: 0 })]).toEqual([0, 0, 0, 0]);
    expect([...scaleIndices([3], [1], { axis: 1, block_size: 0 })]).toEqual([0, 0, 0]);
  });
});

describe("grainOf", () => {
  it("refuses scales that do not fit", () => {
    const refused = expect.objectContaining({ code: "shape.scale" });
    expect(() => grainOf([2, 3], [2], { axis: 1, block_size: 0 })).toThrow(refused);
    expect(() => grainOf([2, 3], [2, 3], { axis: 1, block_size: 0 })).toThrow(refused);
    expect(() => grainOf([2, 6], [2, 2], { axis: 1, block_size: 2 })).toThrow(refused);
    expect(() => grainOf([2, 6], [3], { axis: 5, block_size: 0 })).toThrow(
      expect.objectContaining({ code: "shape.axis" }),
    );
  });

  it("lets symbols pass", () => {
    expect(grainOf(["N", 3], [3], { axis: 1, block_size: 0 })).toBe("axis");
    expect(grainOf(["N", 3], [5], { axis: 0, block_size: 0 })).toBe("axis");
    expect(grainOf(["N", 4], ["N", 2], { axis: 1, block_size: 2 })).toBe("block");
  });
});

describe("the gradient of DequantizeLinear to its scale", () => {
  const codes = tensor("int8", [2, 3], [1, -5, 7, 100, 3, -128]);

  it.each([
    ["for each column", f64([3], [0.1, 0.2, 0.3]), { axis: 1 }, ["N", 3], [3]],
    ["for each row, of unknown number", f64([2], [0.1, 0.2]), { axis: 0 }, ["N", 3], ["N"]],
    ["in blocks", f64([2, 2], [0.1, 0.2, 0.3, 0.4]), { axis: 1, block_size: 2 }, ["N", 3], ["N", 2]],
  ] as const)("%s, in a batch of unknown size", (_name, scale, attributes, x, s) => {
    const call = { kind: "DequantizeLinear", inputs: [codes, scale], attributes };
    const known = slopesOf({ ...call, dims: [codes.dims, scale.dims] }, [1]);
    expect(slopesOf({ ...call, dims: [x, s] }, [1])).toEqual(known);
  });
});

it("rounds to the element type after a step", () => {
  expect(roundingTo("float32")(0.1)).toBe(Math.fround(0.1));
  expect(roundingTo("float64")(0.1)).toBe(0.1);
  expect(roundingTo("float16")(0.1)).toBe(0.0999755859375);
  expect(roundingTo("bfloat16")(0.1)).toBe(0.10009765625);
});
