/** @file The energy of a multiply-accumulate by the weight it holds: 256 numbers for 8 bits. */

import { fail } from "../../base/errors.ts";
import type { Calibration } from "../gates/calibration.ts";

/** Where a table comes from; everything that a reader of a number must know. */
export interface TableOrigin {
  /** `behavioural`: Hamming distances; `zero`, `unit`: gates with that delay model; `measured`: read from a file. */
  readonly level: "behavioural" | "zero" | "unit" | "measured";
  readonly netlist?: string;
  readonly netlistHash?: string;
  readonly stimulus: string;
  /** What turned relative energies into picojoules. */
  readonly scale?: string;
}

export interface WeightTable {
  readonly weightBits: number;
  /** Mean energy of one transition with weight w at index w + 2^(weightBits − 1). */
  readonly energies: Float64Array;
  /** Relative until a calibration or a file gives it a scale. */
  readonly unit: "relative" | "pJ";
  readonly origin: TableOrigin;
}

/** Ē(w). @throws RangeError for a weight beyond the table */
export function energyAt({ weightBits, energies }: WeightTable, weight: number): number {
  const energy = energies[weight + 2 ** (weightBits - 1)];
  if (energy === undefined) throw new RangeError(`weight ${weight} is beyond ${weightBits} bits`);
  return energy;
}

/** Weights of the table, −2^(bits−1) … 2^(bits−1) − 1. */
export const tableWeights = ({ weightBits }: WeightTable): number[] =>
  Array.from({ length: 2 ** weightBits }, (_, index) => index - 2 ** (weightBits - 1));

export const meanEnergy = ({ energies }: WeightTable): number =>
  energies.reduce((sum, energy) => sum + energy, 0) / energies.length;

/**
 * The table in picojoules: times the one constant of its netlist and delay model.
 * @throws FemtoError `table.calibration` where the constant belongs to something else
 */
export function inPicojoules(table: WeightTable, calibration: Calibration): WeightTable {
  const { netlistHash, level } = table.origin;
  if (table.unit === "pJ") return table;
  if (netlistHash !== calibration.netlistHash || level !== calibration.delay) {
    fail({
      code: "table.calibration",
      where: `table of ${table.origin.netlist ?? table.origin.level}`,
      message: "the constant was fitted on another netlist or delay model",
      expected: `${netlistHash ?? "no netlist"}, ${level}`,
      got: `${calibration.netlistHash}, ${calibration.delay} delay`,
    });
  }
  const { picojoulesPerUnit, source, stimulus } = calibration;
  return {
    ...table,
    unit: "pJ",
    energies: table.energies.map((energy) => energy * picojoulesPerUnit),
    origin: { ...table.origin, scale: `${picojoulesPerUnit} pJ per unit, from ${source}; fitted on ${stimulus}` },
  };
}
