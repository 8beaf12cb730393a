/** @file LWS: layer-wise weight selection. Its parts; no run yet (docs/methods/lws.md). */

export * from "./baselines.ts";
export * from "./energy.ts";
export * from "./schedule.ts";
export * from "./select.ts";
export * from "./tally.ts";
export * from "./value-set.ts";
