/** @file The gradient room: reverse mode as a graph-to-graph step. */

export * from "./reverse.ts";
