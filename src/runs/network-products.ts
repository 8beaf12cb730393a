/**
 * @file The first layers of a quantised network as matrix products of whole numbers on real data: what an array has to multiply, and
 * the accumulators of the integer reference that it has to reach.
 */

import { fail } from "../base/errors.ts";
import { numbers, rowsOf, type Tensor } from "../base/tensor.ts";
import type { LayerTrace } from "../circuits/characterise/index.ts";
import type { Matrix } from "../circuits/index.ts";
import type { Dataset } from "../data/index.ts";
import { runReference } from "../engine/index.ts";
import { readQuantised } from "../export/index.ts";
import type { Model } from "../graph/model.ts";
import { traceNetwork } from "../methods/index.ts";
import { withNormalisation } from "../training/index.ts";

export interface LayerProduct {
  /** With the group, where a convolution has several. */
  readonly name: string;
  /** K × M. */
  readonly weights: Matrix;
  /** T × K: columns of the layer's input, code − zero point. */
  readonly activations: Matrix;
  /** T × M: accumulators that the reference engine computed, before the bias. */
  readonly sums: Matrix;
  /** Which columns of the layer these are: image · positions + position. */
  readonly columns: readonly number[];
}

export interface ProductOptions {
  /** Layers from the first. */
  readonly layers: number;
  /** Images from the start of the data. */
  readonly images: number;
  /** At most so many columns of a layer, evenly spread; all where left out. */
  readonly steps?: number | undefined;
}

/** Everything that an array of this description could hold; the real one is chosen for what was found. */
const ANY_ARRAY = { rows: 1, columns: 1, activationBits: 10, weightBits: 10, accumulatorBits: 31 };

/**
 * @throws FemtoError `array.form` for a model that is not in integer form, `array.layers` where no layer can be traced; those of
 * `traceNetwork`
 */
export function layerProducts(model: Model, data: Dataset, { layers, images, steps }: ProductOptions): LayerProduct[] {
  const { inputs, labels, normalisation } = data;
  const whole = withNormalisation(model, { inputs, labels: labels ?? inputs, normalisation });
  const network = readQuantised(whole);
  if (network.form !== "integer") {
    fail({
      code: "array.form",
      where: model.graph.name,
      message: "the array multiplies whole numbers, and the model is in another form",
      expected: "integer arithmetic, such as model.int.onnx of a run",
      got: network.form,
      hint: "femto export MODEL --to int --out model.int.onnx",
    });
  }
  const feeds = { raw: rowsOf(inputs, 0, images) };
  const first = { ...network, layers: network.layers.slice(0, layers) };
  const { layers: traces, skipped } = traceNetwork(whole, first, feeds, ANY_ARRAY);
  if (traces.length === 0) {
    const got = skipped.map(({ name, why }) => `${name}: ${why}`).join("; ") || "no layers";
    fail({ code: "array.layers", where: model.graph.name, message: "no layer is a product of whole numbers", got });
  }
  const accumulators = new Map<string, Tensor>();
  const nodes = new Map(first.layers.map(({ name, node }) => [name, node.outputs[0]!.name]));
  const wanted = new Set(nodes.values());
  runReference(whole, feeds, {
    watch: ({ name }, tensor) => {
      if (wanted.has(name)) accumulators.set(name, tensor);
    },
  });
  return traces.flatMap(({ name, groups }) => {
    const reached = accumulators.get(nodes.get(name)!)!;
    return groups.map((trace, group) => productOf(trace, reached, group, groups.length, steps));
  });
}

function productOf(trace: LayerTrace, reached: Tensor, group: number, groups: number, most?: number): LayerProduct {
  const { name, weights, activations, outputs, inputs, steps } = trace;
  const taken = Math.min(steps, most ?? steps);
  const columns = Array.from({ length: taken }, (_, i) => Math.floor((i * steps) / taken));
  const sumAt = accumulatorAt(reached, groups * outputs);
  return {
    name,
    weights: matrix(inputs, outputs, (k, m) => weights[m * inputs + k]!),
    activations: matrix(taken, inputs, (t, k) => activations[k * steps + columns[t]!]!),
    sums: matrix(taken, outputs, (t, m) => sumAt(columns[t]!, group * outputs + m)),
    columns,
  };
}

/** Of a convolution [N, channels, …] or a matrix product [.., channels], by column and channel. */
function accumulatorAt(reached: Tensor, channels: number): (column: number, channel: number) => number {
  const values = numbers(reached);
  if (reached.dims.length < 3) return (column, channel) => values[column * channels + channel]!;
  const positions = values.length / (reached.dims[0]! * channels);
  return (column, channel) => {
    const [image, position] = [Math.floor(column / positions), column % positions];
    return values[(image * channels + channel) * positions + position]!;
  };
}

const matrix = (rows: number, columns: number, at: (row: number, column: number) => number): number[][] =>
  Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => at(row, column)));
