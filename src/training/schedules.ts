/** @file Learning-rate schedules: pure functions of the step, so that a resumed run sees the same rates. */

export interface Moment {
  /** Steps done before this one. */
  readonly step: number;
  readonly steps: number;
  readonly stepsPerEpoch: number;
}

export type Schedule = (moment: Moment) => number;

export const constant =
  (rate: number): Schedule =>
  () =>
    rate;

/** rate · factor^⌊epoch / every⌋ */
export const stepped =
  (rate: number, { every, factor }: { every: number; factor: number }): Schedule =>
  ({ step, stepsPerEpoch }) =>
    rate * factor ** Math.floor(step / stepsPerEpoch / every);

/** From `rate` to `least` along half a cosine over the whole run (Loshchilov and Hutter 2017, without restarts). */
export const cosine =
  (rate: number, least = 0): Schedule =>
  ({ step, steps }) =>
    least + ((rate - least) * (1 + Math.cos((Math.PI * step) / steps))) / 2;

/** Times (step + 1)/(steps of the first `epochs`), up to 1: the rate climbs in equal steps, none of them 0. */
export const warmUp =
  (epochs: number, then: Schedule): Schedule =>
  (moment) =>
    then(moment) * Math.min(1, (moment.step + 1) / (epochs * moment.stepsPerEpoch));

export const scheduleNames = ["constant", "cosine", "step"] as const;

export interface ScheduleChoice {
  readonly schedule: (typeof scheduleNames)[number];
  readonly rate: number;
  /** For `step`: the rate is multiplied by `factor` after every so many epochs. */
  readonly step: { readonly every: number; readonly factor: number };
  /** Epochs of warm-up; 0 for none. */
  readonly warmup: number;
}

/** The schedules by name, with warm-up in front. */
export function chooseSchedule({ schedule, rate, step, warmup }: ScheduleChoice): Schedule {
  const chosen = { constant: constant(rate), cosine: cosine(rate), step: stepped(rate, step) }[schedule];
  return warmup === 0 ? chosen : warmUp(warmup, chosen);
}
