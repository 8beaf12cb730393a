/**
 * @file PowerPruning's step on timing and voltage in a report: how late a trained network's values let a unit come to rest, the supply
 * that this allows, and the saving with it. A lower supply is no property of weights, so it never enters `saving` itself.
 */

import { z } from "zod";
import { percentText } from "../format.ts";

/** One reading of the delays. */
const path = z.object({
  /** `sensitised`: the latest of drawn transitions, from below; `guaranteed`: the longest path of the netlist, from above. */
  kind: z.enum(["sensitised", "guaranteed"]),
  /** Gates of unit delay: with all values in the network before, with the row's own values. */
  gates: z.object({ before: z.number().int().positive(), after: z.number().int().nonnegative() }),
  volts: z.number().positive(),
  /** (V/V₀)²: what is left of every dynamic energy. */
  energy: z.number().min(0).max(1),
  /** 1 − (1 − saving)·energy. */
  saving: z.number().max(1),
});

export const selectionTiming = z.object({
  /** Values later than this share of the longest time were left out. */
  share: z.number(),
  supply: z.object({ nominal: z.number(), threshold: z.number(), alpha: z.number(), least: z.number() }),
  stimulus: z.string(),
  paths: z.array(path),
});

interface TimedRow {
  readonly name: string;
  readonly seed: number;
  readonly saving: number;
  readonly timing?: z.output<typeof selectionTiming> | undefined;
}

export const timingHead = [
  "row",
  "seed",
  "paths",
  "all values",
  "its values",
  "supply",
  "of energy",
  "saving",
  "with it",
];

/** A line for each row and reading; none where no row was timed. */
export const timingCells = (rows: readonly TimedRow[]): string[][] =>
  rows.flatMap(({ name, seed, saving, timing }) =>
    (timing?.paths ?? []).map((one) => [
      ...[name, `${seed}`, one.kind, `${one.gates.before} gates`, `${one.gates.after} gates`],
      ...[`${one.volts.toFixed(3)} V`, percentText(one.energy), percentText(saving), percentText(one.saving)],
    ]),
  );

/** Source and model of the figures. */
export function timingNote(rows: readonly TimedRow[]): string[] {
  const timing = rows.find((row) => row.timing !== undefined)?.timing;
  if (timing === undefined) return [];
  const { nominal, threshold, alpha, least } = timing.supply;
  return [
    `Timing and supply: PowerPruning leaves out values with long paths, then lowers the voltage [source: Petri et al., arXiv 2303.13997, abstract]. Here [reconstructed]: values later than ${percentText(timing.share)} of the longest time were left out before training; every gate takes one unit of time; delay goes with V/(V − ${threshold})^${alpha}, ${nominal} V nominal, not below ${least} V (alpha-power law, figures assumed), energy with V². Activation values are not restricted, no margin or library is in it.`,
    `Sensitised: the latest of ${timing.stimulus}; more transitions find longer paths, and a chip would have to detect them. Guaranteed: the longest path of the netlist with the weight held. The lower supply stands in the last column alone.`,
  ];
}
