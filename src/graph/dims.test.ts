/** @file Symbolic dimensions obey arithmetic: whatever is bound afterwards gives the number computed directly. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDims, bindDim, type Dim, divideDims, multiplyDims } from "./dims.ts";

const binding = { N: 3, T: 5 };
const value = (dim: Dim) => bindDim(dim, binding) as number;
const dim = fc.oneof(
  fc.integer({ min: 1, max: 12 }),
  fc.constantFrom<Dim>("N", "T", "N*T", "2*N", "(N+2)", "4*N*T", "(T+1)*N"),
);

describe("dimensions", () => {
  it("multiply, in any order, to the same string", () => {
    fc.assert(
      fc.property(dim, dim, dim, (a, b, c) => {
        const product = multiplyDims(a, b, c);
        expect(multiplyDims(c, multiplyDims(b, a))).toBe(product);
        expect(value(product)).toBe(value(a) * value(b) * value(c));
      }),
    );
  });

  it("divide back", () => {
    fc.assert(
      fc.property(dim, dim, (a, b) => {
        expect(divideDims(multiplyDims(a, b), b)).toBe(multiplyDims(a));
      }),
    );
    expect(divideDims(7, 2)).toBeUndefined();
    expect(divideDims(multiplyDims("N", 64, 49), 3136)).toBe("N");
  });

  it("add numbers to symbols, offsets collecting", () => {
    expect(addDims(addDims("N", 2), 3)).toBe("(N+5)");
    expect(addDims(addDims("N", 2), -2)).toBe("N");
    expect(addDims("N", "N")).toBe("2*N");
    fc.assert(
      fc.property(dim, fc.integer({ min: -3, max: 9 }), (a, b) => {
        expect(value(addDims(a, b))).toBe(value(a) + b);
      }),
    );
  });

  it("stay symbolic where a symbol is not bound", () => {
    expect(bindDim("N*M", { N: 4 })).toBe("4*M");
  });
});
