/** @file Importers: hardware descriptions of other tools as femto machine files, with what did not come along. */

export type { Imported, Remark } from "./imported.ts";
export { importScaleSim, type ScaleSimOptions } from "./scale-sim.ts";
export { importTimeloop, type TimeloopOptions } from "./timeloop.ts";
export { type Tool, toolOf, tools } from "./tool.ts";
export { importZigzag, type ZigzagOptions } from "./zigzag.ts";
