/** @file Capacity: does each memory hold what a mapping puts there? */

import { fail } from "../../base/errors.ts";
import type { Problem } from "./problem.ts";
import type { Holding } from "./transfers.ts";

/** @throws FemtoError `nest.capacity` with the memory that is too small, and by how much */
export function checkCapacity({ layer, architecture, operands }: Problem, holdings: readonly Holding[]): void {
  for (const [index, { name, sizeBits }] of architecture.memories.entries()) {
    const shares = operands.flatMap(({ operand, memories, bits, partialBits }, i) => {
      const stage = memories.indexOf(index) + 1;
      if (stage === 0) return [];
      const { elements, isPartial } = holdings[i]!;
      // elements are rounded to whole ones
      return [{ operand, bits: Math.max(0, elements[stage]! - 0.5) * (isPartial[stage - 1]! ? partialBits : bits) }];
    });
    const used = shares.reduce((sum, share) => sum + share.bits, 0);
    if (used <= sizeBits) continue;
    fail({
      code: "nest.capacity",
      where: `layer ${layer.name} on ${architecture.name}`,
      message: `${name} is too small for the mapping`,
      expected: `at most ${sizeBits} bits`,
      got: `${Math.ceil(used)} bits, ${Math.ceil(used) - sizeBits} too many (${shares.map((share) => `${share.operand} ${Math.ceil(share.bits)}`).join(", ")})`,
      hint: "cut the loops further in, so that less is held",
    });
  }
}
