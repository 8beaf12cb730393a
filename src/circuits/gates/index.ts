/** @file Gate-level evaluation: what switches when inputs change. */

export * from "./activity.ts";
export { type ReferenceOptions, referenceActivity, type Transition } from "./reference.ts";
export { checkStimulus, type PortValues, type Stimulus, transitionsOf, type Vectors } from "./stimulus.ts";
