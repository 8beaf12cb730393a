/** @file What a network spends on each cause, on either side. */

import type { LayerComparison } from "./network.ts";
import { type SpikingCause, spikingCauses } from "./terms.ts";

export type TermTotals = Readonly<Record<SpikingCause, number>>;

/** Energy per inference by cause; each side sums to the network's energy. */
export function termTotals(layers: readonly LayerComparison[]): { readonly snn: TermTotals; readonly qnn: TermTotals } {
  const totals = (side: "snn" | "qnn") =>
    Object.fromEntries(
      spikingCauses.map((cause) => [
        cause,
        layers.reduce((sum, layer) => sum + layer[side].terms[cause] * layer.macs, 0),
      ]),
    ) as Record<SpikingCause, number>;
  return { snn: totals("snn"), qnn: totals("qnn") };
}
