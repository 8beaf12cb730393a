/** @file Restricted weights on the page: a table and a picture for each basis, then the layers of the rows that show them. */

import { formatEnergy, pJ } from "../../base/units.ts";
import { arrayHeatSvg } from "../charts/array-heat.ts";
import { layerSwitchingPicture } from "../charts/layer-switching.ts";
import { fallenRows, savingPicture } from "../charts/saving.ts";
import { weightEnergyPicture } from "../charts/weight-energy.ts";
import { percentText } from "../format.ts";
import type { Report } from "../schema.ts";
import { atEqualAccuracy, equalCells, equalHead, equalNote } from "../weight-selection/equal-accuracy.ts";
import type { SelectionLayer, SelectionRow } from "../weight-selection/schema.ts";
import {
  storageCells,
  storageHead,
  storageLayerCells,
  storageLayerHead,
  storageNote,
  type WeightStorage,
} from "../weight-selection/storage.ts";
import {
  basisLines,
  billed,
  groupsOf,
  methodNames,
  type SelectionGroup,
  selectionColumns,
  selectionNotes,
} from "../weight-selection/table.ts";
import { timingCells, timingHead, timingNote } from "../weight-selection/timing.ts";
import { figure } from "./figure.ts";
import { Html, html, table } from "./html.ts";

/** Nothing where no weights were restricted. */
export function weightSelectionSection({ weightSelection: selection }: Report): Html | undefined {
  if (selection === undefined) return undefined;
  const groups = groupsOf(selection);
  return html`<section id="weight-selection">
<h2>Restricted weights: switching of the multiply-accumulates</h2>
${selectionNotes(selection).map((text) => html`<p>${text}</p>\n`)}${groups.map(
  (group, i) => html`<h3>Switching ${group.title}</h3>
${resultTable(group)}${figure(savingPicture(group, `saving-${i}`), savingCaption(group))}${equalTable(group)}${timingTable(group)}${basisLines(
  group.basis,
).map(
  (text) => html`<p class="quiet">${text}</p>\n`,
)}${restrictedRows(group).map((row, j) => rowLayers(row, group, `${i}-${j}`))}`,
)}${besideTable(selection.beside)}${storageTables(selection.storage ?? [])}</section>
`;
}

/** Method and detail stand small under the name, so that the figures have the width. */
const figures = selectionColumns.filter(({ isText }) => isText !== true);

function resultTable({ rows }: SelectionGroup): Html {
  return html`<div class="wide"><table>
<thead><tr><th scope="col" class="text">row</th>${figures.map(({ title, note }) => html`<th scope="col">${title}<small>${note}</small></th>`)}</tr></thead>
<tbody>
${rows.map(
  (row) =>
    html`<tr${row.method === "lws" ? html` class="own"` : undefined}><th scope="row" class="text">${row.name}<small>${[methodNames[row.method], row.detail].filter((part) => part !== "").join(", ")}</small></th>${figures.map(
      ({ cell }) => html`<td>${cell(row)}</td>`,
    )}</tr>\n`,
)}</tbody></table></div>
`;
}

function equalTable({ rows }: SelectionGroup): Html | undefined {
  const cells = equalCells(atEqualAccuracy(rows), (method) => methodNames[method]);
  if (cells.length === 0) return undefined;
  return html`<h3>Savings at equal accuracy</h3>
<p>${equalNote}</p>
${table(equalHead, cells, { text: [0, 2] })}`;
}

function timingTable({ rows }: SelectionGroup): Html | undefined {
  const cells = timingCells(rows);
  if (cells.length === 0) return undefined;
  return html`<h3>Timing and supply</h3>
${timingNote(rows).map((text) => html`<p>${text}</p>\n`)}${table(timingHead, cells, { text: [0, 2] })}`;
}

function savingCaption(group: SelectionGroup): string {
  const fallen = fallenRows(group);
  const rows = group.rows.some(({ curve }) => curve !== undefined)
    ? " Thin lines: the front of the networks that a method went through."
    : "";
  const off =
    fallen.length === 0
      ? ""
      : ` Not drawn, more than ten points lower: ${fallen.map(({ name, accuracy, saving }) => `${name} (${percentText(accuracy.value)} at ${percentText(saving)} saved)`).join(", ")}.`;
  return `Accuracy of the exported files against the modelled saving. Upright lines: the 95 % interval that the number of test examples leaves open. Dashed: the ceiling, all weights zero.${rows}${off}`;
}

/** Rows whose layers are told of: all but the baseline, which is the other half of each picture. */
const restrictedRows = ({ rows }: SelectionGroup): SelectionRow[] =>
  rows.filter(({ layers, method }) => layers.length > 0 && method !== "int8");

/** Layers whose own map and curve are on the page; all of them stand in the table. */
const SHOWN = 3;

/** Maps and curves of the method itself, at its first seed; of all other rows the layers in a table and as bars, folded. */
function rowLayers(row: SelectionRow, group: SelectionGroup, id: string): Html {
  const { layers, name, method, seed } = row;
  const first = Math.min(...restrictedRows(group).map((other) => other.seed));
  const bars = html`${layerTable(layers)}${figure(
    layerSwitchingPicture(layers, `switching-${id}`),
    `What the layers of ${name} switch, before and after. Upright: the layer with all weights at zero, by the int8 tables.`,
  )}`;
  if (method === "lws" && seed === first) return html`<h3>Layers of ${name}</h3>\n${bars}${maps(row, group, id)}`;
  return html`<details><summary>Layers of ${name} <span>seed ${seed}</span></summary>\n${bars}</details>\n`;
}

function maps({ layers, name }: SelectionRow, { basis }: SelectionGroup, id: string): Html {
  const dearest = [...layers].sort((a, b) => b.pJ.before - a.pJ.before).slice(0, SHOWN);
  const heats = layers.flatMap(({ heat }) => (heat === null ? [] : [heat]));
  const { rows, columns } = basis.array;
  const heatFigure = (layer: string, maps: readonly NonNullable<SelectionLayer["heat"]>[], suffix: string) =>
    html`<figure>
${new Html(
  arrayHeatSvg({
    ...{ id: `heat-${id}-${suffix}`, rows, columns },
    maps: (["before", "after"] as const).map((side) => ({
      title: side === "before" ? "int8" : name,
      values: Array.from({ length: rows * columns }, (_, at) => maps.reduce((sum, map) => sum + map[side][at]!, 0)),
    })),
  }),
)}
<figcaption>Switching energy of each element of the array in one inference, all tiles together: ${layer}. Empty: elements that never hold a weight.</figcaption>
</figure>
`;
  return html`${heats.length === layers.length ? heatFigure("all layers", heats, "all") : undefined}${dearest.map(
    (
      layer,
      i,
    ) => html`<details${i === 0 ? html` open` : undefined}><summary>${layer.name} <span>${percentText(layer.share.before)} of the switching before</span></summary>
${figure(
  weightEnergyPicture(layer, `weight-energy-${id}-${i}`),
  "Above: what a multiply-accumulate with each weight value takes on average, on the layer’s own transitions; dots are the values that the layer may have. Below: how many weights have each value, before and after.",
)}${layer.heat === null ? undefined : heatFigure(layer.name, [layer.heat], `${i}`)}</details>
`,
  )}`;
}

const valuesIn = (histogram: readonly number[]): number => histogram.filter((count) => count > 0).length;

function layerTable(layers: readonly SelectionLayer[]): Html {
  const energy = (value: number) => formatEnergy(pJ(value));
  const restricted = layers.flatMap(({ name, set }) => (set === null ? [] : [{ name, set }]));
  return html`${table(
    ["layer", "W", "steps", "values before", "after", "energy before", "after", "all zero", "share before", "after"],
    layers.map(({ name, groups, outputs, inputs, steps, histogram, pJ: own, share }) => [
      name,
      `${groups === 1 ? "" : `${groups} × `}${outputs} × ${inputs}`,
      steps,
      valuesIn(histogram.before),
      valuesIn(histogram.after),
      energy(own.before),
      energy(own.after),
      energy(own.allZero),
      percentText(share.before),
      percentText(share.after),
    ]),
  )}${
    restricted.length === 0
      ? undefined
      : html`<details><summary>The sets <span>of ${restricted.length} ${restricted.length === 1 ? "layer" : "layers"}</span></summary>
<ul class="list">
${restricted.map(({ name, set }) => html`<li>${name}, ${set.length} values: ${set.join(", ").replaceAll("-", "−")}</li>\n`)}</ul>
</details>
`
  }`;
}

function besideTable(beside: NonNullable<Report["weightSelection"]>["beside"]): Html | undefined {
  if (billed(beside).length === 0) return undefined;
  return html`<h3>Beside the switching</h3>
${table(
  ["what does not depend on weights", "per inference", "source"],
  billed(beside).map(({ name, pJ: value, source }) => [name, formatEnergy(pJ(value)), source]),
  { text: [0, 2] },
)}`;
}

function storageTables(storage: readonly WeightStorage[]): Html | undefined {
  if (storage.length === 0) return undefined;
  const coded = storage.filter(({ layers }) => layers.some(({ indexBits }) => indexBits !== null));
  return html`<h3 id="weight-storage">Weights in store</h3>
<p>${storageNote(storage)}</p>
${table(storageHead, storageCells(storage), { text: [0, 2] })}${coded.map(
  (network) =>
    html`<details><summary>Layers of ${network.row} in store <span>seed ${network.seed}</span></summary>
${table(storageLayerHead, storageLayerCells(network))}</details>
`,
)}`;
}
