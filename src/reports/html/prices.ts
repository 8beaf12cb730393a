/** @file The prices behind every joule, with their sources. */

import type { EnergyUnit, Report } from "../schema.ts";
import { type Html, html, table } from "./html.ts";

export function pricesSection({ machine }: Report): Html {
  const { unit, nodeNm, prices } = machine;
  return html`<section id="prices">
<h2>Prices</h2>
<p class="quiet">${machine.title} (<code>${machine.name}</code>)${nodeNm === null ? "" : `, ${nodeNm} nm`}. Modelled energy is counts from the graph times these prices.</p>
${table(
  ["price", "stated", "value", "range", "source"],
  prices.map(({ id, stated, energy, per, source, rangeSource, place }) => [
    id,
    stated,
    `${figure(energy.mid, unit)} / ${per}`,
    energy.lo === energy.hi ? "none given" : `${figure(energy.lo, unit)} – ${figure(energy.hi, unit)}`,
    html`${source}${rangeSource === null ? undefined : html`<small>range: ${rangeSource}</small>`}<small><code>${place}</code></small>`,
  ]),
  { text: [0, 1, 4] },
)}</section>
`;
}

const figure = (value: number, { kind }: EnergyUnit): string =>
  `${Number(value.toPrecision(4))}${kind === "picojoules" ? " pJ" : ""}`;
