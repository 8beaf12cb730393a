/**
 * @file `model.onnx`: the quantised model as QuantizeLinear → Clip → DequantizeLinear, weights in the smallest ONNX type
 * that holds their codes. Any runtime runs it; true bit-widths stand in the metadata.
 */

import type { Model } from "../../graph/model.ts";
import { applyPasses } from "../../graph/pass.ts";
import { Emit, inferModel } from "../../operators/index.ts";
import { removeDeadNodes } from "../../rewrites/index.ts";
import { dequantiseActivations, emitActivationCodes } from "../activation-codes.ts";
import { lower } from "../lower.ts";
import { packed, unpacked } from "../pack-weights.ts";

export interface QdqModel {
  readonly model: Model;
  /** Names of the activation codes, in the order of the integer model's. */
  readonly codes: readonly string[];
}

/** @param model as a method returns it */
export function toQdq(model: Model): QdqModel {
  const qdq = lower(model);
  const activations = emitActivationCodes(qdq);
  dequantiseActivations(qdq, activations);
  for (const node of [...qdq.graph.nodes]) {
    const codes = node.inputs[0];
    if (node.kind !== "DequantizeLinear" || codes?.constant === undefined) continue;
    packed(codes);
    // With default options ONNX Runtime fuses DequantizeLinear into kernels that know no int2, and then refuses the file.
    if (codes.constant.dtype === "int2") {
      node.setInput(0, unpacked(new Emit(qdq.graph, { before: node, scope: node.name }), codes));
    }
  }
  applyPasses(qdq, [removeDeadNodes]);
  inferModel(qdq);
  return { model: qdq, codes: Array.from(activations.values(), ({ code }) => code.name) };
}
