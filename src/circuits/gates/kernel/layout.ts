/** @file Where the words of a kernel lie in its memory. A word is 16 bytes: one bit for each of 128 lanes. */

import { dataInputs, type Net, type Netlist, ONE } from "../../netlist/netlist.ts";

export const WORD_BYTES = 16;
/** Lanes of a word: vectors evaluated at once. */
export const LANES = 128;

export interface Layout {
  /** Input nets whose values come with every step, in the order of the step's words. */
  readonly stepInputs: readonly Net[];
  /** Input nets that are held still during a run. */
  readonly stillInputs: readonly Net[];
  /** Position of a net in both banks; undefined for still nets. */
  readonly position: (net: Net) => number | undefined;
  /** Address of a still net. */
  readonly stillAddress: (net: Net) => number;
  /** Nets in the order of their positions. */
  readonly moving: readonly Net[];
  /** Settled values of one step and of the next one, by position. */
  readonly banks: readonly [number, number];
  /** 16-bit sums by position (toggles), emptied into `sums` before they overflow. */
  readonly counts: number;
  /** The same for settled ones. */
  readonly highs: number;
  /** 32-bit sums, first of toggles and then of settled ones. */
  readonly sums: number;
  /** Waveforms of the step being evaluated. */
  readonly waves: number;
  /** The words of the steps; each step has its inputs, then a mask of the lanes that count, then some to spare. */
  readonly steps: number;
  readonly maskOffset: number;
  readonly stepBytes: number;
}

/**
 * @param isMoving per net, whether it can change during a run
 * @param waveWords words needed for waveforms
 */
export function layOut(netlist: Netlist, isMoving: readonly boolean[], waveWords: number): Layout {
  const inputs = dataInputs(netlist).flatMap(({ nets }) => nets);
  const stepInputs = inputs.filter((net) => isMoving[net]);
  const stillInputs = inputs.filter((net) => !isMoving[net]);
  const moving = netlist.netNames.map((_, net) => net).filter((net) => isMoving[net]);
  const still = netlist.netNames.map((_, net) => net).filter((net) => net <= ONE || !isMoving[net]);
  const positions = new Map(moving.map((net, position) => [net, position]));
  const stills = new Map(still.map((net, index) => [net, index * WORD_BYTES]));
  const region = moving.length * WORD_BYTES;
  const banks = [still.length * WORD_BYTES, still.length * WORD_BYTES + region] as const;
  const counts = banks[1] + region;
  const highs = counts + region;
  const sums = highs + region;
  const waves = sums + 2 * region;
  return {
    stepInputs,
    stillInputs,
    position: (net) => positions.get(net),
    stillAddress: (net) => stills.get(net)!,
    moving,
    banks,
    counts,
    highs,
    sums,
    waves,
    steps: waves + waveWords * WORD_BYTES,
    maskOffset: stepInputs.length * WORD_BYTES,
    // Bit planes are written in eights: those of the last port may reach 7 words beyond it.
    stepBytes: (stepInputs.length + 8) * WORD_BYTES,
  };
}
