/** @file Usage: joules per inference as watts at a rate, and as the life of a battery. */

import { type Machine, type Range, scaled, sumOf } from "../machines/index.ts";
import type { Bill } from "./bill.ts";

export interface Usage {
  readonly perSecond: number;
  /** Of the inferences alone, in milliwatts: energy × rate. */
  readonly activeMw: Range;
  /** While nothing runs: stated idle power, else leakage, for the rest of each second; 0 where the machine states none. */
  readonly idleMw: Range;
  readonly totalMw: Range;
  /** Share of a second that inferences take; absent where the mapping counts no time. */
  readonly busyShare: number | undefined;
  /** Absent without a battery. */
  readonly batteryHours: Range | undefined;
}

/** 1 pJ × 1/s = 1e-9 mW. */
const MILLIWATTS_PER_PICOJOULE_PER_SECOND = 1e-9;

/** `batteryMwh`: what the battery holds. The machine's energies must be joules. */
export function usageOf(
  { total, latency }: Pick<Bill, "total" | "latency">,
  machine: Machine,
  perSecond: number,
  batteryMwh?: number,
): Usage {
  const activeMw = scaled(total, perSecond * MILLIWATTS_PER_PICOJOULE_PER_SECOND);
  const busyShare = latency?.seconds === undefined ? undefined : latency.seconds * perSecond;
  const resting = Math.max(0, 1 - (busyShare ?? 0));
  const idleMw = sumOf(
    machine.components.flatMap(({ staticPower, count }) => {
      const power = staticPower?.idleMw ?? staticPower?.leakageMw;
      return power === undefined ? [] : [scaled(power, count * resting)];
    }),
  );
  const totalMw = sumOf([activeMw, idleMw]);
  return {
    perSecond,
    activeMw,
    idleMw,
    totalMw,
    busyShare,
    batteryHours:
      batteryMwh === undefined
        ? undefined
        : { lo: batteryMwh / totalMw.hi, mid: batteryMwh / totalMw.mid, hi: batteryMwh / totalMw.lo },
  };
}
