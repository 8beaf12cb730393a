/**
 * @file The encoder of a network: thresholds fitted on the training examples as they are stored, and the same thresholds
 * where the network sees them, behind the normalisation.
 */

import { normaliser } from "../../base/normalisation.ts";
import { numbers, sizeOf } from "../../base/tensor.ts";
import { distinctBits, fitThresholds } from "../../formats/index.ts";
import type { TrainingData } from "../method.ts";
import type { DwnOptions } from "./options.ts";

export interface Encoder {
  readonly features: number;
  /** T. */
  readonly bits: number;
  /** [features, T] of raw values. */
  readonly raw: Float64Array;
  /** The same, of normalised values in float32. */
  readonly normalised: Float32Array;
  /** Bits that take part, feature·T + threshold. */
  readonly kept: readonly number[];
  readonly dropped: { readonly constant: number; readonly equal: number };
}

/** @throws FemtoError `data.nan`, `data.constant`, `option.range` */
export function fitEncoder(data: TrainingData, { bits, thermometer, featureWise, leastShare }: DwnOptions): Encoder {
  const [examples, ...shape] = data.inputs.dims as [number, ...number[]];
  const features = sizeOf(shape);
  // Bytes are sorted as bytes; nothing else of the stored form matters.
  const values = data.inputs.dtype === "uint8" ? (data.inputs.data as Uint8Array) : numbers(data.inputs);
  const fitted = fitThresholds(values, features, { kind: thermometer, bits, featureWise });
  const raw = featureWise ? fitted : Float64Array.from({ length: features * bits }, (_, i) => fitted[i % bits]!);
  const least = Math.max(1, Math.ceil(leastShare * examples));
  const { kept, constant, equal } = distinctBits(values, features, raw, bits, least);
  const normalise = normaliser(shape, data.normalisation);
  const normalised = Float32Array.from(raw, (t, i) => normalise(t, Math.floor(i / bits)));
  return { features, bits, raw, normalised, kept, dropped: { constant, equal } };
}
