/**
 * @file `model.onnx`: the quantised model as QuantizeLinear → Clip → DequantizeLinear, weights in the smallest ONNX type
 * that holds their codes. Any runtime runs it; true bit-widths stand in the metadata.
 */

import { sizeOf, tensor } from "../../base/tensor.ts";
import type { Model } from "../../graph/model.ts";
import { applyPasses } from "../../graph/pass.ts";
import type { Value } from "../../graph/value.ts";
import { Emit, inferModel } from "../../operators/index.ts";
import { removeDeadNodes } from "../../rewrites/index.ts";
import { dequantiseActivations, emitActivationCodes } from "../activation-codes.ts";
import { lower } from "../lower.ts";
import { asUnsigned, BYTE_ZERO, packed, saturates, unpacked } from "../pack-weights.ts";

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
  const g = new Emit(qdq.graph);
  for (const codes of qdq.graph.initializers.filter(isSaturating)) centreAt128(g, codes);
  applyPasses(qdq, [removeDeadNodes]);
  inferModel(qdq);
  return { model: qdq, codes: Array.from(activations.values(), ({ code }) => code.name) };
}

/** With default options ONNX Runtime fuses layers into kernels of bytes, for which it turns signed activations into unsigned ones. */
const LARGEST_ACTIVATION = 255;

const isSaturating = (codes: Value): boolean =>
  codes.constant?.dtype === "int8" &&
  codes.uses.every(({ node }) => node.kind === "DequantizeLinear" && node.inputs[2] === undefined) &&
  saturates(codes, LARGEST_ACTIVATION);

/** The same numbers from unsigned bytes. */
function centreAt128(g: Emit, codes: Value): void {
  for (const { node } of codes.uses) {
    const { dims } = node.inputs[1]!.constant!;
    node.setInput(2, g.constant(tensor("uint8", dims, new Array(sizeOf(dims)).fill(BYTE_ZERO)), "weight_zero"));
  }
  codes.constant = asUnsigned(codes);
  codes.type = { dtype: "uint8", dims: codes.constant.dims };
}
