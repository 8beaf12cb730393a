/** @file A whole network along one axis; what single layers state for themselves stays as they state it. */

import type { LayerCost } from "../node-cost.ts";
import { compareNetwork, type NetworkTwin, type PricesOf } from "./network.ts";
import { pointOf } from "./prices.ts";
import { checkAxis, isParameterAxis, pricesAt, type SweepAxis } from "./sweep.ts";

export interface NetworkPoint {
  readonly value: number;
  /** In the unit of the prices, per inference. */
  readonly snn: number;
  readonly qnn: number;
  readonly ratio: number;
  /** Ratio of a network that takes the cheaper side of each layer. */
  readonly hybrid: number;
  readonly spikingLayers: number;
}

/** @throws FemtoError `energy.sweep` for an axis that there is not, `energy.spiking` for a value out of range */
export function sweepNetwork(
  costs: readonly LayerCost[],
  twin: NetworkTwin,
  pricesOf: PricesOf,
  axis: SweepAxis,
  values: readonly number[],
): NetworkPoint[] {
  checkAxis(axis);
  return values.map((value) => {
    const made = isParameterAxis(axis)
      ? compareNetwork(costs, { ...twin, options: { ...twin.options, [axis]: value } }, pricesOf)
      : compareNetwork(costs, twin, pricesOf, (list) => pricesAt(pointOf(list), axis, value));
    const { snn, qnn, ratio, hybrid } = made;
    return { value, snn, qnn, ratio, hybrid: hybrid.ratio, spikingLayers: hybrid.spikingLayers.length };
  });
}
