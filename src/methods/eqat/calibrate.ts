/**
 * @file Initial ranges: a high quantile of each layer's input over a few batches of the float network (EQAT sheet, gap 3
 * [reconstructed]), and max|w| of each weight, per channel or per tensor (gap 2).
 */

import { fail } from "../../base/errors.ts";
import { Rng } from "../../base/rng.ts";
import { numbers, rowsOf, type Tensor, tensor } from "../../base/tensor.ts";
import type { OrtEngine } from "../../engine/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { channelAxis, type LayerQuantizers, quantizableLayers } from "../../rewrites/index.ts";
import { type ClassifierData, withNormalisation } from "../../training/index.ts";
import type { EqatOptions } from "./options.ts";

/** What does not change while bits are learned. */
export type LayerRanges = Omit<LayerQuantizers, "mode" | "weightBits" | "inputBits"> & {
  /** The range of the network input at a fixed width is data, not a parameter: learning it would buy nothing, and cost
   * the gradient of the first layer's input. */
  readonly isInputRangeFixed: boolean;
};

/** Measures the ranges of all weighted layers. */
export async function calibrate(
  engine: OrtEngine,
  model: Model,
  data: ClassifierData,
  seed: number,
  options: EqatOptions,
): Promise<LayerRanges[]> {
  const probe = cloneModel(model);
  const layers = quantizableLayers(probe);
  if (layers.length === 0) {
    fail({
      code: "quantize.none",
      message: "the model has no layer with weights",
      expected: "a Conv, ConvTranspose, Gemm or MatMul with a constant weight",
    });
  }
  probe.graph.outputs.splice(0, probe.graph.outputs.length, ...new Set(layers.map((layer) => layer.input)));
  const inputs = await collect(engine, probe, data, seed, options);
  const container = options.qMax > 8 || (options.inputBits ?? 0) > 8 || (options.fixedBits ?? 0) > 8 ? 16 : 8;
  return layers.map(({ name, node, weight, input, isInputNonNegative: isNonNegative }) => {
    const values = inputs.get(input.name)!.sort();
    const { low, high } = rangeOf(values, options.quantile, isNonNegative, name);
    const axis = options.perChannel ? channelAxis(node, weight) : -1;
    return {
      layer: name,
      isInputRangeFixed: options.inputBits !== null && model.graph.inputs.some((value) => value.name === input.name),
      weightAxis: axis,
      weightRange: largestWeight(weight.constant ?? unfolded(name), axis),
      inputGrid: isNonNegative ? "unsigned" : "affine",
      inputHigh: high,
      ...(isNonNegative ? {} : { inputLow: low }),
      container,
    };
  });
}

/** Up to 20 000 values of each probed activation from every batch, drawn evenly. */
async function collect(engine: OrtEngine, probe: Model, data: ClassifierData, seed: number, options: EqatOptions) {
  // A network input that feeds a layer directly is an output of the probe, too: it passes through the normalisation.
  const names = probe.graph.outputs.map((value) => value.name);
  const whole = withNormalisation(probe, data);
  const outputs = whole.graph.outputs.map((value) => value.name);
  const session = await engine.load(whole);
  const order = new Rng(seed, "calibrate").permutation(data.inputs.dims[0]!);
  const batches = Math.min(options.calibrationBatches, Math.ceil(order.length / options.batchSize));
  const collected = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let b = 0; b < batches; b++) {
    const chosen = order.subarray(b * options.batchSize, (b + 1) * options.batchSize);
    const results = await session.run({ raw: examplesAt(data.inputs, chosen) });
    for (const [k, name] of names.entries()) {
      const values = numbers(results[outputs[k]!]!);
      const stride = Math.max(1, Math.floor(values.length / 20_000));
      const list = collected.get(name)!;
      for (let i = 0; i < values.length; i += stride) list.push(values[i]!);
    }
  }
  await session.release();
  return new Map([...collected].map(([name, list]) => [name, Float32Array.from(list)]));
}

function examplesAt(inputs: Tensor, chosen: Uint32Array): Tensor {
  const rows = Array.from(chosen, (row) => rowsOf(inputs, row, row + 1).data as ArrayLike<number>);
  const width = rows[0]!.length;
  const out = new Float64Array(width * rows.length);
  for (const [i, row] of rows.entries()) out.set(Array.from(row), i * width);
  return tensor(inputs.dtype, [rows.length, ...inputs.dims.slice(1)], out);
}

function rangeOf(sorted: Float32Array, quantile: number, isNonNegative: boolean, layer: string) {
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * (sorted.length - 1)))]!;
  // Both ranges hold zero: an affine grid without it would need a zero point outside its codes.
  const high = Math.max(0, at(isNonNegative ? quantile : 1 - (1 - quantile) / 2));
  const low = isNonNegative ? 0 : Math.min(0, at((1 - quantile) / 2));
  if (!Number.isFinite(high) || !Number.isFinite(low)) {
    fail({ code: "quantize.range", where: `layer ${layer}`, message: "the activation range is not finite" });
  }
  // Nearly always zero: what is not zero counts. Zero in all batches: it still needs a range, and 1 is as good as any.
  return { low, high: high > low ? high : at(1) || 1 };
}

/** max|w| as a scalar (axis −1), or for each index along the axis. A channel of zeros gets the range of the tensor. */
export function largestWeight(weight: Tensor, axis: number): Tensor {
  const values = numbers(weight);
  let whole = 0;
  for (const value of values) whole = Math.max(whole, Math.abs(value));
  // A tensor of zeros needs some range, too.
  whole ||= 1;
  if (axis < 0) return tensor("float32", [], [whole]);
  const channels = weight.dims[axis]!;
  const inner = weight.dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const most = new Float64Array(channels);
  for (const [i, value] of values.entries()) {
    const channel = Math.floor(i / inner) % channels;
    most[channel] = Math.max(most[channel]!, Math.abs(value));
  }
  return tensor(
    "float32",
    [channels],
    most.map((value) => value || whole),
  );
}

const unfolded = (layer: string): never =>
  fail({
    code: "quantize.weight",
    where: `layer ${layer}`,
    message: "the weight is not a constant",
    hint: "fold constants first",
  });
