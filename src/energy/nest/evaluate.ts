/**
 * @file Evaluation of one mapping: accesses of every memory, energy by cause, cycles with stalls and loading, and what
 * the time is bound by. Pure: plain data in, plain data out.
 */

import type { NestArchitecture } from "./architecture.ts";
import { doubleBuffered } from "./buffering.ts";
import type { OperandName } from "./layer.ts";
import { loadingOf } from "./loading.ts";
import { checkMapping, type Nest, type NestMapping, nestOf } from "./mapping.ts";
import { portLoads } from "./ports.ts";
import type { Problem } from "./problem.ts";
import { portStall } from "./stalls.ts";
import { energyOf, type Traffic, trafficOf } from "./traffic.ts";
import { type Movement, movementOf, type Transfer } from "./transfers.ts";

export interface NestCycles {
  /** MACs over multipliers. */
  readonly ideal: number;
  /** Steps of the loops in time: more than ideal where the array is not full. */
  readonly computing: number;
  readonly stalled: number;
  readonly onloading: number;
  readonly offloading: number;
  readonly total: number;
}

/** The stall of a port; slack where it is negative. */
export interface PortStall {
  readonly memory: string;
  readonly port: string;
  readonly cycles: number;
}

export interface NestTime {
  readonly cycles: NestCycles;
  readonly ports: readonly PortStall[];
  /** `array`: every multiplier that is laid out works in every cycle. Otherwise the port that stops them longest. */
  readonly binding: "array" | PortStall;
}

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

/** @throws FemtoError `nest.mapping` for a mapping that does not fit, `nest.port` where data moves that no port moves */
export function evaluateNest(problem: Problem, mapping: NestMapping): NestCost {
  checkMapping(problem, mapping);
  const nest = nestOf(problem, mapping);
  const exact = movementOf(problem, nest, "exact");
  const traffic = trafficOf(problem, exact.transfers);
  const time = timeOf(problem, nest, exact);
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

/** @throws FemtoError `nest.port` */
export function timeOf(problem: Problem, nest: Nest, exact: Movement): NestTime {
  const whole = movementOf(problem, nest, "whole");
  const isDouble = doubleBuffered(problem, exact.holdings);
  const windowOf = ({ operand, level, move, period, window }: Transfer) => {
    const stage = move === "fill" || move === "drain" ? level + 1 : level;
    return isDouble[operand]![stage]! ? period : window;
  };
  const loads = portLoads(problem, whole.transfers);
  const ports = loads.map((load) => ({
    memory: problem.architecture.memories[load.memory]!.name,
    port: load.port.name,
    cycles: portStall(load, windowOf),
  }));
  const worst = ports.reduce<PortStall | undefined>(
    (most, own) => (own.cycles > (most?.cycles ?? 0) ? own : most),
    undefined,
  );
  const stalled = worst?.cycles ?? 0;
  const computing = nest.cycles.at(-1)!;
  const { onloading, offloading } = loadingOf(problem, whole.holdings, loads, computing + stalled);
  const ideal = Math.ceil(problem.macs / problem.multipliers);
  const total = computing + stalled + onloading + offloading;
  return { cycles: { ideal, computing, stalled, onloading, offloading, total }, ports, binding: worst ?? "array" };
}
