/** @file Sentences that the terminal and the page share. */

import { countText } from "../format.ts";
import type { EnergyReport, EnergySubject } from "./schema.ts";

/** Empty where nothing is compared. */
export function comparisonText({ comparison, subjects }: EnergyReport): string {
  if (comparison === null) return "";
  const [a, b] = subjects.map(({ model, machine }) => `${model.name} on ${machine.name}`) as [string, string];
  const { ratio, holds, samples } = comparison;
  const order = ratio <= 1 ? `${b} needs ${percent(ratio)} of ${a}` : `${a} needs ${percent(1 / ratio)} of ${b}`;
  return `${order}; that order holds in ${(100 * holds).toFixed(1)} % of ${samples} price lists drawn from the ranges`;
}

const percent = (ratio: number): string => `${Number((100 * ratio).toPrecision(3))} %`;

/** What the figures are of. */
export const runText = ({ examples }: EnergySubject["model"]): string =>
  examples === 1 ? "an inference" : `a run of ${examples} examples`;

type EnergyLatency = Pick<NonNullable<EnergySubject["latency"]>, "cycles" | "seconds" | "untimedRows">;

/** `10,926 cycles = 54.6 µs, without the time of 3 rows` */
export const latencyText = ({ cycles, seconds, untimedRows }: EnergyLatency): string => {
  const left = untimedRows === 0 ? "" : `, without the time of ${untimedRows} ${untimedRows === 1 ? "row" : "rows"}`;
  return `${countText(Math.round(cycles))} cycles${seconds === null ? "" : ` = ${timeText(seconds)}`}${left}`;
};

const timeText = (seconds: number): string =>
  seconds >= 1
    ? `${seconds.toPrecision(3)} s`
    : seconds >= 1e-3
      ? `${(seconds * 1e3).toPrecision(3)} ms`
      : `${(seconds * 1e6).toPrecision(3)} µs`;
