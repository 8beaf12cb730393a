/**
 * @file The QONNX form: `Quant` nodes with arbitrary bit-widths (Pappalardo et al. 2022), which FINN, hls4ml and QONNX read.
 * Weights are float constants that already lie on their grid.
 */

import { numbers, scalar, stridesOf, type Tensor } from "../../base/tensor.ts";
import type { Model } from "../../graph/model.ts";
import type { Node } from "../../graph/node.ts";
import { applyPasses } from "../../graph/pass.ts";
import { Emit, inferModel } from "../../operators/index.ts";
import { BITS_KEY, gridOf, isFakeQuant, removeDeadNodes } from "../../rewrites/index.ts";
import { lower } from "../lower.ts";

const DOMAIN = "qonnx.custom_op.general";

/** @param model as a method returns it */
export function toQonnx(model: Model): Model {
  const qonnx = lower(model);
  qonnx.opsets.set(DOMAIN, 1);
  for (const node of [...qonnx.graph.nodes]) {
    const g = new Emit(qonnx.graph, { before: node, scope: node.name });
    if (isFakeQuant(node)) replaceActivation(g, node);
    else if (isConstantCodes(node)) replaceConstant(g, node);
  }
  applyPasses(qonnx, [removeDeadNodes]);
  qonnx.graph.pruneInitializers();
  inferModel(qonnx);
  return qonnx;
}

const isConstantCodes = (node: Node): boolean =>
  node.kind === "DequantizeLinear" && node.inputs[0]?.constant !== undefined;

function quant(
  g: Emit,
  x: Parameters<Emit["op"]>[1][number],
  scale: Tensor,
  zero: number,
  bits: number,
  isSigned: boolean,
) {
  const number = (value: number) => g.constant(scalar("float32", value));
  const quantised = g.op(`${DOMAIN}.Quant`, [x, g.constant(scale), number(zero), number(bits)]);
  // QONNX's own package demands all three, whatever their defaults are.
  const flag = { type: "int", value: isSigned ? 1 : 0 } as const;
  quantised.producer!.attributes = {
    signed: flag,
    narrow: flag,
    rounding_mode: { type: "string", value: "ROUND" },
  };
  return quantised;
}

function replaceActivation(g: Emit, node: Node): void {
  const grid = gridOf(node);
  const scale = scalar("float32", grid.scales[0]!);
  g.graph.replace(node.outputs[0]!, quant(g, node.inputs[0], scale, grid.zero, grid.bits, grid.isSigned));
  g.graph.removeNodes([node]);
}

/** A frozen weight becomes a float constant and a Quant; a bias a float constant alone. */
function replaceConstant(g: Emit, node: Node): void {
  const codes = node.inputs[0]!;
  const scales = node.inputs[1]!.constant!;
  const axis = (node.attributes.axis?.value as number | undefined) ?? 1;
  const values = g.graph.addInitializer(`${codes.name}.real`, dequantised(codes.constant!, scales, axis));
  const bits = codes.metadata.get(BITS_KEY);
  const rank = codes.constant!.dims.length;
  const wide =
    scales.dims.length === 0
      ? scales
      : { ...scales, dims: Array.from({ length: rank }, (_, i) => (i === axis ? scales.dims[0]! : 1)) };
  const replacement = bits === undefined ? values : quant(g, values, wide, 0, Number(bits), true);
  g.graph.replace(node.outputs[0]!, replacement);
  g.graph.removeNodes([node]);
}

function dequantised(codes: Tensor, scales: Tensor, axis: number): Tensor {
  const [scale, values] = [numbers(scales), numbers(codes)];
  const stride = scale.length === 1 ? values.length : stridesOf(codes.dims)[axis]!;
  const real = new Float32Array(values.length);
  for (let i = 0; i < real.length; i++) real[i] = values[i]! * scale[Math.floor(i / stride) % scale.length]!;
  return { dtype: "float32", dims: codes.dims, data: real };
}
