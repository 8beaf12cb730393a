/** @file The energy room: counts → placement → schedule → bill. The only place that computes a joule. */

export * from "./bill.ts";
export * from "./coefficients.ts";
export * from "./compare.ts";
export * from "./compute-share.ts";
export * from "./counts.ts";
export * from "./explain.ts";
export * from "./placement.ts";
export { type Action, type Cause, causes, type MappingOptions, type Schedule, scheduleEqat } from "./schedule.ts";
export * as spiking from "./spiking/index.ts";
export type { UnmodelledKind } from "./unmodelled.ts";
export * from "./width.ts";
