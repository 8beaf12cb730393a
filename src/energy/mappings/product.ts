/** @file The matrix product that a node is, from its loops and the index maps of its operands. */

import { fail } from "../../base/errors.ts";
import { type GemmView, gemmOf } from "../gemm.ts";
import type { NodeCost } from "../node-cost.ts";

/** @throws FemtoError `energy.product` for a product whose accesses are not affine */
export function productOf(node: NodeCost): GemmView {
  const { weight, input, writes, loops } = node;
  const output = writes[0];
  if (weight?.index === undefined || input?.index === undefined || output?.index === undefined) {
    return fail({
      code: "energy.product",
      where: node.node,
      message: "its work does not say which elements each loop touches, so it cannot be laid on an array",
      hint: "--mapping once prices it without an array",
    });
  }
  const maps = { input: input.index, weight: weight.index, output: output.index };
  return {
    ...gemmOf(loops, maps),
    elements: { input: input.elements, weight: weight.elements, output: output.elements },
  };
}

/** b_w + b_a + ⌈log2 K⌉: no sum of K products needs more. */
export const accumulatorBits = (weight: number, input: number, terms: number): number =>
  weight + input + Math.ceil(Math.log2(Math.max(1, terms)));
