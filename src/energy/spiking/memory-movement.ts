/**
 * @file Movement on a machine without a network: activations go through the memory that holds them. A bit is read there
 * for each synapse that needs it; an event is read as the address of its neuron [reconstructed].
 */

import { type Machine, scaled } from "../../machines/index.ts";
import { homeOf, perBit } from "./from-machine.ts";
import { type SpikingPrice, spikingUnits } from "./prices.ts";

/** Bits of an event's address: enough for 65 536 neurons of a layer [reconstructed]. */
export const EVENT_BITS = 16;

/** @throws FemtoError `machine.price`, `machine.placement` where no memory of activations has a price for reading */
export function memoryMovement(machine: Machine): Readonly<Record<"denseBit" | "sparseEvent", SpikingPrice>> {
  const { energy, prices } = perBit(machine, homeOf(machine, ["activations"]), "read");
  const [price] = prices;
  const { label } = machine.unit;
  const source = `reconstructed from ${machine.name} › ${price!.id}: ${price!.source.text}`;
  return {
    denseBit: {
      energy,
      unit: label + spikingUnits.denseBit,
      source: `${source}; a bit is read once for each synapse and hop`,
      id: price!.id,
    },
    sparseEvent: {
      energy: scaled(energy, EVENT_BITS),
      unit: label + spikingUnits.sparseEvent,
      source: `${source}; an event is an address of ${EVENT_BITS} bits`,
      id: price!.id,
    },
  };
}

/** Does a network of the machine have a price for moving bits and for moving events? */
export const hasNetwork = ({ components }: Machine): boolean =>
  (["bit", "event"] as const).every((per) =>
    components.some(
      (component) =>
        component.class === "network" &&
        component.prices.some((price) => price.verb === "transfer" && price.per === per),
    ),
  );
