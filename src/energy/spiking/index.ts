/** @file Spiking against quantised: the fair comparison, per synapse, per layer, per network, on any list of prices. */

export * from "./break-even.ts";
export * from "./calibrate.ts";
export * from "./compare-twin.ts";
export * from "./from-activity.ts";
export { type SpikingWidths, spikingPrices } from "./from-machine.ts";
export * from "./integrate-and-fire.ts";
export * from "./memory-movement.ts";
export * from "./network.ts";
export * from "./network-sweep.ts";
export * from "./network-terms.ts";
export * from "./parameters.ts";
export * from "./presets.ts";
export * from "./prices.ts";
export * from "./shortcut.ts";
export * from "./simulate.ts";
export * from "./sweep.ts";
export * from "./terms.ts";
export * from "./twin-bits.ts";
export * from "./vary.ts";
