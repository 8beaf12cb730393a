/** @file The table of all rows and the picture of the front. */

import { frontPicture } from "../charts/front.ts";
import { type Column, columns, titleOf } from "../columns.ts";
import { energyText, isLoss } from "../format.ts";
import { wilson } from "../interval.ts";
import type { Report, ReportRow } from "../schema.ts";
import { methodRows } from "../uniform-curve.ts";
import { boundNotes } from "../verdict.ts";
import { figure } from "./figure.ts";
import { type Html, html } from "./html.ts";

export function resultsSection(report: Report): Html {
  const own = new Set(methodRows(report).map(({ name }) => name));
  // Restricted weights all stand at one energy of the equations; their picture is that of the switching.
  const picture = report.weightSelection === undefined ? frontPicture(report) : undefined;
  return html`<section id="results">
<h2>Results</h2>
<div class="wide"><table>
<thead><tr>${columns.map((column) => html`<th scope="col"${side(column)}>${titleOf(column, report)}<small>${column.note(report)}</small></th>`)}</tr></thead>
<tbody>
${report.rows.map(
  (row) =>
    html`<tr${own.has(row.name) ? html` class="own"` : undefined}>${columns.map((column, i) => {
      const cell = html`${column.cell(row, report)}${spread(column, row, report)}`;
      return i === 0 ? html`<th scope="row" class="text">${cell}</th>` : html`<td${side(column)}>${cell}</td>`;
    })}</tr>\n`,
)}</tbody></table></div>
${[...accuracyNotes(report), ...rangeNotes(report), ...(report.findings ?? [])].map((text) => html`<p class="quiet">${text}</p>\n`)}${
  picture &&
  figure(
    picture,
    "Accuracy of the exported files against modelled energy. Upright lines: the 95 % interval that the number of test examples leaves open. The dashed line joins the uniform rows.",
  )
}</section>
`;
}

const side = (column: Column): Html | undefined => (column.isText ? html` class="text"` : undefined);

/** Under a figure, small: how far it may be off. */
function spread({ title }: Column, row: ReportRow, { machine }: Report): Html | undefined {
  if (title === "accuracy" && isLoss(row.accuracy)) return undefined;
  if (title === "accuracy") {
    const { lo, hi } = wilson(row.accuracy.value, row.accuracy.examples);
    return html`<small>${(100 * lo).toFixed(2)}–${(100 * hi).toFixed(2)}</small>`;
  }
  const { lo, hi } = row.energy.range;
  if (title !== "energy" || lo === hi) return undefined;
  return html`<small>${energyText(lo, machine.unit)} – ${energyText(hi, machine.unit)}</small>`;
}

function accuracyNotes({ rows }: Report): string[] {
  return [
    ...new Set(
      rows.map(({ accuracy: { metric, split, examples, label } }) => {
        if (isLoss({ metric }))
          return `Loss, ${metric}, on the ${split} part (${examples.toLocaleString("en-US")} characters): less is better.`;
        const what = label === "measured" ? "measured on the exported file, read again in a fresh process" : label;
        return `Accuracy is ${metric}, ${what}, on the ${split} part (${examples.toLocaleString("en-US")} examples); below it the 95 % interval that this number of examples leaves open. Mean bits are unweighted over the layers.`;
      }),
    ),
  ];
}

function rangeNotes({ rows }: Report): string[] {
  return [
    ...(rows.some(({ energy: { range } }) => range.lo !== range.hi)
      ? ["Below the energy: its range when every price takes its lowest and its highest value."]
      : []),
    ...boundNotes(rows),
  ];
}
