/**
 * @file Placing loops: given an order of the loops, how many of them each memory holds. From the array outwards each
 * memory takes, of each operand, as many of the remaining inner loops as leave the least traffic to the memory above
 * and fit together. [source: LOMA, Symons et al., AICAS 2021]
 */

import type { NestMemory } from "./architecture.ts";
import type { OperandName } from "./layer.ts";
import type { Problem, ProblemOperand } from "./problem.ts";

/** What a memory lacks to hold what the memories below it work on. */
export interface Shortage {
  readonly memory: string;
  readonly operands: readonly OperandName[];
  readonly neededBits: number;
  readonly sizeBits: number;
}

/** Cuts of each operand of the problem, or why there are none. */
export type Placed = { readonly cuts: readonly (readonly number[])[] } | { readonly shortage: Shortage };

/** An operand on its way out: how many loops of the order it has taken, and the sizes they reach. */
interface Progress {
  readonly operand: ProblemOperand;
  readonly index: number;
  readonly cuts: number[];
}

/** `loops` (indices of the layer's) and their `sizes`, innermost first. */
export function placeLoops(
  { architecture, operands }: Problem,
  loops: readonly number[],
  sizes: readonly number[],
): Placed {
  const all = operands.map((operand, index): Progress => ({ operand, index, cuts: [] }));
  for (const memory of architecture.memories) {
    const own = memory.operands.flatMap((name) => all.filter(({ operand }) => operand.operand === name));
    const claims = own.map((progress) => claimsOf(progress, loops, sizes));
    const choice = leastTraffic(claims, memory.sizeBits);
    if (choice === undefined) return { shortage: shortageOf(memory, own, claims) };
    for (const [i, { cuts }] of own.entries()) cuts.push(claims[i]![choice[i]!]!.cut);
  }
  return { cuts: all.map(({ cuts }) => cuts) };
}

/** One way for an operand to take a share of a memory. */
interface Claim {
  readonly cut: number;
  readonly bits: number;
  /** Bits from and to the memory above. */
  readonly traffic: number;
}

/** Every number of loops that the operand could take; in its last memory it must take them all. */
function claimsOf({ operand, cuts }: Progress, loops: readonly number[], sizes: readonly number[]): Claim[] {
  const stage = cuts.length + 1;
  const start = cuts.at(-1) ?? 0;
  const isLast = stage === operand.memories.length;
  const reached = [...operand.exact.inside[stage - 1]!];
  for (let k = 0; k < start; k++) reached[loops[k]!]! *= sizes[k]!;
  const isOpen =
    operand.isOutput &&
    (operand.exact.isSummed.slice(stage).some(Boolean) ||
      loops.slice(start).some((loop) => operand.isIrrelevant[loop]!));
  const width = isOpen ? operand.partialBits : operand.bits;
  let repeats = 1;
  for (let k = start; k < loops.length; k++) repeats *= sizes[k]!;
  const claims: Claim[] = [];
  for (let cut = start; ; cut++) {
    const bits = operand.elements(reached) * width;
    if (!isLast || cut === loops.length) claims.push({ cut, bits, traffic: isLast ? 0 : repeats * bits });
    if (cut === loops.length) return claims;
    repeats /= sizes[cut]!;
    reached[loops[cut]!]! *= sizes[cut]!;
  }
}

/** The claim of each operand that together fit and move least; of equals the one that takes more loops. */
function leastTraffic(claims: readonly (readonly Claim[])[], sizeBits: number): number[] | undefined {
  let best: { choice: number[]; traffic: number } | undefined;
  const visit = (operand: number, choice: readonly number[], bits: number, traffic: number): void => {
    if (operand === claims.length) {
      if (best === undefined || traffic <= best.traffic) best = { choice: [...choice], traffic };
      return;
    }
    for (const [i, claim] of claims[operand]!.entries()) {
      // more loops never need fewer bits
      if (bits + claim.bits > sizeBits) return;
      visit(operand + 1, [...choice, i], bits + claim.bits, traffic + claim.traffic);
    }
  };
  visit(0, [], 0, 0);
  return (best as { choice: number[] } | undefined)?.choice;
}

const shortageOf = (memory: NestMemory, own: readonly Progress[], claims: readonly (readonly Claim[])[]): Shortage => ({
  memory: memory.name,
  operands: own.map(({ operand }) => operand.operand),
  neededBits: claims.reduce((sum, [least]) => sum + least!.bits, 0),
  sizeBits: memory.sizeBits,
});
