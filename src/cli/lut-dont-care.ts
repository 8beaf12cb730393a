/** @file `femto export --dont-care N`: table entries that few training samples read are free, and what that does to the answers. */

import { fail } from "../base/errors.ts";
import type { Dataset } from "../data/index.ts";
import { addressCounts, BitsEngine, type LutNetwork, type Samples, withoutUnseen } from "../engine/bits/index.ts";
import { samplesOf } from "../export/index.ts";
import { percentText } from "../reports/index.ts";

export interface DontCare {
  /** Entries that fewer than so many training samples read are free. */
  readonly least: number;
  readonly trainingSamples: number;
  readonly entries: { readonly free: number; readonly all: number };
  /** Of the samples checked: those that get another class than before, and shares that are right where labels are known. */
  readonly differ: number;
  readonly accuracy?: { readonly before: number; readonly after: number };
}

/** @throws FemtoError `usage.option` where there are no training samples to count on */
export async function withDontCares(
  network: LutNetwork,
  train: Dataset | undefined,
  least: number,
  samples: Samples,
  share: ((classes: Uint8Array) => number) | undefined,
): Promise<{ network: LutNetwork; dontCare: DontCare }> {
  if (train === undefined) {
    const [message, expected] = ["counts what training samples read", "--data DATA beside it"];
    return fail({ code: "usage.option", where: "--dont-care", message, expected });
  }
  const counts = addressCounts(network, samplesOf(train.inputs));
  const freed = withoutUnseen(network, counts, least);
  const [before, after] = await Promise.all([network, freed].map((one) => classesOf(one, samples)));
  const all = counts.reduce((sum, layer) => sum + layer.length, 0);
  const free = counts.reduce((sum, layer) => sum + layer.filter((reads) => reads < least).length, 0);
  const dontCare = {
    ...{ least, trainingSamples: train.inputs.dims[0]!, entries: { free, all } },
    differ: before!.filter((guess, i) => guess !== after![i]).length,
    ...(share && { accuracy: { before: share(before!), after: share(after!) } }),
  };
  return { network: freed, dontCare };
}

const classesOf = async (network: LutNetwork, samples: Samples) => (await BitsEngine.open(network)).classify(samples);

export function dontCareText({ least, trainingSamples, entries, differ, accuracy }: DontCare): string {
  const free = `${entries.free} of ${entries.all} entries are read by fewer than ${least} of ${trainingSamples} training samples`;
  const right = accuracy && `: ${percentText(accuracy.before)} right before, ${percentText(accuracy.after)} after`;
  return `free     ${free}; ${differ} answers differ${right ?? ""}`;
}
