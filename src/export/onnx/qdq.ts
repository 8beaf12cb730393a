/**
 * @file `model.onnx`: the quantised model as QuantizeLinear → Clip → DequantizeLinear, weights in the smallest ONNX type
 * that holds their codes. Any runtime runs it; true bit-widths stand in the metadata.
 */

import { numbers, tensor } from "../../base/tensor.ts";
import type { Model } from "../../graph/model.ts";
import type { Node } from "../../graph/node.ts";
import { applyPasses } from "../../graph/pass.ts";
import type { Value } from "../../graph/value.ts";
import { Emit, inferModel } from "../../operators/index.ts";
import { isFakeQuant, removeDeadNodes } from "../../rewrites/index.ts";
import { emitCodes } from "../activation-codes.ts";
import { lower } from "../lower.ts";

export interface QdqModel {
  readonly model: Model;
  /** Names of the activation codes, in the order of the integer model's. */
  readonly codes: readonly string[];
}

/** @param model as a method returns it */
export function toQdq(model: Model): QdqModel {
  const qdq = lower(model);
  const codes: string[] = [];
  for (const node of [...qdq.graph.nodes]) {
    if (!isFakeQuant(node)) continue;
    const g = new Emit(qdq.graph, { before: node, scope: node.name });
    const { code, scale, zero } = emitCodes(g, node);
    codes.push(code.name);
    qdq.graph.replace(node.outputs[0]!, g.op("DequantizeLinear", [code, scale, zero]));
    qdq.graph.removeNodes([node]);
  }
  for (const node of qdq.graph.nodes) if (node.kind === "DequantizeLinear") packWeight(node);
  applyPasses(qdq, [removeDeadNodes]);
  qdq.graph.pruneInitializers();
  inferModel(qdq);
  return { model: qdq, codes };
}

/** int8 codes move into int4 or int2 where they fit. */
function packWeight(node: Node): void {
  const codes = node.inputs[0]!;
  if (codes.constant?.dtype !== "int8") return;
  const dtype = smallestType(codes, node);
  if (dtype === "int8") return;
  codes.constant = tensor(dtype, codes.constant.dims, numbers(codes.constant));
  codes.type = { dtype, dims: codes.constant.dims };
}

/** The smallest integer type that holds all codes. */
function smallestType(codes: Value, node: Node): "int2" | "int4" | "int8" {
  const values = numbers(codes.constant!);
  let most = 0;
  for (const value of values) most = Math.max(most, value < 0 ? -value - 1 : value);
  // ONNX Runtime refuses 2-bit weights in front of MatMul and Gemm unless told otherwise: users would meet an error.
  const feedsMatMul = node.outputs[0]!.uses.some(({ node: reader }) => ["MatMul", "Gemm"].includes(reader.kind));
  if (most <= 1 && !feedsMatMul) return "int2";
  return most <= 7 ? "int4" : "int8";
}
