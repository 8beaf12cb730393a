/** @file Systolic arrays: pure counts of folds, cycles and accesses under three dataflows. */

export type { BufferAccesses, RegisterAccesses } from "./accesses.ts";
export type { BufferPlan, Buffers } from "./buffers.ts";
export * from "./dataflow.ts";
export { type Folds, foldsOf } from "./folds.ts";
export * from "./map-systolic.ts";
export type { Roofline } from "./roofline.ts";
export { type Bandwidth, type FoldSchedule, type Resource, resources } from "./schedule.ts";
export type { BitCost, TrafficCost } from "./tiling/cost.ts";
export type { TiledLatency } from "./tiling/latency.ts";
export * from "./tiling/search.ts";
export type { Tile } from "./tiling/tile.ts";
export { type LoopOrder, type Moved, mainMemoryBits, type TiledTraffic } from "./tiling/traffic.ts";
