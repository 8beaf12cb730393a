/** @file The network as data, before any training: sizes, fixed mappings, candidates, initial values of what is learned. */

import { fail } from "../../base/errors.ts";
import { Rng } from "../../base/rng.ts";
import { type Tensor, tensor } from "../../base/tensor.ts";
import { type Candidates, drawCandidates, randomMapping } from "../../rewrites/index.ts";
import type { Encoder } from "./encoder.ts";
import type { DwnOptions } from "./options.ts";

export interface Layer {
  readonly tables: number;
  readonly inputs: number;
  /** What its slots choose from, or the fixed mapping [tables, inputs]. */
  readonly candidates?: Candidates;
  readonly mapping?: readonly number[];
}

export interface Layout {
  readonly encoder: Encoder;
  readonly layers: readonly Layer[];
  readonly classes: number;
  readonly tau: number;
  readonly options: DwnOptions;
}

export const tableName = (layer: number): string => `layer${layer + 1}/tables`;
export const scoreName = (layer: number): string => `layer${layer + 1}/scores`;

/** Sizes of a pyramid from `from` bits to one for each class, each layer a share of `inputs` of the one before (M5). */
export function pyramid(from: number, inputs: number, classes: number): number[] {
  const sizes: number[] = [];
  for (let size = Math.ceil(from / inputs); size > classes; size = Math.ceil(size / inputs)) sizes.push(size);
  return [...sizes, classes];
}

/** Tables of each layer. @throws FemtoError `shape.groups` where the last one does not divide by the classes */
export function layerSizes(classes: number, options: DwnOptions): readonly number[] {
  const { inputs, reduction, pad } = options;
  const given = options.layers;
  const sizes = reduction === "sum" ? given : [...given, ...pyramid(given.at(-1)!, inputs, classes)];
  const last = sizes.at(-1)!;
  if (last % classes !== 0 && !pad) {
    fail({
      code: "shape.groups",
      where: "option layers",
      message: `${last} tables of the last layer do not make ${classes} equal groups`,
      expected: `a multiple of ${classes}, such as ${Math.ceil(last / classes) * classes}, or "pad": true`,
      got: `${last}`,
    });
  }
  return sizes;
}

/** @throws FemtoError `shape.groups` */
export function layOut(encoder: Encoder, classes: number, seed: number, options: DwnOptions): Layout {
  const { inputs, mapping, candidates, reduction } = options;
  const sizes = layerSizes(classes, options);
  let features: readonly number[] = encoder.kept;
  const layers = sizes.map((tables, i): Layer => {
    const rng = new Rng(seed, `dwn/layer${i + 1}`);
    // Learned in the first layer alone, since flips further on unsettle the gradients (M4); a pyramid must see everything.
    const isLearned = i === 0 ? mapping === "learned" : i >= options.layers.length;
    const layer: Layer = isLearned
      ? { tables, inputs, candidates: drawCandidates(features, tables, inputs, candidates, rng) }
      : { tables, inputs, mapping: randomMapping(features, tables, inputs, rng) };
    features = Array.from({ length: tables }, (_, j) => j);
    return layer;
  });
  const group = Math.ceil(sizes.at(-1)! / classes);
  const tau = options.tau ?? (reduction === "sum" ? Math.max(group / 30, 10 / 3) : 0.3);
  return { encoder, layers, classes, tau, options };
}

/** Initial tables, uniform in −1..1, and scores, uniform in 0..1 [source]; weights of gates are normal [reconstructed]. */
export function initialValues({ layers, options }: Layout, seed: number): Map<string, Tensor> {
  const values = new Map<string, Tensor>();
  for (const [i, { tables, inputs, candidates }] of layers.entries()) {
    const rng = new Rng(seed, `dwn/init${i + 1}`);
    const make = (dims: readonly [number, number], draw: () => number) =>
      tensor("float32", dims, Float32Array.from({ length: dims[0] * dims[1] }, draw));
    const isGate = options.tables === "gates";
    values.set(
      tableName(i),
      isGate ? make([tables, 16], () => rng.normal()) : make([tables, 2 ** inputs], () => 2 * rng.uniform() - 1),
    );
    if (candidates !== undefined) {
      values.set(
        scoreName(i),
        make([tables * inputs, candidates.width], () => rng.uniform()),
      );
    }
  }
  return values;
}
