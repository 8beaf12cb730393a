/** @file Energy of multiply-accumulate units by weight: statistics of a layer, tables, exact simulation, tiles. */

export { behaviouralTable } from "./behavioural.ts";
export { Characteriser, type ExactEnergy } from "./characteriser.ts";
export { readWeightTable, writeWeightTable } from "./csv.ts";
export {
  type DrawOptions,
  type Draws,
  drawFromTrace,
  drawTransitions,
  drawUniform,
  joinDraws,
  stimulusOf,
} from "./draw.ts";
export { elementEnergies } from "./element-energies.ts";
export * from "./groups.ts";
export * from "./hamming.ts";
export * from "./layer-energy.ts";
export { mergeStatistics } from "./merge.ts";
export { collectStatistics, type Grouping, type LayerStatistics, type StatisticsOptions } from "./statistics.ts";
export { weightTableFromJson, weightTableToJson } from "./table-json.ts";
export * from "./trace.ts";
export { longestPath, type WeightDelays, weightDelays } from "./weight-delays.ts";
export * from "./weight-table.ts";
