/**
 * @file Loop nests on arrays with a memory hierarchy: `problemOf` lays a layer over an architecture, `evaluateNest` costs
 * a mapping of it, `searchNest` finds the best one. Plain data in and out; see docs/nest.md.
 */

export { isWrite, type Move, moves, type NestArchitecture, type NestMemory, type NestPort } from "./architecture.ts";
export { type EvaluateOptions, evaluateNest, type NestCost, type NestEnergy } from "./evaluate.ts";
export { type Axis, type LayerOperand, macsOf, type NestLayer, type OperandName, operandNames } from "./layer.ts";
export { type NestBits, nestLayerOf } from "./layer-of-node.ts";
export type { NestMapping, TimeLoop } from "./mapping.ts";
export { type AccessBits, type MachineNest, nestOfMachine, paidBits } from "./of-machine.ts";
export type { OrderRule, PieceRule } from "./orderings.ts";
export { type Problem, problemOf } from "./problem.ts";
export { type Found, type Objective, objectives, type SearchOptions, searchNest } from "./search.ts";
export { type Searcher, searcherOn } from "./searcher.ts";
export type { LoadingRule } from "./spare-width.ts";
export type { NestCycles, NestTime, PortStall } from "./time.ts";
export { accessesOf, energyOf, type Traffic } from "./traffic.ts";
export type { Unrolling, Wanted } from "./unrolling.ts";
