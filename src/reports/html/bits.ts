/** @file How the bit-widths moved while they were learned. */

import { bitsPicture } from "../charts/bits.ts";
import { bitHistory } from "../history.ts";
import type { Report } from "../schema.ts";
import { figure } from "./figure.ts";
import { type Html, html } from "./html.ts";

/** Nothing where no row has learned bits. */
export function bitsSection({ rows, history }: Report): Html | undefined {
  const learned = rows.flatMap(({ name }) => {
    const bits = bitHistory(history[name] ?? []);
    return bits === undefined ? [] : [{ name, bits }];
  });
  if (learned.length === 0) return undefined;
  return html`<section id="bits">
<h2>Bit-widths over the epochs</h2>
${learned.map(
  ({ name, bits }, i) => html`${learned.length > 1 ? html`<h3>${name}</h3>\n` : undefined}<div class="pair">
${figure(bitsPicture(bits, "weight", `bits-weight-${i}`), `Weights, ${name}.${fixed(bits.fixedAt)}`)}
${figure(bitsPicture(bits, "input", `bits-input-${i}`), `Inputs of the layers, ${name}.${bits.layers.length > 8 ? "" : " Lines of equal width are drawn side by side."}`)}
</div>
`,
)}</section>
`;
}

const fixed = (epoch: number | undefined): string =>
  epoch === undefined ? "" : ` Whole widths were fixed after epoch ${epoch}; from then on only weights were trained.`;
