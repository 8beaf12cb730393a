/** @file Roofline: what compute and main memory allow, and what the mapping reaches. */

export interface Roofline {
  /** MACs for each bit that crosses main memory. */
  readonly macsPerBit: number;
  /** Rows × columns. */
  readonly peakMacsPerCycle: number;
  /** min(peak, intensity × bandwidth). */
  readonly attainableMacsPerCycle: number;
  readonly achievedMacsPerCycle: number;
  /** The intensity from which on the array, not main memory, is the roof. */
  readonly ridgeMacsPerBit: number;
}

export function rooflineOf(
  macs: number,
  mainMemoryBits: number,
  peakMacsPerCycle: number,
  latencyCycles: number,
  bitsPerCycle = Number.POSITIVE_INFINITY,
): Roofline {
  const macsPerBit = macs / mainMemoryBits;
  return {
    macsPerBit,
    peakMacsPerCycle,
    attainableMacsPerCycle: Math.min(peakMacsPerCycle, macsPerBit * bitsPerCycle),
    achievedMacsPerCycle: macs / latencyCycles,
    ridgeMacsPerBit: peakMacsPerCycle / bitsPerCycle,
  };
}
