/** @file Numbers of a report as text, the same in the terminal and on the page. */

import { formatEnergy, pJ } from "../base/units.ts";
import type { EnergyUnit, ReportRow } from "./schema.ts";

/** 0.9945 → `99.45 %`, with a space that does not break */
export const percentText = (share: number): string => `${(100 * share).toFixed(2)}\u00A0%`;

type Score = Pick<ReportRow["accuracy"], "value" | "metric">;

/** Language models are measured by their loss in nats, where less is better; all else by shares of right answers. */
export const isLoss = ({ metric }: Pick<Score, "metric">): boolean => metric.startsWith("nats");

/** `99.45 %`, or `1.873` nats. */
export const scoreText = (score: Score): string => (isLoss(score) ? score.value.toFixed(3) : percentText(score.value));

/** Difference of two shares in percentage points: 0.0012 → `+0.12` */
export function pointsText(difference: number): string {
  const text = (100 * difference).toFixed(2);
  const isZero = Number(text) === 0;
  return isZero ? "0.00" : difference > 0 ? `+${text}` : text.replace("-", "−");
}

/** 61706 → `61,706` */
export const countText = (count: number): string => count.toLocaleString("en-US");

/** `1.23 nJ`; on machines that state ratios the bare multiple. */
export const energyText = (energy: number, { kind }: EnergyUnit): string =>
  kind === "picojoules" ? formatEnergy(pJ(energy)) : Number(energy.toPrecision(3)).toLocaleString("en-US");

/** Relative energy: 0.312; float rows reach double figures: 18.5 */
export const ratioText = (ratio: number): string => (ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(3));

/** Whole widths bare, others with one decimal: `6`, `5.8` */
export const bitsText = (bits: number): string => (Number.isInteger(bits) ? `${bits}` : bits.toFixed(1));

export const secondsText = (seconds: number): string =>
  seconds < 100
    ? `${seconds.toFixed(1)} s`
    : seconds < 6000
      ? `${(seconds / 60).toFixed(1)} min`
      : `${(seconds / 3600).toFixed(1)} h`;

/** Whether the row was priced in float32. A dense row beside weightless ones is `float` by kind and priced at 8 bits. */
export const isInFloat32 = ({ layers }: Pick<ReportRow, "layers">): boolean =>
  layers.length > 0 && layers.every(({ bits }) => bits.weight === 32 && bits.input === 32);

/** Mean bits over the layers, unweighted, as the literature states them. */
export function meanBits({ layers }: Pick<ReportRow, "layers">): { weight: number; input: number } {
  const mean = (side: "weight" | "input") => layers.reduce((sum, { bits }) => sum + bits[side], 0) / layers.length;
  return { weight: mean("weight"), input: mean("input") };
}
