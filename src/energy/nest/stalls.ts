/**
 * @file Stalls: a transfer that needs more cycles than its window has stops the array; one that needs fewer leaves slack,
 * which other transfers of the same port can use where the windows do not overlap. Ports work side by side, so the
 * worst port decides. [source: Mei et al., DATE 2022]
 */

import { type PortLoad, transferCycles } from "./ports.ts";
import type { Transfer } from "./transfers.ts";

/** Cycles per period in which a transfer may happen: all of them if its memory holds a second copy. */
export type WindowOf = (transfer: Transfer) => number;

/** Stall of one port over the whole layer; a negative figure is slack. */
export function portStall({ port, transfers }: PortLoad, windowOf: WindowOf): number {
  const loads = transfers.map((transfer) => {
    const window = windowOf(transfer);
    // the first period is loaded before the computation starts
    const repeats = transfer.periods - 1;
    return { transfer, window, open: window * repeats, stall: (transferCycles(transfer, port) - window) * repeats };
  });
  if (loads.length === 1) return loads[0]!.stall;
  const sum = (of: (load: (typeof loads)[number]) => number) => loads.reduce((total, load) => total + of(load), 0);
  const late = sum(({ stall }) => Math.max(0, stall));
  const early = sum(({ stall }) => Math.min(0, stall));
  return late + Math.max(0, early + sum(({ open }) => open) - unionOfWindows(loads));
}

interface Windowed {
  readonly transfer: Transfer;
  readonly window: number;
}

/** Cycles of the layer in which at least one window is open; each opens at the start of its period. */
function unionOfWindows(loads: readonly Windowed[]): number {
  const always = loads.find(({ transfer, window }) => transfer.period === window);
  if (always !== undefined) return always.transfer.period * always.transfer.periods;
  // Periods are products of inner loops of one order, so each divides the next longer one.
  const sorted = [...loads].sort((a, b) => a.transfer.period - b.transfer.period);
  const longest = sorted.at(-1)!.transfer;
  return (longest.period - closed(sorted, sorted.length, longest.period)) * longest.periods;
}

/** Cycles among the first `span` in which the windows of the `count` shortest periods are all closed. */
function closed(sorted: readonly Windowed[], count: number, span: number): number {
  if (count === 0) return span;
  const { transfer, window } = sorted[count - 1]!;
  const { period } = transfer;
  const shut = (length: number) =>
    closed(sorted, count - 1, length) - closed(sorted, count - 1, Math.min(length, window));
  return Math.floor(span / period) * shut(period) + shut(span % period);
}
