import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { count } from "../operators/index.ts";
import { gemmOf, gemmOfWork, loopRole, macsOf, matrixElements, type ProductMaps } from "./gemm.ts";
import { workOf } from "./operator-work.fixture.ts";

describe("operators as matrix products", () => {
  test("a convolution: K = C·kh·kw, M = output channels, T = positions × batch", () => {
    const work = workOf("Conv", [2, 64, 32, 32], [[48, 64, 3, 3], [48]], { pads: [1, 1, 1, 1] });
    expect(gemmOfWork(work)).toEqual({
      K: 576,
      M: 48,
      T: 2 * 1024,
      groups: 1,
      roles: {
        n: "position",
        g: "group",
        o: "channel",
        oh: "position",
        ow: "position",
        i: "reduction",
        kh: "reduction",
        kw: "reduction",
      },
      elements: { input: 2 * 64 * 1024, weight: 48 * 576, output: 2 * 48 * 1024 },
    });
  });

  test("a depthwise convolution is one product per channel", () => {
    const work = workOf("Conv", [1, 32, 12, 12], [[64, 1, 3, 3]], { group: 32, strides: [2, 2] });
    expect(gemmOfWork(work)).toMatchObject({ K: 9, M: 2, T: 25, groups: 32 });
  });

  test("a transposed convolution sums over input channels and scatters M = outputs · kernel", () => {
    const work = workOf("ConvTranspose", [1, 8, 5, 5], [[8, 4, 2, 2], [4]], { strides: [2, 2] });
    expect(gemmOfWork(work)).toMatchObject({ K: 8, M: 16, T: 25, groups: 1, elements: { output: 4 * 100 } });
  });

  test("Gemm with transposed weights and a bias", () => {
    const work = workOf("Gemm", [5, 84], [[10, 84], [10]], { transB: true });
    expect(gemmOfWork(work)).toMatchObject({ K: 84, M: 10, T: 5, groups: 1, elements: { input: 420, weight: 840 } });
  });

  test("MatMul: a stack by one matrix shares weights, a stack by a stack does not", () => {
    expect(gemmOfWork(workOf("MatMul", [3, 7, 16], [[16, 24]]))).toMatchObject({ K: 16, M: 24, T: 21, groups: 1 });
    expect(gemmOfWork(workOf("MatMul", [3, 7, 16], [[3, 16, 24]]))).toMatchObject({ K: 16, M: 24, T: 7, groups: 3 });
    // a broadcast axis of the second factor is a position, one of the first a channel
    expect(gemmOfWork(workOf("MatMul", [3, 1, 7, 16], [[1, 5, 16, 24]]))).toMatchObject({ M: 120, T: 21, groups: 1 });
  });

  test("weights may stand first", () => {
    const work = workOf("MatMul", [4, 16], [[16, 24]]);
    expect(gemmOfWork(work, 0)).toMatchObject({ K: 16, M: 4, T: 24, elements: { input: 16 * 24, weight: 64 } });
  });

  test("an operator that sums no products is none", () => {
    expect(gemmOfWork(workOf("Add", [4, 4], [[4]]))).toBeUndefined();
    expect(gemmOfWork(workOf("GlobalAveragePool", [1, 4, 8, 8], []))).toBeUndefined();
  });

  test("K·M·T·groups is what the operator counts", () => {
    const size = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(size, size, size, size, size, fc.integer({ min: 1, max: 3 }), (n, group, i, o, hw, k) => {
        const work = workOf("Conv", [n, group * i, hw + 2, hw + 2], [[group * o, i, k, k]], { group });
        const gemm = gemmOfWork(work)!;
        expect(macsOf(gemm)).toBe(count(work, "mac"));
        expect(gemm.elements.weight).toBe(matrixElements(gemm).weight);
        expect(gemm.elements.output).toBe(matrixElements(gemm).output);
      }),
      { numRuns: 100 },
    );
  });
});

describe("roles of loops", () => {
  const maps: ProductMaps = {
    input: [{ a: 2, b: 1 }, { g: 1 }],
    weight: [{ b: 1, m: 1 }, { g: 1 }],
    output: [{ a: 1 }, { m: 1, g: 4, o: 1 }],
  };

  test("follow from the operands that a loop moves through", () => {
    expect(["a", "b", "m", "g", "o", "r"].map((name) => loopRole(name, maps))).toEqual([
      "position",
      "reduction",
      "channel",
      "group",
      "position",
      "reduction",
    ]);
  });

  test("a coefficient of 0 moves through nothing", () => {
    expect(loopRole("a", { ...maps, output: [{ a: 0 }] })).toBe("reduction");
  });

  test("a loop without steps, and counts beyond exact doubles, are refused", () => {
    const loops = (size: number) => [{ name: "b", size }];
    expect(() => gemmOf(loops(0), maps)).toThrow(
      expect.objectContaining({ code: "energy.range", where: "K", got: "0" }),
    );
    const huge = ["a", "b", "m"].map((name) => ({ name, size: 2 ** 20 }));
    expect(() => gemmOf(huge, maps)).toThrow(
      expect.objectContaining({ code: "energy.range", where: "matrix product" }),
    );
  });
});
