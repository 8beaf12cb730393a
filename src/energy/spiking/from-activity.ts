/** @file Spike rates of a network's layers out of measured (or assumed) activity of the values that enter them. */

import type { Activity } from "../activity.ts";
import { spikesOf } from "../code-statistics.ts";
import type { LayerTwin } from "./network.ts";

/** A layer and the value that enters it; layers of `countWork` are such. */
export interface LayerInput {
  readonly name: string;
  readonly input?: { readonly value: string } | undefined;
}

/**
 * What activity says of each layer: from codes sr = E[q]/T, a and E[popcount(q)]; from spikes their mean rate; from a
 * share of zeros alone a. Layers whose input was not watched are left out.
 * @throws FemtoError `energy.activity`
 */
export function layerRates(
  activity: Activity,
  layers: readonly LayerInput[],
  steps: number,
): Record<string, Pick<LayerTwin, "spikeRate" | "active" | "onesPerActivation">> {
  const rates: Record<string, Pick<LayerTwin, "spikeRate" | "active" | "onesPerActivation">> = {};
  for (const { name, input } of layers) {
    const value = input === undefined ? undefined : activity.values[input.value];
    if (value === undefined) continue;
    if (value.codes?.histogram !== undefined) {
      const { spikeRate, active, onesPerActivation } = spikesOf(value, steps, input!.value);
      rates[name] = { spikeRate, active, onesPerActivation };
    } else if (value.eventsPerStep !== undefined && value.eventsPerStep.length > 0) {
      const events = value.eventsPerStep.reduce((sum, share) => sum + share, 0);
      rates[name] = { spikeRate: events / value.eventsPerStep.length, active: 1 - value.zeros };
    } else rates[name] = { active: 1 - value.zeros };
  }
  return rates;
}
