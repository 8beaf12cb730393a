/** @file The optimizers. */

export * from "./adadelta.ts";
export * from "./adam.ts";
export * from "./choose.ts";
export * from "./clamped.ts";
export type * from "./optimizer.ts";
export * from "./sgd.ts";
export * from "./sorted.ts";
