import fc from "fast-check";
import { expect, test } from "vitest";
import { sizeOf, stridesOf, tensor } from "../base/tensor.ts";
import { transposed } from "./transpose.ts";

test("element by element, as the definition says; turning back is the identity", () => {
  const shape = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
  const turned = shape.chain((dims) =>
    fc.tuple(fc.constant(dims), fc.shuffledSubarray([...dims.keys()], { minLength: dims.length })),
  );
  fc.assert(
    fc.property(turned, fc.constantFrom("int32" as const, "complex64" as const), ([dims, order], dtype) => {
      const width = dtype === "complex64" ? 2 : 1;
      const values = tensor(
        dtype,
        dims,
        Array.from({ length: sizeOf(dims) * width }, (_, i) => i),
      );
      const out = transposed(values, order);
      expect(out.dims).toEqual(order.map((axis) => dims[axis]));
      const strides = stridesOf(out.dims);
      for (let place = 0; place < sizeOf(out.dims); place++) {
        const index = strides.map((stride, axis) => Math.floor(place / stride) % out.dims[axis]!);
        const origin = order.reduce((sum, axis, i) => sum + index[i]! * stridesOf(dims)[axis]!, 0);
        for (let half = 0; half < width; half++) expect(out.data[place * width + half]).toBe(origin * width + half);
      }
      const back = order.map((_, axis) => order.indexOf(axis));
      expect(transposed(out, back)).toEqual(values);
    }),
  );
});
