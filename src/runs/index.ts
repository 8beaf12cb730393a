/** @file The runs room: from a method to a report folder. */

export { version } from "./describe.ts";
export * from "./reproduce.ts";
export * from "./run.ts";
export { comparisonRows, startSpec } from "./start.ts";
