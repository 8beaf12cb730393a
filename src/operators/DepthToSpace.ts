/** @file DepthToSpace: blocks of channels become blocks of pixels. ONNX DepthToSpace-13. */

import { f32 } from "../base/tensor.ts";
import { int, required, text } from "./attributes.ts";
import { rearranged, toSpaceDims } from "./depth-space.ts";
import { dimsOf } from "./emit.ts";
import { operator } from "./operator.ts";
import { movement } from "./work.ts";

export const DepthToSpace = operator("DepthToSpace", {
  since: 11,
  arity: [1, 1],
  attributes: { blocksize: required(int()), mode: text("DCR", "CRD") },
  shape: ([x], { blocksize }) => [{ dtype: x.dtype, dims: x.dims && toSpaceDims(x.dims, blocksize) }],
  run: ([x], { blocksize: b, mode }) => {
    const dims = toSpaceDims(x.dims, b) as number[];
    const [batch, , height, width] = x.dims as [number, number, number, number];
    const channels = dims[1]!;
    const six = mode === "DCR" ? [batch, b, b, channels, height, width] : [batch, channels, b, b, height, width];
    return [rearranged(x, six, mode === "DCR" ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3], dims)];
  },
  // ∂L/∂x = dy moved back; SpaceToDepth puts block rows and columns in front of the channels, as mode DCR does
  gradient: (g, [x], [dy], { blocksize: b, mode }) => {
    if (mode === "DCR") return [g.op("SpaceToDepth", [dy], { blocksize: b })];
    const [batch, channels, height, width] = [dimsOf(dy)[0]!, dimsOf(dy)[1]!, dimsOf(x)[2]!, dimsOf(x)[3]!];
    const blocks = g.reshape(g.op("SpaceToDepth", [dy], { blocksize: b }), [batch, b * b, channels, height, width]);
    return [g.reshapeLike(g.transpose(blocks, [0, 2, 1, 3, 4]), x)];
  },
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "depth, column, row",
      inputs: [f32([1, 8, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8])],
      attributes: { blocksize: 2 },
      expected: [f32([1, 2, 2, 2], [1, 3, 5, 7, 2, 4, 6, 8])],
    },
    {
      name: "column, row, depth",
      inputs: [f32([1, 8, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8])],
      attributes: { blocksize: 2, mode: "CRD" },
      expected: [f32([1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])],
    },
    {
      name: "two pixels",
      inputs: [f32([1, 4, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8])],
      attributes: { blocksize: 2 },
      expected: [f32([1, 1, 2, 4], [1, 3, 2, 4, 5, 7, 6, 8])],
    },
  ],
});
