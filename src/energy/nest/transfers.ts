/**
 * @file Transfers: what crosses each link between two memories, in how many periods, and when it may. Between two
 * memories an operand moves once per period of the lower one: as many elements as the lower one holds, in as many
 * steps as its loops take. [source: Mei et al., IEEE Trans. Computers 2021 and DATE 2022]
 */

import type { Move } from "./architecture.ts";
import type { Nest } from "./mapping.ts";
import { type Problem, type ProblemOperand, roundHalfEven, type Spread } from "./problem.ts";

export interface Transfer {
  /** Index in `problem.operands`. */
  readonly operand: number;
  /** The memory's place among those of the operand, 0 next to the array, and its index in the architecture. */
  readonly level: number;
  readonly memory: number;
  readonly move: Move;
  /** Bits of an element on this link. */
  readonly bits: number;
  /** Are they sums that are not finished? */
  readonly isPartial: boolean;
  /** Elements per period and instance. */
  readonly elements: number;
  /** Steps of a period, and periods in the layer. */
  readonly period: number;
  readonly periods: number;
  /** Steps in which the data may be replaced if the receiving memory has no room for a second copy. */
  readonly window: number;
}

/** An operand in its memories. Stage 0 is the array; stage s ≥ 1 is memory s − 1 of the operand. */
export interface Holding {
  /** Elements in one instance. */
  readonly elements: readonly number[];
  /** Bits of an element that leaves this stage upwards. */
  readonly bits: readonly number[];
  /** Steps for which the stage works with the data that it has. */
  readonly period: readonly number[];
  /** Product of the outermost loops of the stage that choose new elements, and of those that do not. */
  readonly renewed: readonly number[];
  readonly reused: readonly number[];
  /** Are sums still open when they arrive at the memory above the stage? */
  readonly isPartial: readonly boolean[];
}

function holdingOf(operand: ProblemOperand, spread: Spread, nest: Nest, index: number): Holding {
  const { held } = nest.operands[index]!;
  const stages = held.length + 1;
  const isPartial = operand.isOutput ? openSums(operand, spread, nest, held) : new Array<boolean>(stages).fill(false);
  const elements = [1];
  const period = [operand.isOutput ? 1 : reuseAtArray(operand, nest, held[0]!)];
  const renewed = [1];
  const reused = [1];
  for (let stage = 1; stage < stages; stage++) {
    const end = held[stage - 1]!;
    const start = stage === 1 ? 0 : held[stage - 2]!;
    const sizes = [...spread.inside[stage - 1]!];
    for (let k = 0; k < end; k++) sizes[nest.loops[k]!]! *= nest.sizes[k]!;
    elements.push(roundHalfEven(operand.elements(sizes)));
    period.push(nest.cycles[end]!);
    renewed.push(outermost(nest, start, end, operand.isRelevant));
    reused.push(outermost(nest, start, end, operand.isIrrelevant));
  }
  const bits = isPartial.map((open) => (open ? operand.partialBits : operand.bits));
  return { elements, bits, period, renewed, reused, isPartial };
}

/** An operand waits at the multipliers while the innermost loops ask for the same element. */
function reuseAtArray({ isIrrelevant }: ProblemOperand, { loops, sizes }: Nest, end: number): number {
  let steps = 1;
  for (let k = 0; k < end && isIrrelevant[loops[k]!]!; k++) steps *= sizes[k]!;
  return steps;
}

function outermost({ loops, sizes }: Nest, start: number, end: number, counts: readonly boolean[]): number {
  let product = 1;
  for (let k = end - 1; k >= start && counts[loops[k]!]!; k--) product *= sizes[k]!;
  return product;
}

/** A sum is open at the memory above stage s while a loop that adds to it runs there or further out. */
function openSums(operand: ProblemOperand, spread: Spread, nest: Nest, held: readonly number[]): boolean[] {
  const isOpen = new Array<boolean>(held.length + 1).fill(false);
  for (let stage = held.length; stage > 0; stage--) {
    const [start, end] = [stage === 1 ? 0 : held[stage - 2]!, held[stage - 1]!];
    let adds = spread.isSummed[stage]!;
    for (let k = start; k < end && !adds; k++) adds = operand.isIrrelevant[nest.loops[k]!]!;
    isOpen[stage - 1] = adds || isOpen[stage]!;
  }
  return isOpen;
}

/** Where the data of every operand lies, in mean shares of the array (`exact`, for energy) or whole places (for time). */
export function holdingsOf({ operands }: Problem, nest: Nest, share: Share): Holding[] {
  return operands.map((operand, index) => holdingOf(operand, operand[share], nest, index));
}

export type Share = "exact" | "whole";

/** All that moves. Nothing crosses above the last memory of an operand. */
export function transfersOf({ operands }: Problem, nest: Nest, holdings: readonly Holding[], share: Share): Transfer[] {
  const total = nest.cycles.at(-1)!;
  const transfers: Transfer[] = [];
  for (const [index, operand] of operands.entries()) {
    const { elements, bits, period, reused, isPartial } = holdings[index]!;
    const link = (level: number, move: Move, stage: number, count: number) =>
      transfers.push({
        operand: index,
        level,
        memory: operand.memories[level]!,
        move,
        bits: bits[stage]!,
        isPartial: isPartial[stage]!,
        elements: count,
        period: period[stage]!,
        periods: Math.floor(total / period[stage]!),
        window: Math.floor(period[stage]! / reused[stage]!),
      });
    const last = operand.memories.length - 1;
    for (let level = 0; level <= last; level++) {
      const below = elements[level]! * operand[share].fanout[level]!;
      const own = elements[level + 1]!;
      if (!operand.isOutput) {
        link(level, "feed", level, below);
        if (level < last) link(level, "fill", level + 1, own);
        continue;
      }
      link(level, "collect", level, below);
      if (isPartial[level]!) link(level, "feed", level, below);
      if (level === last) continue;
      link(level, "drain", level + 1, own);
      if (isPartial[level + 1]!) link(level, "fill", level + 1, own);
    }
  }
  return transfers;
}
