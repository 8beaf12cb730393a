/** @file LWS: layer-wise weight selection. Its parts; no run yet (docs/methods/lws.md). */

export * from "./baselines.ts";
export * from "./energy.ts";
export { type Columns, columnsOf, type Integers, im2col } from "./im2col.ts";
export * from "./schedule.ts";
export * from "./select.ts";
export * from "./tally.ts";
export * from "./traces.ts";
export * from "./value-set.ts";
