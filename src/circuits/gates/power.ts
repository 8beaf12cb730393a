/** @file What a netlist takes under a stimulus, said with everything that keeps the figure from being mistaken for a measurement. */

import { fail } from "../../base/errors.ts";
import { formatEnergy } from "../../base/units.ts";
import type { Netlist } from "../netlist/netlist.ts";
import { type Activity, cellWeights, type DelayModel, weigh } from "./activity.ts";
import { type Capacitance, calibrate, energyOf, type GateEnergy, genericCalibration } from "./calibration.ts";
import { GateEvaluator } from "./evaluator.ts";
import type { PublishedEnergy } from "./published-energies.ts";
import { type Stimulus, transitionsOf } from "./stimulus.ts";

/** With fewer transitions an average says little. */
export const FEWEST_TRANSITIONS = 1000;

export interface PowerOptions {
  /** The operation that one transition does; without one, 1.5 fJ per toggle at zero delay and no figure for unit delay. */
  published?: PublishedEnergy;
  capacitance?: Capacitance;
  /** For netlists that do no published operation. */
  nodeNm?: number;
}

export interface PowerReport {
  readonly zero: GateEnergy;
  readonly unit: GateEnergy | undefined;
  /** Output toggles with glitches over those without. */
  readonly glitchFactor: number;
  readonly transitions: number;
  readonly warnings: readonly string[];
}

/** Runs both delay models and prices each by its own constant. */
export async function powerReport(
  netlist: Netlist,
  stimulus: Stimulus,
  options: PowerOptions = {},
): Promise<PowerReport> {
  const run = async (delay: DelayModel) => (await GateEvaluator.compile(netlist, { delay })).run(stimulus);
  const [zero, unit] = [await run("zero"), await run("unit")];
  const weights = cellWeights(netlist);
  const transitions = transitionsOf(stimulus);
  const [settled, all] = [zero, unit].map(({ toggles }) => weigh(toggles, weights)) as [number, number];
  return {
    zero: await energyOfActivity(netlist, zero, options),
    unit: options.published === undefined ? undefined : await energyOfActivity(netlist, unit, options),
    // Where nothing toggles, nothing glitches.
    glitchFactor: all === settled ? 1 : all / settled,
    transitions,
    warnings: tooFew(transitions),
  };
}

/** What must be said of an average over so many transitions. */
export const tooFew = (transitions: number): string[] =>
  transitions < FEWEST_TRANSITIONS
    ? [`only ${transitions} transitions; at least ${FEWEST_TRANSITIONS} are needed for an average that means something`]
    : [];

/**
 * Prices counts, simulated here or read from a record, by the constant of their own delay model.
 * @param coverage share of the nets that the counts are of
 * @throws FemtoError `power.generic` for counts with glitches and no published operation
 */
export async function energyOfActivity(
  netlist: Netlist,
  activity: Activity,
  { published, capacitance, nodeNm }: PowerOptions = {},
  coverage = 1,
): Promise<GateEnergy> {
  const { delay } = activity;
  if (published !== undefined) {
    const calibration = await calibrate(netlist, { delay, published, ...(capacitance && { capacitance }) });
    return energyOf(netlist, activity, calibration, coverage);
  }
  if (delay === "unit") {
    fail({
      code: "power.generic",
      where: `netlist ${netlist.name}`,
      message: "counts with glitches have no constant of their own",
      expected: "the published operation that the netlist does, or counts of settled values",
    });
  }
  return energyOf(netlist, activity, genericCalibration(netlist, nodeNm), coverage);
}

/** The lines that stand wherever a figure of gate-level energy is shown. */
export function energyLines(energy: GateEnergy): string[] {
  const { perTransition, total, low, high, clock, coverage, calibration } = energy;
  const { node, delay, capacitance, source, stimulus, netlist, netlistHash, caveats } = calibration;
  const share = (part: number) => formatEnergy((perTransition * (part / total || 0)) as typeof perTransition);
  return [
    `${delay} delay: ${formatEnergy(perTransition)} per transition (${share(low)} to ${share(high)}) at ${node} nm, modelled`,
    `  netlist ${netlist} (${netlistHash}), capacitance by ${capacitance === "fanOut" ? "fan-out" : "cell outputs"}, ${(100 * coverage).toFixed(1)} % of nets with activity`,
    `  constant from ${source}; fitted on ${stimulus}`,
    ...(clock > 0
      ? [`  clock pins, ungated, not in the figure: ${formatEnergy(clock)} in all against ${formatEnergy(total)}`]
      : []),
    ...caveats.map((caveat) => `  ${caveat}`),
  ];
}

/** Both delay models, one under the other. */
export function powerLines({ zero, unit, glitchFactor, transitions, warnings }: PowerReport): string[] {
  return [
    `${transitions} transitions; toggles with glitches are ${glitchFactor.toFixed(2)} times those without`,
    ...energyLines(zero),
    ...(unit === undefined
      ? ["unit delay: no figure, because the generic constant was fitted on counts without glitches"]
      : energyLines(unit)),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}
