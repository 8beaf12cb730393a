/** @file Row-stationary arrays (Eyeriss): the reuse formulas, and counts per level and tensor of a layer. */

export { type ConvShape, convOfGemm, convOfNode, convOfWork } from "./convolution.ts";
export { countRowStationary, type RowStationaryCounts, type RowStationaryTensor } from "./count.ts";
export { eyeriss, type RowStationaryArray, type RowStationaryParameters } from "./machine.ts";
export * from "./reuse.ts";
export { eyerissCost, mapRowStationary, type RowStationaryRequest } from "./search.ts";
