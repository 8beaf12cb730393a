/** @file How the exported files compare with the integer reference, and which files there are. */

import { formatBytes } from "../../base/units.ts";
import { countText } from "../format.ts";
import type { Report, ReportRow } from "../schema.ts";
import { type Html, html, table } from "./html.ts";

export function equivalenceSection({ rows }: Report): Html {
  const compared = rows.flatMap((row) => row.equivalence.map((entry) => ({ row, ...entry })));
  const files = rows.flatMap((row) => Object.entries(row.artefacts).map(([name, file]) => ({ row, name, ...file })));
  return html`<section id="artefacts">
<h2>Files and their equivalence</h2>
${
  compared.length === 0
    ? html`<p class="quiet">No file of this report is quantised, so there is no integer reference to hold it against.</p>\n`
    : table(
        ["row", "file", "verdict", "classes that differ", "codes that differ", "accumulators that differ"],
        compared.map((entry) => [
          entry.row.name,
          entry.artefact,
          entry.verdict,
          of(entry.argmaxDiffers, entry.examples),
          of(entry.codesDiffer, entry.codes),
          of(entry.accumulatorsDiffer, entry.accumulators),
        ]),
        {
          text: [0, 1, 2],
          caption: `Each file against the integer reference on ${examplesText(compared)}. Codes are the whole numbers between layers; in the QuantizeLinear form they may differ where a value lies on a rounding tie.`,
        },
      )
}<details><summary>Files <span>${files.length}</span></summary>
${table(
  ["row", "file", "size", "SHA-256"],
  files.map(({ row, path, bytes, sha256 }) => [row.name, path, formatBytes(bytes), html`<code>${sha256}</code>`]),
  { text: [0, 1, 3] },
)}</details>
</section>
`;
}

/** The reference is slow, and a run may hold only some of the test examples against it. */
function examplesText(compared: readonly { readonly examples: number; readonly row: ReportRow }[]): string {
  const isWhole = compared.every(({ examples, row }) => examples === row.accuracy.examples);
  if (isWhole) return "the whole test part";
  const [least, most] = [Math.min, Math.max].map((pick) => pick(...compared.map(({ examples }) => examples)));
  const count = least === most ? countText(least!) : `${countText(least!)} to ${countText(most!)}`;
  return `${count} of the ${countText(Math.max(...compared.map(({ row }) => row.accuracy.examples)))} test examples`;
}

const of = (count: number, all: number): string =>
  all === 0 ? "not compared" : `${countText(count)} of ${countText(all)}`;
