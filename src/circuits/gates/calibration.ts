/**
 * @file From toggles to picojoules by one constant per netlist, delay model and node: the one that makes the netlist's mean energy
 * on uniform random operands equal a published figure. There is no foundry library behind it, and every figure says so.
 */

import { fail } from "../../base/errors.ts";
import { Rng } from "../../base/rng.ts";
import { type Nanometres, nm, type Picojoules, pJ } from "../../base/units.ts";
import { netlistHash } from "../netlist/hash.ts";
import { dataInputs, type Netlist } from "../netlist/netlist.ts";
import { type Activity, cellWeights, type DelayModel, fanOutWeights, type Weights, weigh } from "./activity.ts";
import { GateEvaluator } from "./evaluator.ts";
import { type PublishedEnergy, publishedEnergies } from "./published-energies.ts";
import type { Stimulus } from "./stimulus.ts";

/** How much capacitance a net is taken to have. */
export const capacitances = { fanOut: fanOutWeights, cells: cellWeights } as const;

export type Capacitance = keyof typeof capacitances;

export interface Calibration {
  readonly netlist: string;
  readonly netlistHash: string;
  readonly delay: DelayModel;
  readonly capacitance: Capacitance;
  readonly node: Nanometres;
  /** The published energy, or what the constant was scaled from. */
  readonly source: string;
  readonly stimulus: string;
  /** Mean Σ c_n·toggles_n of one transition of the reference stimulus. */
  readonly unitsPerTransition: number;
  readonly picojoulesPerUnit: number;
  /** Relative spread of the same constant among the public figures. */
  readonly spread: number;
  readonly caveats: readonly string[];
}

/** Fitted to the four public 45 nm figures one by one, femtojoules per toggle differ by this much from their middle. */
export const SPREAD = 0.2;

const caveats = (delay: DelayModel): string[] => [
  "relative model, calibrated on public figures of single operations; no foundry library, no layout",
  "wires and clock tree enter only through the fitted constant; leakage, voltage and process do not enter",
  delay === "zero"
    ? "zero delay: glitches are not counted; multipliers really toggle up to some times more"
    : "unit delay: every gate takes the same time; real delays shift and filter glitches",
];

/** Uniform random operands on every input port, independent pairs, seed 1; one stream where there are flip-flops. */
export function referenceStimulus(netlist: Netlist, count = 2048): Stimulus {
  const rng = new Rng(1, "reference stimulus");
  const draw = (length: number) =>
    Object.fromEntries(
      dataInputs(netlist).map(({ name, nets }) => [
        name,
        nets.length <= 32
          ? Int32Array.from({ length }, () => rng.uint32())
          : BigInt64Array.from({ length }, () => (BigInt(rng.uint32()) << 32n) | BigInt(rng.uint32())),
      ]),
    );
  return netlist.flipFlops.length > 0
    ? { kind: "stream", count: count + 1, vectors: draw(count + 1) }
    : { kind: "pairs", count, before: draw(count), after: draw(count) };
}

export interface CalibrationOptions {
  delay: DelayModel;
  /** The operation that one transition of the netlist does. */
  published: PublishedEnergy;
  capacitance?: Capacitance;
}

/** Fits the constant. @throws FemtoError `calibration.idle` where the reference stimulus toggles nothing */
export async function calibrate(netlist: Netlist, options: CalibrationOptions): Promise<Calibration> {
  const { delay, published, capacitance = "fanOut" } = options;
  const stimulus = referenceStimulus(netlist);
  const evaluator = await GateEvaluator.compile(netlist, { delay });
  const activity = evaluator.run(stimulus);
  const unitsPerTransition = weigh(activity.toggles, capacitances[capacitance](netlist)) / activity.transitions;
  if (unitsPerTransition === 0) {
    fail({
      code: "calibration.idle",
      where: `netlist ${netlist.name}`,
      message: "the reference stimulus toggles nothing, so no constant can be fitted",
    });
  }
  const { energy, node, source } = publishedEnergies[published];
  return {
    netlist: netlist.name,
    netlistHash: netlistHash(netlist),
    delay,
    capacitance,
    node,
    source: `${published} = ${energy} pJ: ${source}`,
    stimulus: `uniform random operands, ${activity.transitions} transitions, seed 1`,
    unitsPerTransition,
    picojoulesPerUnit: energy / unitsPerTransition,
    spread: SPREAD,
    caveats: caveats(delay),
  };
}

/** Rough factors from 45 nm to smaller nodes, for netlists that match no published operation. */
export const nodeFactors: Readonly<Record<number, number>> = { 45: 1, 28: 0.5, 16: 0.3, 7: 0.12 };

/** Femtojoules per toggle at 45 nm, zero delay, cell outputs: middle of the fits to add8, add32, mul8 and mul32. */
export const FEMTOJOULES_PER_TOGGLE_45NM = 1.5;

/**
 * The constant for a netlist that does no published operation: 1.5 fJ per toggle at 45 nm. For zero-delay counts alone: glitches were not
 * counted when it was fitted.
 * @throws FemtoError `calibration.node`
 */
export function genericCalibration(netlist: Netlist, nodeNm = 45): Calibration {
  const factor = Object.hasOwn(nodeFactors, nodeNm) ? nodeFactors[nodeNm] : undefined;
  if (factor === undefined) {
    fail({
      code: "calibration.node",
      where: `netlist ${netlist.name}`,
      message: "no factor for this node",
      expected: Object.keys(nodeFactors).join(", "),
      got: `${nodeNm} nm`,
    });
  }
  return {
    netlist: netlist.name,
    netlistHash: netlistHash(netlist),
    delay: "zero",
    capacitance: "cells",
    node: nm(nodeNm),
    source: `${FEMTOJOULES_PER_TOGGLE_45NM} fJ per toggle at 45 nm (fits to 8- and 32-bit additions and multiplications of ${publishedEnergies["add8 45nm"].source})${factor === 1 ? "" : `, times ${factor} for ${nodeNm} nm, roughly`}`,
    stimulus: "other netlists, not on this one",
    unitsPerTransition: Number.NaN,
    picojoulesPerUnit: (FEMTOJOULES_PER_TOGGLE_45NM / 1000) * factor,
    spread: SPREAD,
    caveats: caveats("zero"),
  };
}

/** Energy of an activity, with what must be printed beside it. */
export interface GateEnergy {
  readonly total: Picojoules;
  readonly perTransition: Picojoules;
  readonly low: Picojoules;
  readonly high: Picojoules;
  /** Clock pins of the flip-flops, ungated: 6 units each, two clock changes per cycle. Not in the total. */
  readonly clock: Picojoules;
  readonly coverage: number;
  readonly calibration: Calibration;
}

/**
 * Prices an activity.
 * @param coverage share of the nets for which the activity is known; see `annotate`
 * @throws FemtoError `calibration.netlist`, `calibration.delay`
 */
export function energyOf(netlist: Netlist, activity: Activity, calibration: Calibration, coverage = 1): GateEnergy {
  const where = `netlist ${netlist.name}`;
  const hash = netlistHash(netlist);
  if (hash !== calibration.netlistHash) {
    fail({
      code: "calibration.netlist",
      where,
      message: "the constant was fitted on another netlist",
      expected: `${netlist.name} (${hash})`,
      got: `${calibration.netlist} (${calibration.netlistHash})`,
      hint: "calibrate this netlist",
    });
  }
  if (activity.delay !== calibration.delay) {
    fail({
      code: "calibration.delay",
      where,
      message: "counts of one delay model may not be priced by a constant of the other",
      expected: `${calibration.delay} delay`,
      got: `${activity.delay} delay`,
    });
  }
  const weights: Weights = capacitances[calibration.capacitance](netlist);
  const total = weigh(activity.toggles, weights) * calibration.picojoulesPerUnit;
  const clockUnits = 6 * 2 * netlist.flipFlops.length * activity.transitions;
  return {
    total: pJ(total),
    perTransition: pJ(total / activity.transitions),
    low: pJ(total * (1 - calibration.spread)),
    high: pJ(total * (1 + calibration.spread)),
    clock: pJ(clockUnits * calibration.picojoulesPerUnit),
    coverage,
    calibration,
  };
}
