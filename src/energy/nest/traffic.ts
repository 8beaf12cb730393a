/** @file Traffic: transfers of the whole layer in the units that memories are billed in. */

import { isWrite, type Move, type NestArchitecture } from "./architecture.ts";
import type { OperandName } from "./layer.ts";
import { portOf } from "./ports.ts";
import type { Problem } from "./problem.ts";
import type { Transfer } from "./transfers.ts";

/** All accesses of one memory for one operand and one purpose. */
export interface Traffic {
  /** Index of `architecture.memories`. */
  readonly memory: number;
  /** Place of the memory among those of the operand, 0 next to the array. */
  readonly level: number;
  readonly operand: OperandName;
  readonly move: Move;
  /** Bits of an element. */
  readonly bits: number;
  /** Sums that are not finished, which come back. */
  readonly isPartial: boolean;
  /** Elements moved, over all instances. */
  readonly elements: number;
  /** Accesses of the smallest width, over all instances, and that width. */
  readonly granules: number;
  readonly granuleBits: number;
  /** Width that the price of an access is stated for. */
  readonly widthBits: number;
}

/** granules = ⌈elements·bits / granule⌉ · periods · instances. @throws FemtoError `nest.port` */
export function trafficOf(problem: Problem, transfers: readonly Transfer[]): Traffic[] {
  return transfers.map((transfer) => {
    const { operand: index, level, memory, move, bits, isPartial, elements, periods } = transfer;
    const { operand, exact } = problem.operands[index]!;
    const { leastBits, mostBits } = portOf(problem, transfer);
    const times = periods * exact.instances[level + 1]!;
    return {
      memory,
      level,
      operand,
      move,
      bits,
      isPartial,
      elements: elements * times,
      granules: Math.ceil((elements * bits) / leastBits) * times,
      granuleBits: leastBits,
      widthBits: mostBits,
    };
  });
}

/** Accesses of the full width. */
export const accessesOf = ({ granules, granuleBits, widthBits }: Traffic): number =>
  (granules * granuleBits) / widthBits;

/** pJ that a row of traffic costs. */
export function energyOf(traffic: Traffic, { memories }: NestArchitecture): number {
  const { readEnergy, writeEnergy } = memories[traffic.memory]!;
  return accessesOf(traffic) * (isWrite(traffic.move) ? writeEnergy : readEnergy);
}
