/**
 * @file Options of training as users and recipes give them: name, bounds and usual default of each stand here alone. A method
 * takes those it has, in its own order, with defaults of its own; the order is part of its checkpoints' fingerprints.
 */

import { z } from "zod";
import { optimizerNames } from "./optimizers/index.ts";
import { scheduleNames } from "./schedules.ts";

const makers = {
  epochs: (value = 10) => z.number().int().min(1).default(value),
  batchSize: (value = 64) => z.number().int().min(1).default(value),
  optimizer: (value: (typeof optimizerNames)[number] = "adam") => z.enum(optimizerNames).default(value),
  rate: (value = 1e-3) => z.number().positive().default(value),
  schedule: (value: (typeof scheduleNames)[number] = "cosine") => z.enum(scheduleNames).default(value),
  /** For the schedule `step`: the rate is multiplied by `factor` after every so many epochs. */
  step: (value = { every: 10, factor: 0.1 }) =>
    z
      .object({
        every: z.number().int().min(1).default(value.every),
        factor: z.number().positive().default(value.factor),
      })
      .default(value),
  /** Epochs in which the rate climbs to its value. */
  warmup: (value = 0) => z.number().min(0).default(value),
  /** Ends where the training loss has not fallen for so many epochs; never, unless given. */
  patience: () => z.number().int().min(1).optional(),
  weightDecay: (value = 0) => z.number().min(0).default(value),
  /** ε of label smoothing. */
  smoothing: (value = 0) => z.number().min(0).max(0.5).default(value),
  /** Greatest L2 norm of the gradient of all weights; any, unless given. */
  clip: () => z.number().positive().optional(),
  /** Of images in bytes: random shifts by up to so many pixels, random horizontal flips. */
  augmentation: (value = { shift: 0, flip: false }) =>
    z.object({ shift: z.number().int().min(0).default(0), flip: z.boolean().default(false) }).default(value),
  /** Evaluate on the test split after every so many epochs (history only; nothing is chosen by it). */
  evaluateEvery: (value = 1) => z.number().int().min(1).default(value),
};

type Makers = typeof makers;
export type TrainingOption = keyof Makers;

/** What the options are once defaults are filled in. */
export type TrainingOptions = { readonly [Name in TrainingOption]: z.output<ReturnType<Makers[Name]>> };

/** Every option of training, in the order in which float training has them. */
export const trainingOptionNames = Object.keys(makers) as readonly TrainingOption[];

/**
 * The named options as fields of a schema.
 * @example z.object({ tables: z.number(), ...trainingOptions(["epochs", "rate"], { epochs: 30 }) })
 * @param defaults where they are not the usual ones
 */
export function trainingOptions<const Names extends readonly TrainingOption[]>(
  names: Names,
  defaults: { readonly [N in Names[number]]?: Parameters<Makers[N]>[0] } = {},
): { [N in Names[number]]: ReturnType<Makers[N]> } {
  type Fields = { [N in Names[number]]: ReturnType<Makers[N]> };
  const given: Readonly<Record<string, unknown>> = defaults;
  const make = (name: TrainingOption) => (makers[name] as (value?: unknown) => z.ZodType)(given[name]);
  return Object.fromEntries(names.map((name) => [name, make(name)])) as unknown as Fields;
}
