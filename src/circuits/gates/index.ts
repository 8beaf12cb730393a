/** @file Gate-level evaluation: what switches when inputs change. */

export * from "./activity.ts";
export * from "./calibration.ts";
export { GateEvaluator, type PackedStimulus } from "./evaluator.ts";
export * from "./exchange/index.ts";
export { type Arrivals, arrivals } from "./kernel/arrival.ts";
export { type Kernel, type KernelOptions, writeKernel } from "./kernel/kernel.ts";
export { LANES } from "./kernel/layout.ts";
export * from "./power.ts";
export { type PublishedEnergy, publishedEnergies } from "./published-energies.ts";
export { type ReferenceOptions, referenceActivity, type Transition } from "./reference.ts";
export { SettleTimer } from "./settle.ts";
export { checkStimulus, type PortValues, type Stimulus, transitionsOf, type Vectors } from "./stimulus.ts";
