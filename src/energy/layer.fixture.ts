/** @file Layers given by their numbers, for tests of prices and equations. */

import type { Counts, NodeCost } from "./node-cost.ts";

/** A layer given by its three numbers. */
export const layer = (name: string, macs: number, nW: number, nA: number): NodeCost => ({
  name,
  node: `node 0 Conv "${name}"`,
  operator: "Conv",
  kind: "layer",
  macs,
  nW,
  nA,
  nY: 1,
  loops: [{ name: "o", size: macs }],
  ops: [],
  weight: { value: `${name}.w`, isConstant: true, elements: nW },
  input: { value: `${name}.x`, isConstant: false, elements: nA },
  reads: [],
  writes: [{ value: `${name}.y`, isConstant: false, elements: 1 }],
  state: [],
});

export const countsOf = (...layers: NodeCost[]): Counts => ({
  nodes: layers,
  layers,
  unmodelled: [],
  inputs: [],
  outputs: [],
});
