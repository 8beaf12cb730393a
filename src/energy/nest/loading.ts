/**
 * @file Loading: what must happen before the first multiply-accumulate and after the last one. Data that is moved once
 * only (one period) may also be moved while the array works, as far as its port has width to spare.
 * [source: Mei et al., DATE 2022; for the spare width see spare-width.ts]
 */

import type { Move } from "./architecture.ts";
import { type PortLoad, transferCycles } from "./ports.ts";
import type { Problem } from "./problem.ts";
import type { SpareWidth } from "./spare-width.ts";
import type { Holding, Transfer } from "./transfers.ts";

export interface Loading {
  readonly onloading: number;
  readonly offloading: number;
}

/** Cycles of one transfer before or after the computation, and whether both inputs go through its port. */
interface LinkEnd {
  readonly cycles: number;
  readonly isShared: boolean;
}

/** Per operand and level, by move. */
type LinkEnds = Partial<Record<Move, LinkEnd>>[][];

export function loadingOf(
  { operands }: Problem,
  holdings: readonly Holding[],
  loads: readonly PortLoad[],
  computation: number,
  lessSpare: SpareWidth,
): Loading {
  const ends: LinkEnds = operands.map(({ memories }) => memories.map(() => ({})));
  for (const load of loads) addLinkEnds(ends, operands, holdings, load, computation, lessSpare);
  const [a, b] = ends.filter((_, index) => !operands[index]!.isOutput).map(inputParts) as [Parts, Parts];
  const output = ends[operands.findIndex(({ isOutput }) => isOutput)]!;
  let offloading = 0;
  for (let level = 1; level < output.length; level++) {
    offloading += Math.max(output[level - 1]!.drain!.cycles, output[level]!.collect!.cycles);
  }
  return { onloading: Math.max(0, Math.min(inTurn(a, b), inTurn(b, a))), offloading: Math.max(0, offloading) };
}

/** The loading of one operand by what its links share with the other input: both ends, one end, or nothing. */
interface Parts {
  readonly shared: number;
  readonly half: number;
  readonly own: number;
}

function inputParts(levels: LinkEnds[number]): Parts {
  let [shared, half, own] = [0, 0, 0];
  for (let level = 1; level < levels.length; level++) {
    const [low, high] = [levels[level - 1]!.fill!, levels[level]!.feed!];
    const cycles = Math.max(low.cycles, high.cycles);
    if (low.isShared && high.isShared) shared += cycles;
    // of several links that share one end, the outermost counts, as in ZigZag
    else if (low.isShared || high.isShared) half = cycles;
    else own += cycles;
  }
  return { shared, half, own };
}

/** `first` goes through the shared links first; then the other follows while it goes on alone. */
const inTurn = (first: Parts, second: Parts): number =>
  first.shared + Math.max(second.shared + second.half + second.own, first.half + first.own);

/** The cycles of each transfer of a port outside of the computation. */
function addLinkEnds(
  ends: LinkEnds,
  operands: Problem["operands"],
  holdings: readonly Holding[],
  { port, isShared, transfers }: PortLoad,
  computation: number,
  lessSpare: SpareWidth,
): void {
  const once: Transfer[] = [];
  let busyBits = 0;
  for (const transfer of transfers) {
    const { operand, level, move } = transfer;
    // partial sums go back and forth during the computation alone
    if (operands[operand]!.isOutput && (move === "feed" || move === "fill")) continue;
    if (transfer.periods === 1) {
      once.push(transfer);
      continue;
    }
    ends[operand]![level]![move] = { cycles: transferCycles(transfer, port), isShared };
    busyBits += meanBits(transfer);
  }
  if (once.length === 0) return;
  const spare = Math.max(0, ((port.mostBits - busyBits) / port.mostBits) * computation);
  const whole = once.map((transfer) => transferCycles(transfer, port));
  const least = once.map(({ operand }) => firstCycles(holdings[operand]!, port.mostBits));
  const rest = lessSpare(whole, least, spare);
  for (const [index, { operand, level, move }] of once.entries()) {
    ends[operand]![level]![move] = { cycles: rest[index]!, isShared };
  }
}

/** Cycles for what the memory next to the array holds: without it nothing can begin, or end. */
const firstCycles = ({ elements, bits }: Holding, width: number): number =>
  Math.ceil((elements[1]! * bits[1]!) / width);

/** Whole bits per cycle that a transfer needs on average. */
const meanBits = ({ elements, bits, period }: Transfer): number => Math.floor((elements * bits) / period);
