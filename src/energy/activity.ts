/**
 * @file Activity: measured (or assumed) statistics of values, which let a mapping skip zeros and count events. Energy
 * never runs a model: activity arrives as data.
 */

/** Statistics of one value. */
export interface ValueActivity {
  /** Share of elements that are zero, 0..1. */
  readonly zeros: number;
  /** Events an element sends in each time step, 0..1 a step, where the value is spikes. */
  readonly eventsPerStep?: readonly number[];
}

export interface Activity {
  readonly source: { readonly kind: "measured" | "assumed"; readonly text: string };
  /** Examples behind it; 0 where it is assumed. */
  readonly samples: number;
  /** By name of the value. */
  readonly values: Readonly<Record<string, ValueActivity>>;
}
