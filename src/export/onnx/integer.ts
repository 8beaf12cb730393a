/**
 * @file `model.int.onnx`: products on integers only. Codes go into ConvInteger and MatMulInteger (or into float operators
 * that provably never round), the int32 bias is added to the accumulator, and one multiplication per output brings it
 * back to real numbers. What is left of floating point has one result everywhere: element-wise operations, and sums in a
 * fixed order. Codes and accumulators of this form are the integer reference that everything else is compared with.
 */

import type { Model } from "../../graph/model.ts";
import { applyPasses } from "../../graph/pass.ts";
import { Emit, inferModel } from "../../operators/index.ts";
import { removeDeadNodes, reproducibleSums } from "../../rewrites/index.ts";
import { dequantiseActivations, emitActivationCodes } from "../activation-codes.ts";
import { lower } from "../lower.ts";
import { unreproducible } from "./floats.ts";
import { emitIntegerLayer, integerLayer } from "./integer-layer.ts";

export interface IntegerModel {
  readonly model: Model;
  /** Names of the values to compare: activation codes and accumulators, by layer. */
  readonly codes: readonly string[];
  readonly accumulators: readonly string[];
  /** Layers that stayed in floating point, and why; operators that keep codes from being equal everywhere. */
  readonly warnings: readonly string[];
}

/** @param model as a method returns it */
export function toInteger(model: Model): IntegerModel {
  const integer = lower(model);
  const { graph } = integer;
  const activations = emitActivationCodes(integer);
  const accumulators: string[] = [];
  const warnings: string[] = [];
  for (const node of [...graph.nodes]) {
    const activation = node.inputs.flatMap((input) => activations.get(input?.producer as never) ?? [])[0];
    if (activation === undefined || node.kind === "QuantizeLinear") continue;
    const layer = integerLayer(node, activation);
    if (typeof layer === "string") warnings.push(`${node.name}: stays in floating point (${layer})`);
    else {
      const g = new Emit(graph, { before: layer.bias?.place.node ?? node, scope: node.name });
      accumulators.push(emitIntegerLayer(g, layer).name);
    }
  }
  dequantiseActivations(integer, activations);
  applyPasses(integer, [reproducibleSums, removeDeadNodes]);
  graph.pruneInitializers();
  inferModel(integer);
  warnings.push(...unreproducible(graph));
  return { model: integer, codes: Array.from(activations.values(), ({ code }) => code.name), accumulators, warnings };
}
