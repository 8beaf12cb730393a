/**
 * @file fold-quantised-batch-norm: BatchNormalization behind a layer with frozen weights goes into the scales and the bias
 * of that layer. The codes keep their magnitude (a negative factor flips their signs, which the narrow grid allows), so
 * that folding costs no accuracy at any bit-width — unlike folding before quantising (brevitas #494).
 *
 * Cases: 1. Conv or Gemm with a DequantizeLinear weight and one reader, the BatchNormalization in inference mode;
 * 2. the same with a bias of its own; 3. anything else stays.
 */

import { numbers, stridesOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import { Emit } from "../operators/index.ts";
import { channelAxis } from "./insert-quantizers.ts";

export const foldQuantisedBatchNorm: Pass = {
  name: "fold-quantised-batch-norm",
  run: (model) => {
    let modified = false;
    for (const norm of [...model.graph.nodes]) {
      const layer = foldable(norm);
      if (layer === undefined) continue;
      fold(new Emit(model.graph, { before: layer }), layer, norm);
      modified = true;
    }
    model.graph.pruneInitializers();
    return modified;
  },
};

function foldable(norm: Node): Node | undefined {
  if (norm.kind !== "BatchNormalization" || norm.attributes.training_mode?.value === 1) return undefined;
  if (norm.inputs.slice(1).some((input) => input?.constant === undefined)) return undefined;
  const layer = norm.inputs[0]?.producer;
  if (layer === undefined || !["Conv", "Gemm"].includes(layer.kind)) return undefined;
  const source = layer.inputs[1]?.producer;
  const isFrozen = source?.kind === "DequantizeLinear" && source.inputs[0]?.constant !== undefined;
  const isAlone = norm.inputs[0]!.uses.length === 1 && !norm.graph!.outputs.includes(norm.inputs[0]!);
  return isFrozen && isAlone ? layer : undefined;
}

function fold(g: Emit, layer: Node, norm: Node): void {
  const graph = g.graph;
  const [gamma, beta, mean, variance] = norm.inputs.slice(1).map((input) => numbers(input!.constant!));
  const epsilon = (norm.attributes.epsilon?.value as number | undefined) ?? 1e-5;
  const factors = Float64Array.from(gamma!, (value, c) => value / Math.sqrt(variance![c]! + epsilon));
  const source = layer.inputs[1]!.producer!;
  const codes = source.inputs[0]!;
  const axis = channelAxis(layer, codes);
  const scale = numbers(source.inputs[1]!.constant!);
  const scales = factors.map((factor, c) => Math.abs(factor) * scale[scale.length === 1 ? 0 : c]!);
  // γ = 0 makes a channel constant: its codes become zero, and any scale will do.
  const flipped = flip(codes.constant!, axis, Float64Array.from(factors, Math.sign));
  const oldBias = layer.inputs[2] && numbers(layer.inputs[2].constant!);
  const bias = Array.from(factors, (factor, c) => beta![c]! + ((oldBias?.[c] ?? 0) - mean![c]!) * factor);

  const fresh = graph.addInitializer(`${codes.name}.folded`, flipped);
  for (const [key, text] of codes.metadata) fresh.metadata.set(key, text);
  const folded = graph.addInitializer(
    `${codes.name}.folded_scale`,
    tensor(
      "float32",
      [scales.length],
      scales.map((value) => value || 1),
    ),
  );
  const weight = g.op("DequantizeLinear", [fresh, folded], { axis });
  layer.setInput(1, weight);
  layer.setInput(2, graph.addInitializer(`${layer.name}.bias`, tensor("float32", [bias.length], bias)));
  graph.replace(norm.outputs[0]!, layer.outputs[0]!);
  graph.removeNodes([norm]);
  if (!source.outputs[0]!.isUsed) graph.removeNodes([source]);
}

function flip(codes: Tensor, axis: number, signs: Float64Array): Tensor {
  const stride = stridesOf(codes.dims)[axis]!;
  const values = Array.from(numbers(codes), (code, i) => code * signs[Math.floor(i / stride) % signs.length]!);
  return tensor(codes.dtype, codes.dims, values);
}
