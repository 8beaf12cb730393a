/** @file A small encoder of WebAssembly modules, vector instructions included: what generated programs are written with. */

export type { Body, FunctionIndex, Label, Local } from "./body.ts";
export * from "./host.ts";
export type { LaneName, MemoryLaneName, MemoryName, PlainName } from "./instructions.ts";
export { Module } from "./module.ts";
export { type Limits, PAGE_BYTES, type ValueType } from "./types.ts";
