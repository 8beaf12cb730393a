/** Shapes that exporters compute in the graph come out of inference as numbers and symbols. */

import { describe, expect, it } from "vitest";
import type { FemtoError } from "../base/errors.ts";
import { f32, scalar, tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { Graph } from "../graph/graph.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "./index.ts";

const start = (...dims: Dim[]): { g: Emit; x: Value } => {
  const graph = new Graph();
  return { x: graph.addInput("x", { dtype: "float32", dims }), g: new Emit(graph) };
};
const int = (g: Emit, value: number) => g.constant(scalar("int64", value));

describe("computed shapes", () => {
  it("Shape → Gather → Unsqueeze → Concat → Reshape keeps the batch symbol", () => {
    const { g, x } = start("N", 3, 4, 4);
    const batch = g.op("Gather", [g.op("Shape", [x]), int(g, 0)]);
    const target = g.op("Concat", [g.op("Unsqueeze", [batch, g.ints([0])]), g.ints([-1])], { axis: 0 });
    expect(g.op("Reshape", [x, target]).type!.dims).toEqual(["N", 48]);
  });

  it("heads of attention are split and joined again", () => {
    const { g, x } = start("N", "T", 64);
    const heads = g.transpose(g.op("Reshape", [x, g.ints([0, 0, 4, 16])]), [0, 2, 1, 3]);
    expect(heads.type!.dims).toEqual(["N", 4, "T", 16]);
    expect(g.op("Reshape", [g.transpose(heads, [0, 2, 1, 3]), g.ints([0, 0, -1])]).type!.dims).toEqual(["N", "T", 64]);
    expect(g.op("Reshape", [x, g.ints([-1, 64])]).type!.dims).toEqual(["N*T", 64]);
  });

  it("positions: Range(0, T) and a table cut to T", () => {
    const { g, x } = start("N", "T", 8);
    const length = g.op("Gather", [g.op("Shape", [x]), int(g, 1)]);
    expect(g.op("Range", [int(g, 0), length, int(g, 1)]).type!.dims).toEqual(["T"]);
    const table = g.constant(tensor("float32", [1, 32, 8], new Float32Array(256)));
    const end = g.op("Unsqueeze", [length, g.ints([0])]);
    expect(g.op("Slice", [table, g.ints([0]), end, g.ints([1])]).type!.dims).toEqual([1, "T", 8]);
  });

  it("a causal mask cut from T − T to T", () => {
    const { g, x } = start("N", "T");
    const length = g.op("Shape", [x], { start: 1, end: 2 });
    const mask = g.constant(tensor("bool", [1, 1, 32, 32], new Uint8Array(1024)));
    const from = g.op("Sub", [length, length]);
    expect(g.op("Slice", [mask, from, length, g.ints([2])]).type!.dims).toEqual([1, 1, "T", 32]);
  });

  it("PyTorch's expand: Where(Equal(shape, −1), 1, shape)", () => {
    const { g, x } = start("N", 1, 8);
    const wanted = g.op("Concat", [g.op("Shape", [x], { start: 0, end: 1 }), g.ints([5, -1])], { axis: 0 });
    const ones = g.op("ConstantOfShape", [g.ints([3])], { value: tensor("int64", [1], [1]) });
    const shape = g.where(g.op("Equal", [wanted, g.op("Mul", [ones, g.ints([-1])])]), ones, wanted);
    expect(g.op("Expand", [x, shape]).type!.dims).toEqual(["N", 5, 8]);
  });

  it("Slice to the end, from the end, in steps", () => {
    const { g, x } = start("N", "T", 10);
    const cut = (start: number, end: number, step = 1, axis = 1) =>
      g.op("Slice", [x, g.ints([start]), g.ints([end]), g.ints([axis]), g.ints([step])]).type!.dims![axis];
    expect([cut(0, 2 ** 31), cut(1, 2 ** 31), cut(0, -1), cut(2, -1)]).toEqual(["T", "(T-1)", "(T-1)", "(T-3)"]);
    expect([cut(-1, 2 ** 31), cut(0, 1), cut(8, -1, -3, 2), cut(-3, 2 ** 31, 1, 2)]).toEqual([1, 1, 0, 3]);
    expect(cut(0, 2 ** 31, 2)).toBe(cut(0, 2 ** 31, 2));
    expect(cut(5, 2)).not.toBe(cut(5, 3));
  });

  it("Split, Concat, Tile and Pad of a symbol", () => {
    const { g, x } = start("N", 6);
    const [half] = g.ops("Split", [g.op("Concat", [x, x], { axis: 0 })], { num_outputs: 2 }, 2);
    expect(half!.type!.dims).toEqual(["N", 6]);
    expect(g.op("Tile", [x, g.ints([3, 2])]).type!.dims).toEqual(["3*N", 12]);
    const padded = g.op("Pad", [x, g.ints([1, 0, 2, 0])]);
    expect(padded.type!.dims).toEqual(["(N+3)", 6]);
    expect(g.op("Pad", [padded, g.ints([-1, 0, -2, 0])]).type!.dims).toEqual(["N", 6]);
  });

  it("rank stays unknown where the shape is an input", () => {
    const { g, x } = start("N", 6);
    const shape = g.graph.addInput("shape", { dtype: "int64", dims: ["K"] });
    expect(g.op("Reshape", [x, shape]).type!.dims).toBeUndefined();
    const three = g.graph.addInput("three", { dtype: "int64", dims: [3] });
    expect(g.op("Reshape", [x, three]).type!.dims).toHaveLength(3);
  });
});

describe("refused shapes", () => {
  const code = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as FemtoError).code;
    }
    return "nothing";
  };

  it("have a code", () => {
    const { g, x } = start(2, 3);
    const y = g.constant(f32([2, 2], [1, 2, 3, 4]));
    expect(code(() => g.op("Reshape", [x, g.ints([4])]))).toBe("shape.reshape");
    expect(code(() => g.op("Reshape", [x, g.ints([-1, -1])]))).toBe("shape.reshape");
    expect(code(() => g.op("Concat", [x, y], { axis: 0 }))).toBe("shape.concat");
    expect(code(() => g.op("Transpose", [x], { perm: [0, 0] }))).toBe("shape.axis");
    expect(code(() => g.op("Squeeze", [x, g.ints([0])]))).toBe("shape.squeeze");
    expect(code(() => g.op("Unsqueeze", [x, g.ints([0, 0])]))).toBe("shape.axis");
    expect(code(() => g.ops("Split", [x, g.ints([1, 2])], {}, 2))).toBe("shape.split");
    expect(code(() => g.op("Slice", [x, g.ints([0]), g.ints([1]), g.ints([0]), g.ints([0])]))).toBe("shape.slice");
    expect(code(() => g.op("Gather", [x, g.ints([0])], { axis: 2 }))).toBe("shape.axis");
    expect(code(() => g.op("Pad", [x, g.ints([1, 1])]))).toBe("shape.pad");
    expect(code(() => g.op("DepthToSpace", [x], { blocksize: 2 }))).toBe("shape.rank");
  });
});
