/**
 * @file Learned ranges: one vector r for all quantisers, range = initial·exp(r), so that Adam moves every range by the
 * same share whatever its size, and no range changes sign [reconstructed].
 */

import { numbers, type Tensor, tensor, zeros } from "../../base/tensor.ts";
import type { Value } from "../../graph/value.ts";
import type { Emit } from "../../operators/index.ts";
import type { LayerRanges } from "./calibrate.ts";

/** One quantiser's part of the vector: the initializer it feeds and its elements. */
interface Part {
  readonly initializer: string;
  readonly initial: Tensor;
}

function partsOf(layers: readonly LayerRanges[]): Part[] {
  return layers.flatMap(({ layer, weightRange, inputHigh, inputLow, isInputRangeFixed }) => [
    { initializer: `${layer}.weight_range`, initial: weightRange },
    ...(isInputRangeFixed
      ? []
      : [
          { initializer: `${layer}.input_high`, initial: tensor("float32", [], [inputHigh]) },
          ...(inputLow === undefined
            ? []
            : [{ initializer: `${layer}.input_low`, initial: tensor("float32", [], [inputLow]) }]),
        ]),
  ]);
}

const lengthOf = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + part.initial.data.length, 0);

/** r = 0: the calibrated ranges. */
export const initialRanges = (layers: readonly LayerRanges[]): Tensor => zeros("float32", [lengthOf(partsOf(layers))]);

/** Emits every range from r, by the name of the initializer that it replaces. */
export function emitRanges(g: Emit, layers: readonly LayerRanges[], r: Value): Map<string, Value> {
  const parts = partsOf(layers);
  const initial = parts.flatMap((part) => Array.from(numbers(part.initial)));
  const ranges = g.mul(g.constant(tensor("float32", [initial.length], initial)), g.op("Exp", [r]));
  const sizes = parts.map((part) => part.initial.data.length);
  const split = g.ops("Split", [ranges, g.ints(sizes)], { axis: 0 }, parts.length);
  return new Map(
    parts.map(({ initializer, initial: { dims } }, i) => [
      initializer,
      dims.length === 0 ? g.op("Squeeze", [split[i], g.ints([0])]) : split[i]!,
    ]),
  );
}

/** The layers with the ranges that r stands for. */
export function applyRanges(layers: readonly LayerRanges[], r: Tensor): LayerRanges[] {
  const scales = numbers(r);
  let next = 0;
  const scaled = (initial: Tensor): Tensor =>
    tensor(
      "float32",
      initial.dims,
      Array.from(numbers(initial), (v) => v * Math.fround(Math.exp(scales[next++]!))),
    );
  return layers.map((layer) => {
    const weightRange = scaled(layer.weightRange);
    if (layer.isInputRangeFixed) return { ...layer, weightRange };
    const inputHigh = numbers(scaled(tensor("float32", [], [layer.inputHigh])))[0]!;
    if (layer.inputLow === undefined) return { ...layer, weightRange, inputHigh };
    return { ...layer, weightRange, inputHigh, inputLow: numbers(scaled(tensor("float32", [], [layer.inputLow])))[0]! };
  });
}
