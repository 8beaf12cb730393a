/** @file Three settings of movement, from free to the worst place there is: what decides the comparison, varied alone. */

import { fail } from "../../base/errors.ts";
import { exactly } from "../../machines/index.ts";
import type { SpikingPrice, SpikingPrices } from "./prices.ts";

export const movementPresets = ["typical", "theoretical-minimum", "worst-case"] as const;
export type MovementPreset = (typeof movementPresets)[number];

/**
 * `typical` is the list as it stands; `theoretical-minimum` moves for nothing; `worst-case` goes through the worst place
 * that the list names.
 * @throws FemtoError `energy.preset` where the list names none
 */
export function withMovement(list: SpikingPrices, preset: MovementPreset): SpikingPrices {
  if (preset === "typical") return list;
  const name = `${list.name}, ${preset}`;
  if (preset === "theoretical-minimum") {
    const free = (price: SpikingPrice): SpikingPrice => ({
      ...price,
      energy: exactly(0),
      source: "theoretical minimum: data move for nothing",
    });
    const { denseBit, sparseEvent } = list.prices;
    return { ...list, name, prices: { ...list.prices, denseBit: free(denseBit), sparseEvent: free(sparseEvent) } };
  }
  const { worstMovement } = list;
  if (worstMovement !== undefined) return { ...list, name, prices: { ...list.prices, ...worstMovement } };
  return fail({
    code: "energy.preset",
    where: list.name,
    message: "the prices name no worst place to move data through",
    expected: "a price of a DRAM access",
  });
}
