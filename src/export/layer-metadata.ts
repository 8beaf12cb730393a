/** @file What the integer form says about the layer that a product came from: its name and operator. */

import type { Node } from "../graph/node.ts";

const [LAYER, OPERATOR] = ["femto.layer", "femto.operator"];

/** Marks the node that computes the product of a layer. */
export function markLayer(product: Node, layer: Node): void {
  product.metadata.set(LAYER, layer.name);
  product.metadata.set(OPERATOR, layer.op);
}

/** The layer of a product, as marked, or as the node itself says. */
export const layerOf = (node: Node): { readonly name: string; readonly operator: string } => ({
  name: node.metadata.get(LAYER) ?? (node.name === "" ? node.outputs[0]!.name : node.name),
  operator: node.metadata.get(OPERATOR) ?? node.op.replace(/^QLinear|Integer$/, ""),
});
