/**
 * @file What stands in front of a network of thresholds, as its file notes it: the type of raw samples and their
 * normalisation. An ONNX file of such a network reads normalised numbers; circuits, C, the browser and the bill of a
 * machine of logic start from raw ones.
 */

import { fail } from "../base/errors.ts";
import type { Normalisation } from "../base/normalisation.ts";

/** What a raw sample is, before the normalisation that stands in front of the network. */
export interface RawSamples {
  readonly dtype: "uint8" | "float32";
  readonly normalisation?: Normalisation | undefined;
}

/** Metadata of a model. */
export const RAW_SAMPLES_KEY = "femto.raw_samples";

/**
 * What the metadata of a model note; undefined where they note nothing.
 * @throws FemtoError `export.samples` where the note is none
 */
export function rawSamplesOf({ metadata }: { readonly metadata: ReadonlyMap<string, string> }): RawSamples | undefined {
  const text = metadata.get(RAW_SAMPLES_KEY);
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
    where: `metadata ${RAW_SAMPLES_KEY}`,
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
