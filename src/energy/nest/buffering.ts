/**
 * @file Double buffering: a memory with room for a second copy of what it gives away can be filled during the whole
 * period; without it, only after the last use of the data. [source: Mei et al., DATE 2022]
 */

import type { Problem } from "./problem.ts";
import type { Holding } from "./transfers.ts";

/**
 * Per operand and stage: is there room for a second copy? (Never in the array, stage 0.) What must be doubled of an
 * operand is its data less the loops that renew it piece by piece. Operands that share a memory claim its free part one
 * after the other, in the order of the layer.
 */
export function doubleBuffered({ operands, architecture }: Problem, holdings: readonly Holding[]): boolean[][] {
  const used = architecture.memories.map(() => 0);
  const claims = operands.map(({ memories }, index) => {
    const { elements, bits, renewed } = holdings[index]!;
    return memories.map((memory, level) => {
      const stage = level + 1;
      const claim =
        Math.floor((elements[stage]! * bits[stage]!) / renewed[stage]!) / architecture.memories[memory]!.sizeBits;
      used[memory] = used[memory]! + claim;
      return claim;
    });
  });
  return operands.map(({ memories }, index) => [
    false,
    ...memories.map((memory, level) => {
      if (used[memory]! <= 0.5) return true;
      const claim = claims[index]![level]!;
      if (claim > 1 - used[memory]!) return false;
      used[memory] = used[memory]! + claim;
      return true;
    }),
  ]);
}
