/** @file SpaceToDepth: blocks of pixels become blocks of channels. ONNX SpaceToDepth-13. */

import { f32 } from "../base/tensor.ts";
import { int, required } from "./attributes.ts";
import { rearranged, toDepthDims } from "./depth-space.ts";
import { operator } from "./operator.ts";
import { movement } from "./work.ts";

export const SpaceToDepth = operator("SpaceToDepth", {
  since: 1,
  arity: [1, 1],
  attributes: { blocksize: required(int()) },
  shape: ([x], { blocksize }) => [{ dtype: x.dtype, dims: x.dims && toDepthDims(x.dims, blocksize) }],
  run: ([x], { blocksize: b }) => {
    const dims = toDepthDims(x.dims, b) as number[];
    const [batch, channels] = x.dims as [number, number];
    const six = [batch, channels, dims[2]!, b, dims[3]!, b];
    return [rearranged(x, six, [0, 3, 5, 1, 2, 4], dims)];
  },
  // ∂L/∂x = dy moved back
  gradient: (g, _inputs, [dy], { blocksize }) => [g.op("DepthToSpace", [dy], { blocksize })],
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "one block",
      inputs: [f32([1, 1, 2, 2], [1, 2, 3, 4])],
      attributes: { blocksize: 2 },
      expected: [f32([1, 4, 1, 1], [1, 2, 3, 4])],
    },
    {
      name: "two blocks, two channels",
      inputs: [f32([1, 2, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18])],
      attributes: { blocksize: 2 },
      expected: [f32([1, 8, 1, 2], [1, 3, 11, 13, 2, 4, 12, 14, 5, 7, 15, 17, 6, 8, 16, 18])],
    },
  ],
});
