/** @file Vector units and microcontrollers: cycles and memory accesses of a product with register blocking. */

export * from "./map-vector.ts";
export * from "./unit.ts";
