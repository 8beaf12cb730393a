/** @file What the paper of the method states, beside the rows of this run; and where the paper contradicts itself. */

import { bitsText, meanBits, percentText, ratioText, scoreText } from "../format.ts";
import type { Report } from "../schema.ts";
import { methodRows } from "../uniform-curve.ts";
import type { WeightSelection } from "../weight-selection/schema.ts";
import { groupsOf } from "../weight-selection/table.ts";
import { type Html, html, table } from "./html.ts";

export function publishedSection(report: Report): Html | undefined {
  const { published, paper, id } = report.method;
  if (published === undefined) return undefined;
  const ours = methodRows(report).map((row) => {
    const { weight, input } = meanBits(row);
    const savings = savingsOf(row.name, report.weightSelection);
    return [
      `this run: ${report.model.name} on ${report.data.name}`,
      [row.name, ...savings].join("; "),
      scoreText(row.accuracy),
      // The machine's bill prices every 8-bit weight alike.
      savings.length > 0 ? "–" : ratioText(row.energy.relative),
      `${bitsText(weight)} / ${bitsText(input)}`,
      `${row.accuracy.label}, ${row.energy.label}`,
    ];
  });
  const theirs = published.rows.map(({ experiment, variant, accuracy, relative, bits, place }) => [
    experiment,
    variant,
    accuracy === null ? "–" : percentText(accuracy),
    relative === null ? "–" : ratioText(relative),
    bits === null ? "–" : `${bitsText(bits.weight)} / ${bitsText(bits.input)}`,
    `literature, ${place}`,
  ]);
  return html`<section id="published">
<h2>The paper’s figures</h2>
<p class="quiet">${paper}. Quoted as literature; its networks, data and energy constants are not those of this run unless the row says so.</p>
${table(
  ["experiment", "variant", "accuracy", "energy / 8 bit", html`mean bits<small>weight / input</small>`, "label"],
  [...ours, ...theirs],
  {
    text: [0, 1, 5],
  },
)}
${
  published.inconsistencies.length === 0
    ? undefined
    : html`<h3>What does not fit together in the ${id} paper</h3>
<ul class="list">
${published.inconsistencies.map((text) => html`<li>${text}</li>\n`)}</ul>
`
}</section>
`;
}

/** What a restriction of the weights is worth, in the paper's own measure. */
const savingsOf = (name: string, selection: WeightSelection | undefined): string[] =>
  (selection === undefined ? [] : groupsOf(selection)).flatMap(({ basis, rows }) =>
    rows
      .filter((row) => row.name === name && row.method !== "int8")
      .map(
        ({ saving }) => `${percentText(saving)} less switching ${basis.isZeroGated ? "with" : "without"} zero-gating`,
      ),
  );
