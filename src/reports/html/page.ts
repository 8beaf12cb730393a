/** @file The page of a report: one file that stands alone, opens offline, and needs no script. */

import { countText } from "../format.ts";
import type { Report } from "../schema.ts";
import { energyNote, verdicts } from "../verdict.ts";
import { bitsSection } from "./bits.ts";
import { energySection } from "./energy.ts";
import { equivalenceSection } from "./equivalence.ts";
import { Html, html } from "./html.ts";
import { layersSection } from "./layers.ts";
import { pricesSection } from "./prices.ts";
import { publishedSection } from "./published.ts";
import { resultsSection } from "./results.ts";
import { settingsSection } from "./settings.ts";
import { style } from "./style.ts";
import { trainingSection } from "./training.ts";
import { weightSelectionSection } from "./weight-selection.ts";

/** In the order of the page. */
const sections: readonly ((report: Report) => Html | undefined)[] = [
  resultsSection,
  weightSelectionSection,
  bitsSection,
  energySection,
  layersSection,
  equivalenceSection,
  trainingSection,
  publishedSection,
  pricesSection,
  settingsSection,
];

/** The same text for the same report. */
export function renderHtml(report: Report): string {
  const title = `${report.method.id}: ${report.model.name} on ${report.data.name}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Femto ${report.environment.femto}">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
${head(report)}
<main>
${sections.map((section) => section(report))}</main>
</body>
</html>
`;
  return page.text;
}

function head(report: Report): Html {
  const { model, data, machine, environment, method, warnings } = report;
  const facts: readonly (readonly [string, string])[] = [
    ["model", `${model.name}, ${countText(model.parameters)} parameters, ${countText(model.macs)} MAC`],
    ["data", `${data.name}, ${countText(data.train)} train, ${countText(data.test)} test, ${data.classes} classes`],
    ["machine", machine.title],
    ["seed", `${report.seed}`],
    ["made", report.created.replace("T", " ").replace(/\.\d+Z$/, " UTC")],
    ["software", `Femto ${environment.femto}, ONNX Runtime ${environment.onnxruntime}, Node ${environment.node}`],
  ];
  return html`<header>
<p class="kind">Femto report</p>
<h1>${method.id}: ${model.name} on ${data.name}</h1>
<p class="quiet">${method.paper}</p>
${verdicts(report).map((text) => html`<p class="lead">${text}</p>\n`)}<p>${energyNote(report)}</p>
<dl>
${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
</header>
${
  warnings.length === 0
    ? undefined
    : html`<aside class="warnings" aria-label="warnings"><strong>Warnings</strong><ul>
${warnings.map((text) => html`<li>${text}</li>\n`)}</ul></aside>
`
}`;
}
