/** @file The layers of every row as tables: bits, work, energy. */

import { bitsText, countText, energyText, isInFloat32, meanBits, percentText } from "../format.ts";
import { mainRow } from "../main-row.ts";
import type { Report, ReportRow } from "../schema.ts";
import { type Html, html, table } from "./html.ts";

export function layersSection(report: Report): Html {
  const open = new Set([mainRow(report)]);
  return html`<section id="layers">
<h2>Layers</h2>
${report.rows.map(
  (
    row,
  ) => html`<details${open.has(row) ? html` open` : undefined}><summary>${row.name} <span>${summary(row)}</span></summary>
${layerTable(row, report)}</details>
`,
)}</section>
`;
}

function summary(row: ReportRow): string {
  if (isInFloat32(row)) return "float32";
  const { weight, input } = meanBits(row);
  return `mean ${bitsText(weight)} / ${bitsText(input)} bits`;
}

function layerTable(row: ReportRow, { machine }: Report): Html {
  return table(
    ["layer", "operator", "MAC", "weight bits", "input bits", "energy", "share"],
    row.layers.map(({ name, operator, mac, bits, pJ }) => [
      name,
      operator,
      countText(mac),
      bitsText(bits.weight),
      bitsText(bits.input),
      energyText(pJ, machine.unit),
      percentText(row.energy.pJ === 0 ? 0 : pJ / row.energy.pJ),
    ]),
    { text: [0, 1] },
  );
}
