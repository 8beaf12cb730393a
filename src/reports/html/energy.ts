/** @file Where the energy goes: whole rows side by side, then the layers of each row on one scale. */

import { causesOf, layerEnergyPicture, rowEnergyPicture } from "../charts/energy.ts";
import { energyText, isInFloat32 } from "../format.ts";
import type { Report, ReportRow } from "../schema.ts";
import { methodRows } from "../uniform-curve.ts";
import { figure } from "./figure.ts";
import { type Html, html } from "./html.ts";

export function energySection(report: Report): Html | undefined {
  const { machine, rows } = report;
  const floats = rows.filter(isInFloat32);
  const compared = floats.length === rows.length ? rows : rows.filter((row) => !isInFloat32(row));
  if (compared.length === 0) return undefined;
  const causes = causesOf(compared);
  const most = Math.max(...compared.flatMap(({ layers }) => layers.map(({ pJ }) => pJ)));
  const left = floats.length === rows.length ? [] : floats;
  const open = shownFirst(report, compared);
  const layerFigure = (row: ReportRow) =>
    figure(
      layerEnergyPicture(row, causes, most, machine.unit, `energy-layers-${rows.indexOf(row)}`),
      `${row.name}: modelled energy of each layer, all rows on one scale.`,
    );
  const others = compared.filter((row) => !open.includes(row));
  return html`<section id="energy">
<h2>Energy by cause</h2>
${figure(
  rowEnergyPicture(compared, machine.unit),
  `Modelled energy of one inference.${left.map(({ name, energy }) => ` ${name} needs ${energyText(energy.pJ, machine.unit)} and is not drawn.`).join("")}`,
)}
<h3>Layer by layer</h3>
<div class="pair">
${open.map(layerFigure)}</div>
${others.map((row) => html`<details><summary>${row.name}</summary>\n${layerFigure(row)}</details>\n`)}</section>
`;
}

/** The first row of the method beside uniform 8 bits; else the first rows there are. */
function shownFirst(report: Report, compared: readonly ReportRow[]): ReportRow[] {
  const uniform = compared.filter(({ kind }) => kind === "uniform");
  const eight = uniform.toSorted((a, b) => Math.abs(1 - a.energy.relative) - Math.abs(1 - b.energy.relative))[0];
  const chosen = [methodRows(report)[0], eight].filter((row) => row !== undefined);
  return chosen.length > 0 ? chosen : compared.slice(0, 2);
}
