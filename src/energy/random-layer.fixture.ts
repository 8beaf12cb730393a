/** @file Random convolutions and matrix products as counted nodes, for laws that hold for every layer. */

import fc from "fast-check";
import { count } from "../operators/index.ts";
import { layer } from "./layer.fixture.ts";
import type { Counts, NodeCost } from "./node-cost.ts";
import { workOf } from "./operator-work.fixture.ts";

/** A node from the work of an operator; its input and weight are the first two it reads. */
function nodeOf(name: string, operator: string, work: ReturnType<typeof workOf>): NodeCost {
  const [input, weight] = work.access.filter(({ role }) => role === "read");
  const output = work.access.find(({ role }) => role !== "read")!;
  const macs = count(work, "mac");
  const base = layer(name, macs, weight!.elements, input!.elements);
  return {
    ...base,
    operator,
    nY: output.elements,
    loops: work.loops,
    weight: { ...base.weight!, index: weight!.index },
    input: { ...base.input!, index: input!.index },
    writes: [{ ...base.writes[0]!, elements: output.elements, index: output.index }],
  };
}

const size = fc.integer({ min: 1, max: 48 });

const convolution = fc
  .record({
    channels: fc.integer({ min: 1, max: 96 }),
    filters: fc.integer({ min: 1, max: 96 }),
    height: size,
    width: size,
    kernel: fc.constantFrom(1, 3, 5),
    stride: fc.constantFrom(1, 2),
    isDepthwise: fc.boolean(),
  })
  .map(({ channels, filters, height, width, kernel, stride, isDepthwise }) => {
    const pad = (kernel - 1) / 2;
    const weights = isDepthwise ? [channels, 1, kernel, kernel] : [filters, channels, kernel, kernel];
    const attributes = { group: isDepthwise ? channels : 1, strides: [stride, stride], pads: [pad, pad, pad, pad] };
    return nodeOf("layer", "Conv", workOf("Conv", [1, channels, height, width], [weights], attributes));
  });

const product = fc
  .tuple(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 512 }), fc.integer({ min: 1, max: 512 }))
  .map(([rows, inner, columns]) => nodeOf("layer", "MatMul", workOf("MatMul", [rows, inner], [[inner, columns]])));

export const randomLayer = fc.oneof(convolution, product);

/** Counts of a model of one layer. */
export const countsOfLayer = (node: NodeCost): Counts => ({
  nodes: [node],
  layers: [node],
  unmodelled: [],
  inputs: [],
  outputs: [node.writes[0]!.value],
});
