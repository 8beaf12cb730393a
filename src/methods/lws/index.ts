/**
 * @file LWS: layer-wise weight selection (Fang, Zhang, Huang, arXiv 2511.17123). Restricts the integer weights of each layer to a
 * few values that are cheap in the multiply-accumulate units of a weight-stationary array, the layers that use most energy
 * first. PowerPruning, pruning by magnitude and the plain int8 network are strategies of the same run.
 */

import { classifierMethod } from "../classifier-method.ts";
import type { EpochRecord } from "../method.ts";
import { checkFit } from "./fit.ts";
import { type LwsOptions, lwsOptions } from "./options.ts";
import { LwsRun } from "./run.ts";

/** A row of LWS's history: a step of the schedule, or an epoch at the end. */
export interface LwsRecord extends EpochRecord {
  readonly validationAccuracy: number;
  /** Of a step: what was restricted, how far, at which share of the energy, and whether it was kept. */
  readonly layer?: string;
  /** `k`: values of the set; `per cent kept`: weights that were not pruned. */
  readonly what?: string;
  readonly size?: number;
  readonly share?: number;
  readonly isKept?: boolean;
  readonly testAccuracy?: number;
  /** 1 − E/E(baseline) by simulating every element over so many images. */
  readonly exactSaving?: number;
  readonly exactImages?: number;
}

export const lws = classifierMethod<LwsOptions>({
  id: "lws",
  title: "Layer-wise weight selection",
  paper:
    "Fang, Zhang and Huang, Layer-wise Weight Selection for Power-Efficient Neural Network Acceleration, arXiv:2511.17123",
  options: lwsOptions as never,
  check: checkFit,
  apply: (context, model, options) => new LwsRun(context, model, options).go(),
});

export * from "./baselines.ts";
export * from "./energy.ts";
export { selectionFigures } from "./figures.ts";
export { type Columns, columnsOf, type Integers, im2col } from "./im2col.ts";
export { mostSteps } from "./options.ts";
export * from "./schedule.ts";
export * from "./select.ts";
export * from "./tally.ts";
export * from "./timing.ts";
export * from "./traces.ts";
export * from "./value-set.ts";
export type { LwsOptions };
