/** @file The energy room: counts → placement → mapping → schedule → bill. The only place that computes a joule. */

export type * from "./activity.ts";
export * from "./activity-recorder.ts";
export * from "./bill.ts";
export { type Charge, charge, integerPrice, quotedBits, widthText } from "./charge.ts";
export * from "./code-statistics.ts";
export type { CodeGrid } from "./code-tally.ts";
export * from "./coefficients.ts";
export * from "./compare.ts";
export * from "./compute-share.ts";
export { type Binding, countWork, layerCosts } from "./counts.ts";
export * from "./explain.ts";
export * from "./footprint.ts";
export * from "./lookup-logic.ts";
export type { Mapping, MappingContext, MappingOptions, Region } from "./mapping.ts";
export { findMapping, mappings } from "./mappings/index.ts";
export * from "./node-cost.ts";
export * from "./placement.ts";
export type { PriceUse } from "./price-use.ts";
export * from "./read-activity.ts";
export { type Action, type Busy, type Cause, causes, type Schedule, type Timing } from "./schedule.ts";
export * as spiking from "./spiking/index.ts";
export * from "./total-text.ts";
export type { UnmodelledKind } from "./unmodelled.ts";
export * from "./usage.ts";
export * from "./value-widths.ts";
export * from "./watch.ts";
export * from "./width.ts";
