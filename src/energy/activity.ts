/**
 * @file Activity: measured (or assumed) statistics of values, which let a mapping skip zeros, count events and price
 * operands by what they are. Energy never runs a model: activity arrives as data. Plain data throughout: it is written as
 * JSON and read back by `readActivity`.
 */

/** How often each integer occurred: `counts[i]` belongs to the code `least + i`. */
export interface Histogram {
  readonly least: number;
  readonly counts: readonly number[];
}

/** Elements from `from` up to, but without, `to`. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How often each bit changes from one element to the next, as shares of the steps; least significant bit first. */
export interface Toggles {
  /** Between neighbours within an example, in memory order; absent where an example has one element. */
  readonly elements?: readonly number[];
  /** Between the same element of one example and the next; absent where there was one example. */
  readonly samples?: readonly number[];
}

/** Statistics of integer codes. */
export interface CodeActivity {
  readonly bits: number;
  /** In two's complement. */
  readonly isSigned: boolean;
  /** The code that stands for the number zero. */
  readonly zero: number;
  /** The greatest code of the grid, where that is less than the bits can hold. */
  readonly top?: number;
  /** Absent for codes of more than 16 bits. */
  readonly histogram?: Histogram;
  /** Share of elements in which each bit is 1, least significant first. */
  readonly ones: readonly number[];
  readonly toggles: Toggles;
}

/** Statistics of one value. Whoever assumes instead of measuring may state `zeros` alone. */
export interface ValueActivity {
  /** Share of elements that are zero, 0..1. */
  readonly zeros: number;
  /** Events an element sends in each time step, 0..1 a step, where the value is spikes. */
  readonly eventsPerStep?: readonly number[];
  /** Elements of one example. */
  readonly elements?: number;
  /** Of the elements as they are stored: codes for codes, numbers for floats. */
  readonly least?: number;
  readonly most?: number;
  readonly mean?: number;
  readonly codes?: CodeActivity;
  /** Floats, in bins of equal width within each octave; empty bins left out. */
  readonly bins?: readonly Bin[];
}

export interface Activity {
  readonly source: { readonly kind: "measured" | "assumed"; readonly text: string };
  /** Examples behind it; 0 where it is assumed. */
  readonly samples: number;
  /** `stream`: examples followed each other as they do in use, so that toggles between them mean something. */
  readonly order?: "stream" | "unknown";
  /** By name of the value. */
  readonly values: Readonly<Record<string, ValueActivity>>;
}
