/** @file Range: a price, or what is computed from prices, as lowest, stated and highest figure. */

export interface Range {
  readonly lo: number;
  readonly mid: number;
  readonly hi: number;
}

export const nothing: Range = { lo: 0, mid: 0, hi: 0 };

/** A figure whose spread is not known. */
export const exactly = (mid: number): Range => ({ lo: mid, mid, hi: mid });

export const scaled = ({ lo, mid, hi }: Range, factor: number): Range => ({
  lo: lo * factor,
  mid: mid * factor,
  hi: hi * factor,
});

/** Sum in the given order. */
export function sumOf(ranges: Iterable<Range>): Range {
  let [lo, mid, hi] = [0, 0, 0];
  for (const range of ranges) {
    lo += range.lo;
    mid += range.mid;
    hi += range.hi;
  }
  return { lo, mid, hi };
}
