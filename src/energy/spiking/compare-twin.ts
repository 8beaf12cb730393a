/** @file One layer against its twin: both sums, their ratio, and what a reader must know before believing it. */

import { type BreakEven, breakEven } from "./break-even.ts";
import { type TwinOptions, type TwinParameters, twinDefaults, twinParameters } from "./parameters.ts";
import type { PricePoint } from "./prices.ts";
import { qnnEnergy, type SideEnergy, snnEnergy } from "./terms.ts";
import { spikeRateBounds, twinBits } from "./twin-bits.ts";

export interface TwinComparison {
  readonly parameters: TwinParameters;
  /** Names of the parameters that nobody stated: the paper's defaults stand in for them. */
  readonly assumed: readonly string[];
  readonly snn: SideEnergy;
  readonly qnn: SideEnergy;
  /** E_SNN/E_QNN; below 1 spikes win. */
  readonly ratio: number;
  readonly breakEven: BreakEven;
  readonly warnings: readonly string[];
}

/** What no term of either sum pays for. All of it but the first is work that a spiking core does more of. */
export const notModelled = [
  "leakage and clock",
  "control and scheduling of time steps",
  "arbitration of events",
  "encoding of the input and decoding of the output",
] as const;

/** `compareTwin({ steps: 5, spikeRate: 0.05, weightBits: 4 }, pointOf(prices))`. @throws FemtoError `energy.spiking` */
export function compareTwin(options: TwinOptions, prices: PricePoint): TwinComparison {
  const parameters = twinParameters(options);
  const snn = snnEnergy(parameters, prices);
  const qnn = qnnEnergy(parameters, prices);
  return {
    parameters,
    assumed: Object.keys(twinDefaults).filter((name) => options[name as keyof TwinOptions] === undefined),
    snn,
    qnn,
    ratio: ratioOfTotals(snn, qnn),
    breakEven: breakEven(parameters, prices),
    warnings: twinWarnings(parameters),
  };
}

/** Two sides that cost nothing are equal. */
export const ratioOfTotals = (snn: { total: number }, qnn: { total: number }): number =>
  snn.total === 0 && qnn.total === 0 ? 1 : snn.total / qnn.total;

/** Float noise in a measured rate is no contradiction. */
const TOLERANCE = 1e-9;

/** What makes a comparison inconsistent or unfair, in words. */
export function twinWarnings(p: TwinParameters): string[] {
  const warnings: string[] = [];
  const { low, high } = spikeRateBounds(p.steps, p.active);
  if (p.code === "rate" && (p.spikeRate < low - TOLERANCE || p.spikeRate > high + TOLERANCE)) {
    warnings.push(
      `a spike rate of ${text(p.spikeRate)} contradicts ${text(1 - p.active)} zeros: theorem 2 wants a/T = ${text(low)} ≤ sr ≤ a = ${text(high)}, so the two figures are of different networks`,
    );
  }
  if (p.steps > 255) warnings.push(`T = ${p.steps}: a twin of more than 8 bits is no network that anybody deploys`);
  if (p.weightBits !== p.twinWeightBits) {
    warnings.push(
      `weights of ${p.weightBits} bits against ${p.twinWeightBits} bits: unequal widths decide the answer before spikes do`,
    );
  }
  const fair = twinBits(p.steps);
  if (p.activationBits !== fair) {
    warnings.push(`activations of ${p.activationBits} bits: the twin of ${p.steps} steps has ${fair}`);
  }
  return warnings;
}

const text = (value: number): string => String(Number(value.toPrecision(4)));
