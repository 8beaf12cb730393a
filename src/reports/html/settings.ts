/** @file All that decides the numbers: command, options, software, checksums. Enough to make the run again. */

import type { Report } from "../schema.ts";
import { type Html, html } from "./html.ts";

export function settingsSection({ command, method, environment, model, data }: Report): Html {
  const { sessionOptions, ...software } = environment;
  const facts: readonly (readonly [string, string])[] = [
    ["threads of the engine", `${software.threads}`],
    ["platform", software.platform],
    ["gradient lowerings", software.lowerings],
    ["model, SHA-256", model.sha256],
    ["data, checksum", data.checksum],
  ];
  return html`<section id="settings">
<h2>Settings</h2>
<p><code>${command}</code></p>
${data.notes.length === 0 ? undefined : html`<h3>Data</h3>\n<ul class="list">\n${data.notes.map((note) => html`<li>${note}</li>\n`)}</ul>\n`}<dl>
${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${name.includes(",") ? html`<code>${value}</code>` : value}</dd></div>\n`)}</dl>
<details><summary>Options of ${method.id}</summary><pre>${JSON.stringify(method.options, null, 2)}</pre></details>
<details><summary>Session options of ONNX Runtime</summary><pre>${JSON.stringify(sessionOptions, null, 2)}</pre></details>
</section>
`;
}
