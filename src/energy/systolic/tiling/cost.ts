/** @file Cost of a tiling: a weight for each factor of its traffic, worked out once for thousands of tilings. */

import type { TilingProblem } from "./tile.ts";
import { type TrafficFactors, tensorBits } from "./traffic.ts";

/** Cost of a bit that is read or written, in any unit. */
export interface BitCost {
  readonly read: number;
  readonly write: number;
}

export interface TrafficCost {
  readonly mainMemory: BitCost;
  /** Of each buffer, or of all. */
  readonly buffer: BitCost | Readonly<Record<"input" | "weight" | "output", BitCost>>;
}

export interface CostWeights extends Omit<TrafficFactors, "cycles"> {
  readonly fixed: number;
}

/** What one more of each factor costs. */
export function costWeights(problem: TilingProblem, { mainMemory, buffer }: TrafficCost): CostWeights {
  const { matrix, held } = tensorBits(problem);
  const of = "read" in buffer ? { input: buffer, weight: buffer, output: buffer } : buffer;
  const bothWays = of.output.read + of.output.write;
  return {
    inputLoads: held.input * (mainMemory.read + of.input.write),
    weightLoads: held.weight * (mainMemory.read + of.weight.write),
    spills: held.sums * (mainMemory.read + mainMemory.write + bothWays),
    inputReads: matrix.input * of.input.read,
    weightReads: matrix.weight * of.weight.read,
    visits: matrix.sums * bothWays,
    fixed:
      held.outputs * (mainMemory.write + of.output.read) + matrix.outputs * of.output.write - matrix.sums * bothWays,
  };
}

export const costOf = (weights: CostWeights, factors: TrafficFactors): number =>
  weights.fixed +
  weights.inputLoads * factors.inputLoads +
  weights.weightLoads * factors.weightLoads +
  weights.spills * factors.spills +
  weights.inputReads * factors.inputReads +
  weights.weightReads * factors.weightReads +
  weights.visits * factors.visits;
