/** @file The array that row-stationary mappings are made for, and the parameters of a mapping. */

/** Eyeriss (Chen et al., JSSC 2017 [source]): capacities of one processing element in elements, of the buffer in bits. */
export interface RowStationaryArray {
  readonly rows: number;
  readonly cols: number;
  /** Buffer for inputs and partial sums. */
  readonly bufferBits: number;
  readonly scratchpads: { readonly input: number; readonly weight: number; readonly partialSum: number };
}

/** 12 × 14 elements; of the 108 KB buffer 8 KB prefetch weights; scratchpads of 12, 224 and 24 words. */
export const eyeriss: RowStationaryArray = {
  rows: 12,
  cols: 14,
  bufferBits: 100 * 1024 * 8,
  scratchpads: { input: 12, weight: 224, partialSum: 24 },
};

/** The seven mapping parameters of the JSSC paper [source]. */
export interface RowStationaryParameters {
  /** Filters whose partial sums are in the buffer. */
  readonly m: number;
  /** Images in the buffer. */
  readonly n: number;
  /** Output rows computed at a time: the width of a set of R × e elements. */
  readonly e: number;
  /** Filters and channels that one element interleaves. */
  readonly p: number;
  readonly q: number;
  /** Sets with different channels, and with different filters. */
  readonly r: number;
  readonly t: number;
}

/**
 * Sets of R × e elements that fit on the array; one wider than the array is folded onto further rows. 0: not one does.
 */
export function setsThatFit({ rows, cols }: RowStationaryArray, R: number, e: number): number {
  const stacked = Math.floor(rows / R);
  return e > cols ? Math.floor(stacked / Math.ceil(e / cols)) : stacked * Math.floor(cols / e);
}
