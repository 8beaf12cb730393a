/** @file A paper's figures and ours as text. */

import { bitsText, percentText, ratioText, scoreText, secondsText } from "../reports/format.ts";
import type { Published } from "../reports/index.ts";
import { verdicts } from "../reports/verdict.ts";
import { wrap } from "../reports/wrap.ts";
import type { ExperimentResult } from "../runs/index.ts";
import { alignColumns } from "./output.ts";
import { savingsText } from "./savings.ts";

const head = ["experiment", "row", "accuracy", "energy / 8 bit"];

/** The paper's table, then what does not fit together in it. */
export function publishedText({ rows, inconsistencies }: Published): string {
  const cells = rows.map(({ experiment, variant, accuracy, relative, bits, place }) => [
    experiment,
    variant,
    accuracy === null ? "–" : percentText(accuracy),
    relative === null ? "–" : ratioText(relative),
    bits === null ? "–" : `${bitsText(bits.weight)} / ${bitsText(bits.input)}`,
    place,
  ]);
  return [
    "The paper (literature):",
    alignColumns([[...head, "mean bits", "where"], ...cells], [0, 1, 5]),
    "",
    "What does not fit together in it:",
    ...inconsistencies.flatMap((text) => wrap(`- ${text}`, 100, "  ")),
  ].join("\n");
}

/** Our rows: accuracy measured on the exported files, energy modelled. */
export function comparisonText(results: readonly ExperimentResult[]): string {
  const cells = results.flatMap(({ title, seed, rows, computeShare }) =>
    rows.map((row) => [
      `${title}, seed ${seed}`,
      row.name,
      scoreText({ value: row.accuracy, metric: row.metric }),
      ratioText(row.energy),
      computeShare.toFixed(2),
      secondsText(row.stepSeconds),
      row.verdict,
    ]),
  );
  const sentences = results.flatMap(({ title, seed, rows, data, findings, selection = [] }) =>
    [
      ...verdicts({
        // Restricted weights have 8 bits: the bill of the machine does not tell them apart.
        rows: rows
          .filter(({ name }) => !selection.some((own) => own.name === name))
          .map(({ name, kind, accuracy, metric, energy }) => {
            const measured = { value: accuracy, metric, examples: data.test };
            return { name, kind, seed, accuracy: measured, energy: { relative: energy } };
          }),
      }),
      ...findings,
    ].map((text) => `${title}, seed ${seed}: ${text}`),
  );
  const notes = [...new Set(results.flatMap(({ data }) => data.notes.map((note) => `${data.name}: ${note}`)))];
  return [
    "Ours (accuracy measured on the exported files, energy modelled; a: share of compute at 8 bits; training: time in its steps):",
    alignColumns([[...head, "a", "training", "against the integer reference"], ...cells], [0, 1, 6]),
    "",
    ...sentences.flatMap((text) => wrap(`- ${text}`, 100, "  ")),
    ...savingsText(results),
    ...(notes.length === 0 ? [] : ["", "Data:", ...notes.flatMap((text) => wrap(`- ${text}`, 100, "  "))]),
  ].join("\n");
}
