/**
 * @file Loading: what must happen before the first multiply-accumulate and after the last one. Data that is moved once
 * only (one period) may also be moved while the array works, as far as its port has width to spare.
 * [source: Mei et al., DATE 2022; the use of spare width as in ZigZag 3]
 */

import type { Move } from "./architecture.ts";
import { type PortLoad, transferCycles } from "./ports.ts";
import type { Problem } from "./problem.ts";
import { lessSpare } from "./spare-width.ts";
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

export function loadingOf(
  problem: Problem,
  holdings: readonly Holding[],
  loads: readonly PortLoad[],
  computation: number,
): Loading {
  const found = new Map<string, LinkEnd>();
  for (const load of loads)
    for (const [key, move] of portLoading(problem, holdings, load, computation)) found.set(key, move);
  const inputs = problem.operands.flatMap((operand, index) => (operand.isOutput ? [] : [index]));
  const output = problem.operands.findIndex(({ isOutput }) => isOutput);
  const links = (operand: number, lower: Move, upper: Move) =>
    problem.operands[operand]!.memories.slice(1).map(
      (_, level) => [found.get(keyOf(operand, level, lower))!, found.get(keyOf(operand, level + 1, upper))!] as const,
    );
  const [a, b] = inputs.map((operand) => serialParts(links(operand, "fill", "feed"))) as [Parts, Parts];
  const offloading = links(output, "drain", "collect").reduce(
    (sum, [low, high]) => sum + Math.max(low.cycles, high.cycles),
    0,
  );
  return { onloading: Math.min(inTurn(a, b), inTurn(b, a)), offloading };
}

const keyOf = (operand: number, level: number, move: Move): string => `${operand}.${level}.${move}`;

/** The loading of one operand by what its links share with the other input: both ends, one end, or nothing. */
interface Parts {
  shared: number;
  half: number;
  own: number;
}

function serialParts(links: readonly (readonly [LinkEnd, LinkEnd])[]): Parts {
  const parts: Parts = { shared: 0, half: 0, own: 0 };
  for (const [low, high] of links) {
    const cycles = Math.max(low.cycles, high.cycles);
    if (low.isShared && high.isShared) parts.shared += cycles;
    else if (low.isShared || high.isShared) parts.half = cycles;
    else parts.own += cycles;
  }
  return parts;
}

/** `first` goes through the shared links first; then the other follows while it goes on alone. */
const inTurn = (first: Parts, second: Parts): number =>
  first.shared + Math.max(second.shared + second.half + second.own, first.half + first.own);

/** @yields the cycles of each transfer of a port outside of the computation */
function* portLoading(
  { operands }: Problem,
  holdings: readonly Holding[],
  { port, transfers }: PortLoad,
  computation: number,
): Generator<[string, LinkEnd]> {
  // partial sums go back and forth during the computation alone
  const outside = transfers.filter(
    ({ operand, move }) => !operands[operand]!.isOutput || move === "collect" || move === "drain",
  );
  const inputsServed = new Set(port.serves.map(({ operand }) => operand));
  const isShared = inputsServed.has("weight") && inputsServed.has("input");
  const key = ({ operand, level, move }: Transfer) => keyOf(operand, level, move);
  const repeated = outside.filter(({ periods }) => periods > 1);
  for (const transfer of repeated) yield [key(transfer), { cycles: transferCycles(transfer, port), isShared }];
  const once = outside.filter(({ periods }) => periods === 1);
  const busyBits = repeated.reduce((sum, transfer) => sum + meanBits(transfer), 0);
  const spare = Math.max(0, ((port.mostBits - busyBits) / port.mostBits) * computation);
  const least = once.map(({ operand }) => {
    const { elements, bits } = holdings[operand]!;
    return Math.ceil((elements[1]! * bits[1]!) / port.mostBits);
  });
  const rest = lessSpare(
    once.map((transfer) => transferCycles(transfer, port)),
    least,
    spare,
  );
  for (const [index, transfer] of once.entries()) yield [key(transfer), { cycles: rest[index]!, isShared }];
}

/** Whole bits per cycle that a transfer needs on average. */
const meanBits = ({ elements, bits, period }: Transfer): number => Math.floor((elements * bits) / period);
