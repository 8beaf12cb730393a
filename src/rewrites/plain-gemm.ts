/**
 * @file plain-gemm: α and β of a Gemm with a frozen weight go into the scale of the weight and into the bias, so that
 * Y = A·B + C remains, which integers can compute.
 *
 * Cases: 1. α ≠ 1: scales·|α|, codes change their signs where α < 0, and are cleared where α = 0; 2. β ≠ 1 with a constant
 * C; with a C that is computed the Gemm stays as it is; 3. other Gemms, and a transposed A, stay.
 */

import { numbers, tensor } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import { Emit } from "../operators/index.ts";
import { type FrozenWeight, frozenWeight, replaceWeight, withSigns } from "./frozen-weight.ts";

export const plainGemm: Pass = {
  name: "plain-gemm",
  run: (model) => {
    let modified = false;
    for (const node of [...model.graph.nodes]) {
      const weight = node.kind === "Gemm" ? frozenWeight(node) : undefined;
      if (weight === undefined) continue;
      modified = makePlain(new Emit(model.graph, { before: node }), node, weight) || modified;
    }
    model.graph.pruneInitializers();
    return modified;
  },
};

function makePlain(g: Emit, node: Node, weight: FrozenWeight): boolean {
  const { alpha, beta, ...attributes } = node.attributes;
  const [factor, share] = [(alpha?.value as number) ?? 1, (beta?.value as number) ?? 1];
  const bias = node.inputs[2];
  if ((factor === 1 && share === 1) || (share !== 1 && bias !== undefined && bias.constant === undefined)) return false;
  if (factor !== 1) {
    const scales = Array.from(weight.scales, (scale) => scale * Math.abs(factor) || 1);
    replaceWeight(g, node, weight, withSigns(weight, [Math.sign(factor)]), scales);
  }
  if (share !== 1 && bias?.constant !== undefined) {
    const { dtype, dims } = bias.constant;
    const scaled = tensor(
      dtype,
      dims,
      Array.from(numbers(bias.constant), (value) => value * share),
    );
    node.setInput(2, g.graph.addInitializer(`${node.name}.bias`, scaled));
  }
  node.attributes = attributes;
  return true;
}
