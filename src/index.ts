/**
 * @file The public entry of the package: everything that the command line does, for programs.
 *
 * @example
 * import { comparisonRows, eqat, loadDataSet, loadMachine, run, zoo } from "femto";
 *
 * const { train, test } = loadDataSet("mnist10k");
 * const { report } = await run({
 *   command: "my program",
 *   name: "lenet5",
 *   model: zoo.lenet5({ seed: 1 }),
 *   data: { train: train!, test: test! },
 *   machine: loadMachine("horowitz-45nm-sram8k"),
 *   rows: comparisonRows({
 *     seed: 1,
 *     float: { epochs: 5 },
 *     common: { epochs: 5, warmup: 1 },
 *     uniform: [8, 4],
 *     learned: { EQAT: { budget: 0.4 } },
 *   }),
 *   method: { id: eqat.id, paper: eqat.paper, options: {} },
 *   folder: "runs/mine",
 *   seed: 1,
 *   threads: 1,
 *   jobs: 2,
 * });
 */

// Foundation: numbers, tensors, errors, graphs.
export * from "./base/dtype.ts";
export * from "./base/errors.ts";
export type { Normalisation } from "./base/normalisation.ts";
export * from "./base/rng.ts";
export * from "./base/soft-float.ts";
export * from "./base/tensor.ts";
export * from "./base/units.ts";
// Data.
export {
  catalogue,
  type DataSetEntry,
  type DataSplits,
  type Dataset,
  dataset,
  fetchDataSet,
  loadDataSet,
  loadUserData,
  type UserDataOptions,
} from "./data/index.ts";
// Energy.
export {
  type Activity,
  ActivityRecorder,
  type Bill,
  bill,
  type Counts,
  countWork,
  type LayerWidths,
  spiking,
  uniformWidths,
  watchedInputs,
} from "./energy/index.ts";
// Engines.
export { type Observer, OrtEngine, type OrtSession, observe, runReference } from "./engine/index.ts";
// Export, and reading back.
export { type QuantisedModel, readQuantised, toInteger, toQdq, toQonnx } from "./export/index.ts";
export * from "./graph/clone.ts";
export * from "./graph/dims.ts";
export * from "./graph/graph.ts";
export * from "./graph/model.ts";
export * from "./graph/node.ts";
export * from "./graph/order.ts";
export * from "./graph/pass.ts";
export * from "./graph/value.ts";
export * from "./graph/verify.ts";
// Machines.
export { listMachines, loadMachine, type Machine, machineJsonSchema, machineNames } from "./machines/index.ts";
// Methods.
export {
  type EqatOptions,
  eqat,
  float,
  type LwsOptions,
  lws,
  type Method,
  method,
  type Outcome,
} from "./methods/index.ts";
// ONNX files.
export { readModel, readModelFile, writeModel, writeModelFile } from "./onnx/index.ts";
export { Emit, inferModel } from "./operators/index.ts";
// Reports.
export {
  type Report,
  type ReportRow,
  renderHtml,
  renderTerminal,
  reportJsonSchema,
  reportSchema,
} from "./reports/index.ts";
export { oneExample, prepareForTraining } from "./rewrites/index.ts";
// Runs.
export {
  comparisonRows,
  type RowSpec,
  type RunHooks,
  type RunResult,
  type RunSpec,
  reproduce,
  run,
  version,
} from "./runs/index.ts";
// Networks.
export { countModel, type NetworkName, zoo } from "./zoo/index.ts";
