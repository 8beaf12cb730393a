/**
 * @file insert-quantizers: puts a `femto.FakeQuant` in front of the weight and of the activation input of weighted
 * layers. Bit-widths and ranges become initializers with fixed names, so that training can bind them to learned values
 * and export can read them: `<layer>.weight_bits`, `.weight_range`, `.input_bits`, `.input_high`, `.input_low`.
 */

import { fail } from "../base/errors.ts";
import { scalar, type Tensor } from "../base/tensor.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { Emit, rankOf } from "../operators/index.ts";
import { quantizableLayers } from "./quantizable-layers.ts";

/** How one layer is quantised; tensors are float32 scalars, or one element a channel where `weightAxis` ≥ 0. */
export interface LayerQuantizers {
  readonly layer: string;
  readonly mode: "frac" | "real" | "round";
  readonly weightBits: number;
  readonly weightRange: Tensor;
  /** Channel axis of the weight for per-channel ranges; −1 for one range. */
  readonly weightAxis: number;
  readonly inputBits: number;
  readonly inputGrid: "unsigned" | "affine";
  readonly inputHigh: number;
  readonly inputLow?: number;
  /** 8, or 16 where more than 8 bits may be asked for. */
  readonly container: 8 | 16;
  /** Of the operator; only training asks. */
  readonly bitGradient?: "exact" | "naive";
  readonly rangeGradient?: "lsq" | "pact";
}

/** The axis of a weight along which output channels lie: rows of a left factor, columns of a right one. */
export function channelAxis(node: Node, weight: Value): number {
  if (node.inputs[0] === weight) return node.attributes.transA?.value === 1 ? 1 : Math.max(0, rankOf(weight) - 2);
  if (node.op === "Conv") return 0;
  if (node.op === "ConvTranspose") return 1;
  if (node.op === "Gemm") return node.attributes.transB?.value === 1 ? 0 : 1;
  return rankOf(weight) - 1;
}

/** Inserts the quantisers, in place. @throws FemtoError `quantize.layer` for a layer that the model does not have */
export function insertQuantizers(model: Model, plans: readonly LayerQuantizers[]): void {
  const layers = new Map(quantizableLayers(model).map((layer) => [layer.name, layer]));
  for (const plan of plans) {
    const found = layers.get(plan.layer);
    if (found === undefined) {
      fail({
        code: "quantize.layer",
        message: `the model has no weighted layer "${plan.layer}"`,
        expected: [...layers.keys()].join(", "),
      });
    }
    const { node, weight, input } = found;
    const g = new Emit(model.graph, { before: node });
    const named = (name: string, tensor: Tensor) => model.graph.addInitializer(`${plan.layer}.${name}`, tensor);
    const number = (name: string, value: number) => named(name, scalar("float32", value));
    const { mode, container, inputGrid, weightAxis } = plan;
    const slopes = {
      ...(plan.bitGradient && { bit_gradient: plan.bitGradient }),
      ...(plan.rangeGradient && { range_gradient: plan.rangeGradient }),
    };
    const quantise = (value: Value, ranges: readonly Value[], attributes: object) =>
      g.op("femto.FakeQuant", [value, ...ranges], { mode, container, ...slopes, ...attributes });

    const inputs = [number("input_bits", plan.inputBits), number("input_high", plan.inputHigh)];
    if (inputGrid === "affine") inputs.push(number("input_low", plan.inputLow ?? 0));
    g.scope = `${plan.layer}.input`;
    const quantisedInput = quantise(input, inputs, { grid: inputGrid });
    g.scope = `${plan.layer}.weight`;
    const weights = [number("weight_bits", plan.weightBits), named("weight_range", plan.weightRange)];
    const quantisedWeight = quantise(weight, weights, { grid: "narrow", axis: weightAxis });
    for (const [index, value] of node.inputs.entries()) {
      if (value === input) node.setInput(index, quantisedInput);
      if (value === weight) node.setInput(index, quantisedWeight);
    }
  }
}
