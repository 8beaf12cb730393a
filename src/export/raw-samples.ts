/**
 * @file What stands in front of a network of lookup tables, written into its file: the type of raw samples and their
 * normalisation. An ONNX file of such a network reads normalised numbers; circuits, C and the browser read raw ones.
 */

import { fail } from "../base/errors.ts";
import type { Normalisation } from "../data/index.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";

/** What a raw sample is, before the normalisation that stands in front of the network. */
export interface RawSamples {
  readonly dtype: "uint8" | "float32";
  readonly normalisation?: Normalisation | undefined;
}

const KEY = "femto.raw_samples";

/** The model with its raw samples noted. */
export function withRawSamples(model: Model, { dtype, normalisation }: RawSamples): Model {
  const copy = cloneModel(model);
  copy.metadata.set(KEY, JSON.stringify({ dtype, ...(normalisation && { normalisation }) }));
  return copy;
}

/** What the file notes; undefined where it notes nothing. @throws FemtoError `export.samples` where the note is none */
export function rawSamplesOf(model: Model): RawSamples | undefined {
  const text = model.metadata.get(KEY);
  if (text === undefined) return undefined;
  let note: Partial<RawSamples> | null = null;
  try {
    note = JSON.parse(text);
  } catch {
    // Told below, as any other note that is none.
  }
  const { dtype, normalisation } = note ?? {};
  if ((dtype === "uint8" || dtype === "float32") && (normalisation === undefined || isNormalisation(normalisation))) {
    return { dtype, normalisation };
  }
  return fail({
    code: "export.samples",
    where: `metadata ${KEY}`,
    message: "does not say what raw samples are",
    expected: '{"dtype": "uint8" or "float32", "normalisation": {"scale", "mean", "std"}}',
    got: text.slice(0, 80),
  });
}

function isNormalisation(value: Partial<Normalisation> | null): value is Normalisation {
  const { scale, mean, std } = value ?? {};
  const numbers = [scale, mean, std].flat();
  return Array.isArray(mean) && mean.length === std?.length && numbers.every((number) => Number.isFinite(number));
}
