/** @file The methods: the table of contents. */

export { type DwnOptions, type DwnRecord, dwn } from "./dwn/index.ts";
export { recipe as dwnRecipe } from "./dwn/recipe.ts";
export { type EqatOptions, eqat } from "./eqat/index.ts";
export { recipe as eqatRecipe } from "./eqat/recipe.ts";
export { float } from "./float/index.ts";
export {
  checkValueSet,
  defaultSupply,
  globalTable,
  type LwsOptions,
  type LwsRecord,
  loweredSupply,
  lws,
  mostSteps,
  type NetworkSwitching,
  powerPruningSet,
  projectWeights,
  pruneByMagnitude,
  type SwitchedLayer,
  savingOf,
  selectionFigures,
  selectWeights,
  setDelay,
  switchingEnergy,
  traceNetwork,
} from "./lws/index.ts";
export { recipe as lwsRecipe } from "./lws/recipe.ts";
export * from "./method.ts";
export { type QuweitOptions, type QuweitRecord, quweit } from "./quweit/index.ts";
export { recipe as quweitRecipe } from "./quweit/recipe.ts";
export type * from "./weight-selection.ts";
