/**
 * @file Evaluation of one mapping: accesses of every memory, energy by cause, cycles with stalls and loading, and what
 * the time is bound by. Pure: plain data in, plain data out.
 */

import type { NestArchitecture } from "./architecture.ts";
import { checkCapacity } from "./capacity.ts";
import type { OperandName } from "./layer.ts";
import { checkMapping, type NestMapping, nestOf } from "./mapping.ts";
import type { Problem } from "./problem.ts";
import type { LoadingRule } from "./spare-width.ts";
import { computationOf, type NestTime, timeOf } from "./time.ts";
import { energyOf, type Traffic, trafficOf } from "./traffic.ts";
import { holdingsOf, transfersOf } from "./transfers.ts";

export interface NestEnergy {
  /** pJ. */
  readonly total: number;
  readonly mac: number;
  readonly byOperand: Readonly<Record<OperandName, number>>;
  /** Per memory of the architecture. */
  readonly byMemory: readonly number[];
}

export interface NestCost {
  readonly macs: number;
  readonly traffic: readonly Traffic[];
  readonly energy: NestEnergy;
  readonly time: NestTime;
  readonly utilisation: {
    /** Of the multipliers, while the loops run without a stall. */
    readonly spatial: number;
    /** Of the multipliers, from the first load to the last result. */
    readonly overall: number;
  };
}

export interface EvaluateOptions {
  /** How loading moves into the computation: as ZigZag 3 counts (the default), or never below what must come first. */
  readonly loading?: LoadingRule;
}

/**
 * @throws FemtoError `nest.mapping` for a mapping of other loops, `nest.capacity` where a memory is too small for it,
 * `nest.port` where data moves that no port moves
 */
export function evaluateNest(problem: Problem, mapping: NestMapping, { loading }: EvaluateOptions = {}): NestCost {
  checkMapping(problem, mapping);
  const nest = nestOf(problem, mapping);
  const exact = holdingsOf(problem, nest, "exact");
  checkCapacity(problem, exact);
  const traffic = trafficOf(problem, transfersOf(problem, nest, exact, "exact"));
  const time = timeOf(problem, computationOf(problem, nest, exact), loading);
  const { ideal, computing, total } = time.cycles;
  return {
    macs: problem.macs,
    traffic,
    energy: sumEnergy(traffic, problem.macs, problem.architecture),
    time,
    utilisation: { spatial: ideal / computing, overall: ideal / total },
  };
}

export function sumEnergy(traffic: readonly Traffic[], macs: number, architecture: NestArchitecture): NestEnergy {
  const mac = macs * architecture.array.macEnergy;
  const byOperand: Record<OperandName, number> = { output: 0, weight: 0, input: 0 };
  const byMemory = architecture.memories.map(() => 0);
  for (const row of traffic) {
    const energy = energyOf(row, architecture);
    byOperand[row.operand] += energy;
    byMemory[row.memory] = byMemory[row.memory]! + energy;
  }
  return { total: mac + byOperand.output + byOperand.weight + byOperand.input, mac, byOperand, byMemory };
}
