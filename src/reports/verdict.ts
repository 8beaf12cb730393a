/** @file What a report comes to, in sentences: the comparison with uniform bits, and what the energy figures rest on. */

import { percentText, pointsText, ratioText, scoreText } from "./format.ts";
import type { Report, ReportRow } from "./schema.ts";
import { againstUniform, type CurveRow, methodRows, uniformRows } from "./uniform-curve.ts";
import type { SelectionRow, WeightSelection } from "./weight-selection/schema.ts";

type Judged = { readonly rows: readonly CurveRow[]; readonly weightSelection?: WeightSelection | undefined };

/**
 * One sentence a row of the method: above, on or below the uniform curve. Says so where it lies below. Restricted weights have
 * the energy of all 8-bit weights there: of them it says what they save of the switching.
 */
export function verdicts(report: Judged): string[] {
  if (report.weightSelection !== undefined) return switchingVerdicts(report.weightSelection);
  return methodRows(report).map((row) => {
    const found = againstUniform(report, row);
    const place = `${row.name}: ${scoreText(row.accuracy)} at ${ratioText(row.energy.relative)} of the 8-bit energy`;
    if (found === undefined) {
      const curve = uniformRows(report, row.seed);
      const isLess = row.energy.relative < (curve[0]?.energy.relative ?? 0);
      const end = isLess ? curve[0] : curve.at(-1);
      if (end === undefined) return `${place}; no uniform rows to compare with.`;
      const points = pointsText(row.accuracy.value - end.accuracy.value);
      const where = `${end.name} at ${ratioText(end.energy.relative)}`;
      return `${place}, ${isLess ? "less" : "more"} energy than any uniform row (${points} points against ${where}).`;
    }
    const { difference, noise, uniform } = found;
    const size = `${pointsText(difference)} points against ${percentText(uniform)} of the uniform curve`;
    const open = `the ${row.accuracy.examples} test examples leave ±${(100 * noise).toFixed(2)} open`;
    const side = Math.abs(difference) <= noise ? "not separable from" : difference > 0 ? "above" : "below";
    return `${place}, ${side} the uniform curve at equal energy (${size}; ${open}).`;
  });
}

function switchingVerdicts({ bases, rows }: WeightSelection): string[] {
  const isGated = (row: SelectionRow) => bases.find(({ id }) => id === row.basis)?.isZeroGated === true;
  const own = rows.filter(({ method }) => method !== "int8");
  const isMany = new Set(own.map(({ seed }) => seed)).size > 1;
  const labelOf = ({ name, seed }: SelectionRow) => (isMany ? `${name}, seed ${seed}` : name);
  return [...new Set(own.map(labelOf))].map((name) => {
    const mine = own.filter((row) => labelOf(row) === name);
    const [{ accuracy }] = mine as [SelectionRow];
    const savings = mine
      .toSorted((a, b) => Number(isGated(a)) - Number(isGated(b)))
      .map((row) => {
        const unit = isGated(row) ? "with zero-gating" : "without zero-gating";
        return `${percentText(row.saving)} ${unit} (ceiling ${percentText(row.ceiling)})`;
      });
    const points = pointsText(accuracy.value - accuracy.baseline);
    return `${name}: ${percentText(accuracy.value)} (${points} points to int8), saving ${savings.join(", ")} of the switching of multiply-accumulates.`;
  });
}

/** What the energies are and how much of them is arithmetic. */
export function energyNote({ machine }: Pick<Report, "machine">): string {
  const share = percentText(machine.computeShare);
  const unit = machine.unit.kind === "picojoules" ? "" : ` Energies are multiples of: ${machine.unit.label}.`;
  return `Energy is modelled for ${machine.title}; compute share a = ${share} of the energy at 8 bits.${unit}`;
}

/** What "≥" means here. */
export function boundNotes(rows: readonly ReportRow[]): string[] {
  const missing = rows.filter(({ energy }) => !energy.isComplete).flatMap(({ energy }) => energy.unmodelled);
  return missing.length === 0
    ? []
    : [
        `≥ marks a lower bound: some operators have no price (${[...new Set(missing)].join("; ")}). Shares of the 8-bit energy compare what has one.`,
      ];
}
