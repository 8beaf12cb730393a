/** @file The page of an energy report: one file that stands alone, opens offline, and needs no script. */

import { formatBytes } from "../../base/units.ts";
import { layerEnergyPicture } from "../charts/energy.ts";
import { sankeyPicture } from "../charts/sankey.ts";
import { countText, energyText } from "../format.ts";
import { figure } from "../html/figure.ts";
import { Html, html, table } from "../html/html.ts";
import { style } from "../html/style.ts";
import type { EnergyReport, EnergySubject } from "./schema.ts";
import { comparisonText, latencyText, runText } from "./text.ts";

/** Bars of one picture; the dearest rows where there are more. */
const MOST_BARS = 40;

/** The same text for the same report. */
export function renderEnergyHtml(report: EnergyReport): string {
  const { subjects, comparison } = report;
  const title = subjects.map(({ model, machine }) => `${model.name} on ${machine.name}`).join(" and ");
  const isPair = subjects.length > 1;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Femto ${report.femto}">
<title>Energy: ${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>
<p class="kind">Femto energy report</p>
<h1>${title}</h1>
<p class="quiet"><code>${report.command}</code></p>
${subjects.map((subject) => html`<p class="lead">${lead(subject)}</p>\n`)}${
  comparison === null ? undefined : html`<p>${comparisonText(report)}.</p>\n`
}</header>
<main>
${subjects.map((subject, i) => section(subject, isPair ? `${i + 1}. ${subject.model.name} on ${subject.machine.name}` : undefined, i, scaleOf(subjects)))}</main>
</body>
</html>
`;
  return page.text;
}

function lead({ total, isComplete, model, machine }: EnergySubject): string {
  const { unit } = machine;
  const perMac = model.macs === 0 ? "" : `, ${energyText(total.mid / model.macs, unit)} for each multiply-accumulate`;
  return `${isComplete ? "" : "≥ "}${energyText(total.mid, unit)} ${runText(model)} (${energyText(total.lo, unit)} to ${energyText(total.hi, unit)})${perMac}; modelled, not metered.`;
}

/** One scale for the bars of all subjects in the same unit. */
const scaleOf = (subjects: readonly EnergySubject[]): number | undefined =>
  new Set(subjects.map(({ machine }) => machine.unit.label)).size > 1
    ? undefined
    : Math.max(...subjects.flatMap(({ rows }) => rows.map(({ energy }) => energy.mid)));

function section(subject: EnergySubject, title: string | undefined, index: number, scale: number | undefined): Html {
  const { rows, machine, byCause, unmodelled, warnings } = subject;
  const notes = [
    ...unmodelled.map(
      ({ nodes, operator, reason }) => `Not priced: ${nodes} × ${operator}: ${reason}. The total is a lower bound.`,
    ),
    ...warnings,
  ];
  const shown = rows.toSorted((a, b) => b.energy.mid - a.energy.mid).slice(0, MOST_BARS);
  const bars = rows.filter((row) => shown.includes(row));
  const most = scale ?? Math.max(...rows.map(({ energy }) => energy.mid));
  const layers = bars.map(({ name, energy, byCause: causes }) => ({ name, pJ: energy.mid, byCause: causes }));
  return html`<section>
${title === undefined ? undefined : html`<h2>${title}</h2>\n`}${facts(subject)}
${
  notes.length === 0
    ? undefined
    : html`<aside class="warnings" aria-label="warnings"><strong>Warnings</strong><ul>
${notes.map((text) => html`<li>${text}</li>\n`)}</ul></aside>
`
}<h2>Where the energy flows</h2>
${figure(sankeyPicture(subject, `sankey-${index}`), "Kinds of nodes, causes, and the components that are paid.")}
<h2>Layer by layer</h2>
${figure(
  layerEnergyPicture(
    { name: subject.model.name, layers },
    Object.keys(byCause),
    most,
    machine.unit,
    `layers-${index}`,
    960,
  ),
  `Modelled energy by cause${bars.length < rows.length ? `; the ${MOST_BARS} dearest of ${rows.length} rows` : ""}.`,
)}
${layerTable(subject)}
<h2>Prices</h2>
${priceTable(subject)}</section>
`;
}

function facts({ model, machine, mapping, activity, latency, usage, footprint, fits, shortcut }: EnergySubject): Html {
  const entries: readonly (readonly [string, string])[] = [
    ["machine", `${machine.title}${machine.areaMm2 === null ? "" : `, ${machine.areaMm2} mm²`}`],
    ["mapping", `${mapping.id}: ${mapping.title}`],
    ["bits", model.bits],
    ["work", `${countText(model.macs)} multiply-accumulates in ${model.nodes} nodes`],
    ["activity", activity === null ? "not given: nothing is skipped" : `${activity.kind}: ${activity.text}`],
    ...(latency === null
      ? []
      : ([["latency", `${latencyText(latency)}, utilisation ${(100 * latency.utilisation).toFixed(1)} %`]] as const)),
    ...(usage === null
      ? []
      : ([["power", `${Number(usage.totalMw.mid.toPrecision(3))} mW at ${usage.perSecond} runs a second`]] as const)),
    ["stored", formatBytes(footprint.storedBytes)],
    ["activations at most", `${formatBytes(footprint.peakBytes)}, at ${footprint.peakAt}`],
    ...fits.map(({ what, against, fits: holds }) => [`${what}, ${against}`, holds ? "fits" : "does not fit"] as const),
    ["literature", `${energyText(shortcut.pJ, { kind: "picojoules", label: "pJ" })} by ${shortcut.text}`],
  ];
  return html`<dl>
${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>`;
}

function layerTable({ rows, machine, byCause }: EnergySubject): Html {
  const causes = Object.keys(byCause);
  const isTimed = rows.some(({ timing }) => timing !== null);
  return table(
    [
      "layer",
      "operator",
      "bits w/a",
      "MACs",
      ...causes,
      "energy",
      "MACs/byte",
      ...(isTimed ? ["cycles", "utilisation", "bound by"] : []),
    ],
    rows.map((row) => [
      html`${row.name}${row.fused.length > 0 ? html`<small>with ${row.fused.join(", ")}</small>` : undefined}`,
      row.operator,
      row.macs === 0 ? "" : `${row.bits.weight.replace("int", "")}/${row.bits.input.replace("int", "")}`,
      row.macs === 0 ? "" : countText(row.macs),
      ...causes.map((cause) => (row.byCause[cause] ? energyText(row.byCause[cause], machine.unit) : "")),
      energyText(row.energy.mid, machine.unit),
      row.intensity === null ? "" : Number(row.intensity.toPrecision(3)),
      ...(isTimed
        ? [
            row.timing ? countText(Math.round(row.timing.cycles)) : "",
            row.timing?.utilisation ? `${(100 * row.timing.utilisation).toFixed(1)} %` : "",
            row.timing?.binding ?? "",
          ]
        : []),
    ]),
    { text: [0, 1] },
  );
}

const priceTable = ({ prices, machine }: EnergySubject): Html =>
  table(
    ["price", "value", "source"],
    prices.map(({ id, stated, technology, scaled, energy, per, source, rangeSource, place }) => [
      html`${id}<small>stated as ${stated}${technology === "" ? "" : `, ${technology}`}${scaled === null ? "" : `, ${scaled}`}</small>`,
      html`${Number(energy.mid.toPrecision(4))} ${machine.unit.label} / ${per}<small>${energy.lo === energy.hi ? "no range given" : `${Number(energy.lo.toPrecision(4))} – ${Number(energy.hi.toPrecision(4))}`}</small>`,
      html`${source}${rangeSource === null ? undefined : html`<small>range: ${rangeSource}</small>`}<small><code>${place}</code></small>`,
    ]),
    { text: [0, 2] },
  );
