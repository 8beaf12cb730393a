/** @file LWS: layer-wise weight selection. Its parts; no run yet (docs/methods/lws.md). */

export * from "./select.ts";
export * from "./tally.ts";
export * from "./value-set.ts";
