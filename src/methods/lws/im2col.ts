/** @file Activations of a layer as the columns that enter an array: A, inputs × steps, images one after the other, raster within. */

import { sizeOf } from "../../base/tensor.ts";
import { type ConvAttributes, convWindow } from "../../operators/convolution.ts";
import { placesOf } from "../../operators/window.ts";

/** Whole numbers with a shape. */
export interface Integers {
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
}

/** The columns of one group. */
export interface Columns {
  readonly values: Int16Array;
  /** K. */
  readonly inputs: number;
  /** T. */
  readonly steps: number;
}

/**
 * A of each group of a convolution of x [N, C, …] with weights [M, C/groups, …]. Row k is channel ⌊k/taps⌋ of the group at tap
 * k mod taps, as the weights lie in memory; padding is 0.
 */
export function im2col(x: Integers, weight: readonly number[], attributes: ConvAttributes): Columns[] {
  const [images, channels, ...spatial] = x.dims as [number, number, ...number[]];
  const perGroup = weight[1]!;
  const { source, origins, taps } = placesOf(convWindow(attributes, x.dims, weight), spatial);
  const [plane, positions] = [sizeOf(spatial), origins.length];
  const [inputs, steps] = [perGroup * taps.length, images * positions];
  return Array.from({ length: channels / perGroup }, (_, group) => {
    const values = new Int16Array(inputs * steps);
    for (let input = 0; input < inputs; input++) {
      const channel = group * perGroup + Math.floor(input / taps.length);
      const tap = taps[input % taps.length]!;
      for (let image = 0; image < images; image++) {
        const from = (image * channels + channel) * plane;
        const to = input * steps + image * positions;
        for (let p = 0; p < positions; p++) {
          const at = source[origins[p]! + tap]!;
          values[to + p] = at < 0 ? 0 : x.values[from + at]!;
        }
      }
    }
    return { values, inputs, steps };
  });
}

/** A of a matrix product: x [.., K], each row a column of A. */
export function columnsOf(x: Integers): Columns {
  const inputs = x.dims.at(-1)!;
  const steps = x.values.length / inputs;
  const values = new Int16Array(x.values.length);
  for (let t = 0; t < steps; t++) {
    for (let k = 0; k < inputs; k++) values[k * steps + t] = x.values[t * inputs + k]!;
  }
  return { values, inputs, steps };
}
