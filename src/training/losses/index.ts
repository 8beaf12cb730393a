/** @file The losses. */

export * from "./cross-entropy.ts";
export * from "./kl-divergence.ts";
export * from "./squared-error.ts";
