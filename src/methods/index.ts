/** @file The methods: the table of contents. */

export { eqat } from "./eqat/index.ts";
export { float } from "./float/index.ts";
export * from "./method.ts";
