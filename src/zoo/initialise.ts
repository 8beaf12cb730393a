/**
 * @file Initial weights. Every tensor draws from a stream of its own, named after it, so that adding a layer to a network
 * does not change the others.
 */

import { Rng } from "../base/rng.ts";
import { sizeOf, type Tensor } from "../base/tensor.ts";

/** Fills a float32 tensor of the given shape; `fan` counts the inputs and outputs of one unit. */
export type Initialiser = (dims: readonly number[], fan: Fan, rng: Rng) => Float32Array<ArrayBuffer>;

export interface Fan {
  readonly in: number;
  readonly out: number;
}

const draw = (dims: readonly number[], next: () => number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: sizeOf(dims) }, next);

/** Normal with deviation √(2/fan_in): keeps the variance through ReLU layers (He et al. 2015, eq. 10). */
export const he: Initialiser = (dims, fan, rng) => draw(dims, () => rng.normal() * Math.sqrt(2 / fan.in));

/** The same with fan_out: keeps the variance of gradients (He et al. 2015, eq. 14; torchvision's choice). */
export const heOut: Initialiser = (dims, fan, rng) => draw(dims, () => rng.normal() * Math.sqrt(2 / fan.out));

/** Uniform in ±√(6/(fan_in + fan_out)): for layers without ReLU (Glorot and Bengio 2010, eq. 16). */
export const glorot: Initialiser = (dims, fan, rng) =>
  draw(dims, () => (2 * rng.uniform() - 1) * Math.sqrt(6 / (fan.in + fan.out)));

/** Normal with a given deviation; transformers take 0.02 (Radford et al. 2019, Devlin et al. 2019). */
export const normal =
  (deviation: number): Initialiser =>
  (dims, _fan, rng) =>
    draw(dims, () => rng.normal() * deviation);

/** All elements equal. */
export const constant =
  (value: number): Initialiser =>
  (dims) =>
    new Float32Array(sizeOf(dims)).fill(value);

/** The tensor named `name` of a network with this seed. */
export function initial(name: string, dims: readonly number[], fan: Fan, how: Initialiser, seed: number): Tensor {
  return { dtype: "float32", dims: [...dims], data: how(dims, fan, new Rng(seed, `init/${name}`)) };
}
