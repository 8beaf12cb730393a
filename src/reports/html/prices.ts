/** @file The prices behind every joule, with their sources. */

import type { EnergyUnit, Report } from "../schema.ts";
import { type Html, html, table } from "./html.ts";

export function pricesSection({ machine }: Report): Html {
  const { unit, nodeNm, prices } = machine;
  return html`<section id="prices">
<h2>Prices</h2>
<p class="quiet">${machine.title} (<code>${machine.name}</code>)${nodeNm === null ? "" : `, ${nodeNm} nm`}. Modelled energy is counts from the graph times these prices.</p>
${table(
  ["price", "value", "source"],
  prices.map(({ id, stated, energy, per, source, rangeSource, place }) => [
    html`${id}<small>stated as ${stated}</small>`,
    html`${figure(energy.mid, unit)} / ${per}<small>${spread(energy, unit)}</small>`,
    html`${source}${rangeSource === null ? undefined : html`<small>range: ${rangeSource}</small>`}<small><code>${place}</code></small>`,
  ]),
  { text: [0, 2] },
)}</section>
`;
}

const figure = (value: number, { kind }: EnergyUnit): string =>
  `${Number(value.toPrecision(4))}${kind === "picojoules" ? " pJ" : ""}`;

const spread = ({ lo, hi }: { lo: number; hi: number }, unit: EnergyUnit): string =>
  lo === hi ? "no range given" : `${figure(lo, unit)} – ${figure(hi, unit)}`;
