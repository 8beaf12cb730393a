/** @file QTools: the energy estimate of QKeras, for comparison with it. */

export * from "./gates.ts";
export * from "./layer.ts";
export * from "./prices.ts";
