/** @file Time: cycles of a mapping with stalls and loading, and what they are bound by. */

import { doubleBuffered } from "./buffering.ts";
import { loadingOf } from "./loading.ts";
import type { Nest } from "./mapping.ts";
import { type PortLoad, portLoads } from "./ports.ts";
import type { Problem } from "./problem.ts";
import { type LoadingRule, loadingRules } from "./spare-width.ts";
import { portStall } from "./stalls.ts";
import { type Holding, holdingsOf, type Transfer, transfersOf } from "./transfers.ts";

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

/** The computation without the loading around it. */
export interface Computation {
  readonly computing: number;
  readonly stalled: number;
  readonly stalls: readonly number[];
  readonly loads: readonly PortLoad[];
  readonly holdings: readonly Holding[];
}

/** `exact`: the holdings in mean shares, by which room for second copies is judged. @throws FemtoError `nest.port` */
export function computationOf(problem: Problem, nest: Nest, exact: readonly Holding[]): Computation {
  const isDouble = doubleBuffered(problem, exact);
  const windowOf = ({ operand, level, move, period, window }: Transfer) => {
    const stage = move === "fill" || move === "drain" ? level + 1 : level;
    return isDouble[operand]![stage]! ? period : window;
  };
  const holdings = problem.isEven ? exact : holdingsOf(problem, nest, "whole");
  const loads = portLoads(problem, transfersOf(problem, nest, holdings, "whole"));
  const stalls = loads.map((load) => portStall(load, windowOf));
  return { computing: nest.cycles.at(-1)!, stalled: Math.max(0, ...stalls), stalls, loads, holdings };
}

export function timeOf(problem: Problem, computation: Computation, rule: LoadingRule = "zigzag"): NestTime {
  const { computing, stalled, stalls, loads, holdings } = computation;
  const { onloading, offloading } = loadingOf(problem, holdings, loads, computing + stalled, loadingRules[rule]);
  const ideal = Math.ceil(problem.macs / problem.multipliers);
  const total = computing + stalled + onloading + offloading;
  const ports = loads.map(({ memory, port }, index) => ({
    memory: problem.architecture.memories[memory]!.name,
    port: port.name,
    cycles: stalls[index]!,
  }));
  const worst = stalled > 0 ? ports.find(({ cycles }) => cycles === stalled) : undefined;
  return { cycles: { ideal, computing, stalled, onloading, offloading, total }, ports, binding: worst ?? "array" };
}
