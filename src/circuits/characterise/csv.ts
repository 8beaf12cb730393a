/** @file Tables of weight energies as CSV: what a laboratory or another simulator measured, and what Femto writes. */

import { fail } from "../../base/errors.ts";
import { tableWeights, type WeightTable } from "./weight-table.ts";

/** Headers of the energy column and what unit they mean. */
const energyColumns: Readonly<Record<string, { unit: WeightTable["unit"]; factor: number }>> = {
  energy: { unit: "relative", factor: 1 },
  energy_fj: { unit: "pJ", factor: 1e-3 },
  energy_pj: { unit: "pJ", factor: 1 },
};

/** `weight,energy` or `weight,energy_pJ`, one line per weight in ascending order. */
export function writeWeightTable(table: WeightTable): string {
  const weights = tableWeights(table);
  const lines = weights.map((weight, index) => `${weight},${table.energies[index]}`);
  return [`weight,${table.unit === "pJ" ? "energy_pJ" : "energy"}`, ...lines, ""].join("\n");
}

/**
 * Reads a table: a header `weight,energy` (relative), `weight,energy_pJ` or `weight,energy_fJ`, then one line for each weight of `weightBits`
 * bits in any order; the most negative weight may be missing and then costs what its neighbour costs.
 * @throws FemtoError `table.csv` with the line
 */
export function readWeightTable(text: string, name: string, weightBits = 8): WeightTable {
  const bad = (line: number, message: string, expected?: string, got?: string): never =>
    fail({
      code: "table.csv",
      where: `${name} › line ${line}`,
      message,
      ...(expected && { expected }),
      ...(got !== undefined && { got }),
    });
  const lines = text.split(/\r?\n/);
  const [first = "", second = ""] = (lines[0] ?? "").split(",").map((cell) => cell.trim().toLowerCase());
  const column = Object.hasOwn(energyColumns, second) ? energyColumns[second]! : undefined;
  if (first !== "weight" || column === undefined) {
    return bad(
      1,
      "not the header of a weight table",
      "weight,energy or weight,energy_pJ or weight,energy_fJ",
      lines[0],
    );
  }
  const half = 2 ** (weightBits - 1);
  const energies = new Float64Array(2 * half).fill(Number.NaN);
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === "") continue;
    const cells = line.split(",").map((cell) => cell.trim());
    const [weight, energy] = cells.map(Number) as [number, number];
    if (cells.length !== 2 || cells.includes("") || !Number.isInteger(weight) || weight < -half || weight >= half) {
      return bad(index + 1, "not a weight and an energy", `an integer from ${-half} to ${half - 1}, a number`, line);
    }
    if (!Number.isFinite(energy) || energy < 0)
      return bad(index + 1, "not an energy", "a number not below 0", cells[1]);
    if (!Number.isNaN(energies[weight + half]))
      return bad(index + 1, "the weight was given before", undefined, cells[0]);
    energies[weight + half] = energy * column.factor;
  }
  if (Number.isNaN(energies[0])) energies[0] = energies[1]!;
  const missing = energies.findIndex((energy) => Number.isNaN(energy));
  if (missing >= 0) {
    const count = energies.filter((energy) => Number.isNaN(energy)).length;
    return bad(
      lines.length,
      "weights are missing",
      `${-half + 1} … ${half - 1}`,
      `${count} missing, the first ${missing - half}`,
    );
  }
  return { weightBits, energies, unit: column.unit, origin: { level: "measured", stimulus: `read from ${name}` } };
}
