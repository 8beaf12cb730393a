/** @file Layers like those of a small convolutional network: smooth maps behind a ReLU, im2col, bell-shaped weights. */

import { Rng } from "../../base/rng.ts";
import type { LayerTrace } from "./trace.ts";

export interface ConvolutionLike {
  channels: number;
  outputs: number;
  size: number;
  images: number;
  seed: number;
  /** Weights are this many bell curves wide before they are cut at ±127. */
  weightScale?: number;
}

/** One channel of noise, smoothed twice over 3 × 3, shifted and cut off below: values 0 … 127, about half of them 0. */
function smoothMap(size: number, rng: Rng): Uint8Array {
  const wide = size + 4;
  let map = Float64Array.from({ length: wide * wide }, () => rng.normal());
  for (let round = 0; round < 2; round++) {
    const source = map;
    map = source.map((_, at) => {
      const [y, x] = [Math.floor(at / wide), at % wide];
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) sum += source[((y + dy + wide) % wide) * wide + ((x + dx + wide) % wide)]!;
      }
      return sum / 3;
    });
  }
  return Uint8Array.from({ length: size * size }, (_, at) => {
    const value = map[(Math.floor(at / size) + 2) * wide + (at % size) + 2]!;
    return Math.max(0, Math.min(127, Math.round(22 * value)));
  });
}

/** A 3 × 3 convolution with padding 1 as W·A. */
export function convolutionLike(options: ConvolutionLike): LayerTrace {
  const { channels, outputs, size, images, seed, weightScale = 30 } = options;
  const rng = new Rng(seed, "layer");
  const inputs = 9 * channels;
  const steps = images * size * size;
  const activations = new Int8Array(inputs * steps);
  for (let image = 0; image < images; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const map = smoothMap(size, rng);
      for (let tap = 0; tap < 9; tap++) {
        const row = (channel * 9 + tap) * steps + image * size * size;
        for (let at = 0; at < size * size; at++) {
          const y = Math.floor(at / size) + Math.floor(tap / 3) - 1;
          const x = (at % size) + (tap % 3) - 1;
          const isInside = y >= 0 && y < size && x >= 0 && x < size;
          activations[row + at] = isInside ? map[y * size + x]! : 0;
        }
      }
    }
  }
  const weights = Int8Array.from({ length: outputs * inputs }, () =>
    Math.max(-127, Math.min(127, Math.round(weightScale * rng.normal()))),
  );
  return { name: `conv ${channels}→${outputs}`, weights, activations, outputs, inputs, steps };
}

/** The same layer with its images in another order. */
export function withImagesShuffled(trace: LayerTrace, images: number, seed: number): LayerTrace {
  const order = new Rng(seed).permutation(images);
  const perImage = trace.steps / images;
  const activations = new Int8Array(trace.activations.length);
  for (let input = 0; input < trace.inputs; input++) {
    for (let image = 0; image < images; image++) {
      const from = input * trace.steps + order[image]! * perImage;
      activations.set(trace.activations.subarray(from, from + perImage), input * trace.steps + image * perImage);
    }
  }
  return { ...trace, activations };
}
