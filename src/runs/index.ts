/** @file The runs room: from a method to a report folder. */

export { examplesOf } from "./experiment-data.ts";
export { gapSentences } from "./gap.ts";
export { type MacTableOptions, macTable, type Traffic, trafficDraws } from "./mac-table.ts";
export * from "./network-on-array.ts";
export * from "./network-products.ts";
export { write, writeJson } from "./output.ts";
export * from "./reproduce.ts";
export { type RestrictedPlan, restrictedRows } from "./restricted.ts";
export * from "./run.ts";
export type * from "./spec.ts";
export { comparisonRows, startSpec } from "./start.ts";
export { asExamples } from "./text-examples.ts";
export { version } from "./version.ts";
export { weightlessRows } from "./weightless-rows.ts";
