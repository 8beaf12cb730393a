/** @file How often the tables of a network put out a one on test examples, and what that says of its energy. */

import { take } from "../data/index.ts";
import { type Bill, toggledEnergy } from "../energy/index.ts";
import { shareOfOnes } from "../engine/bits/index.ts";
import { samplesOf, toLutNetwork } from "../export/index.ts";
import type { RawSamples } from "../formats/index.ts";
import type { Model } from "../graph/model.ts";
import type { RunSpec } from "./spec.ts";

/** Examples on which ones are counted. */
const MEASURED = 1000;

/** A sentence; none for a network without tables. */
export function onesNote(model: Model, raw: RawSamples, { test }: RunSpec["data"], invoice: Bill): string[] {
  const { inputs } = take(test, MEASURED);
  const ones = shareOfOnes(toLutNetwork(model, raw), samplesOf(inputs));
  const shares = ones.map((own, i) => `layer ${i + 1} ${percent(mean(own))}`);
  if (shares.length === 0) return [];
  const [all, toggled] = [invoice.total.mid, toggledEnergy(invoice, ones).mid];
  return [
    `ones of the tables (${Math.min(MEASURED, inputs.dims[0]!)} test examples): ${shares.join(", ")}; ` +
      `of ${all.toFixed(1)} pJ bits that toggle take ${toggled.toFixed(1)}`,
  ];
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
