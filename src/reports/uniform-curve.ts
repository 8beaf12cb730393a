/** @file The question every report answers: does a row lie above the curve of uniform bit-widths at equal energy? */

import { wilson } from "./interval.ts";

/** What the comparison needs of a row. */
export interface CurveRow {
  readonly name: string;
  readonly kind: string;
  readonly seed: number;
  readonly accuracy: { readonly value: number; readonly metric: string; readonly examples: number };
  readonly energy: { readonly relative: number };
}

interface Rows<Row> {
  readonly rows: readonly Row[];
}

/** Uniform rows by rising energy: those of the same seed, or all where that seed has fewer than two. */
export function uniformRows<Row extends CurveRow>({ rows }: Rows<Row>, seed?: number): Row[] {
  const all = rows.filter(({ kind }) => kind === "uniform");
  const same = all.filter((row) => row.seed === seed);
  return (same.length >= 2 ? same : all).toSorted((a, b) => a.energy.relative - b.energy.relative);
}

/** Rows of the report's own method; float and uniform rows are what they are compared with. */
export const methodRows = <Row extends CurveRow>({ rows }: Rows<Row>): Row[] =>
  rows.filter(({ kind }) => kind !== "float" && kind !== "uniform");

export interface AgainstUniform {
  /** Accuracy of the uniform curve at the row's energy, linear between neighbours. */
  readonly uniform: number;
  /** Row minus curve. */
  readonly difference: number;
  /** Half the 95 % interval of the row's accuracy: smaller differences say nothing. */
  readonly noise: number;
}

/** `undefined` where the curve does not reach the row's energy. */
export function againstUniform(report: Rows<CurveRow>, row: CurveRow): AgainstUniform | undefined {
  const curve = uniformRows(report, row.seed);
  const at = row.energy.relative;
  const above = curve.findIndex(({ energy }) => energy.relative >= at);
  const high = curve[above];
  if (high === undefined) return undefined;
  const low = curve[above - 1];
  if (low === undefined && high.energy.relative > at) return undefined;
  const uniform = low === undefined ? high.accuracy.value : between(low, high, at);
  const { lo, hi } = wilson(row.accuracy.value, row.accuracy.examples);
  return { uniform, difference: row.accuracy.value - uniform, noise: (hi - lo) / 2 };
}

function between(low: CurveRow, high: CurveRow, at: number): number {
  const [a, b] = [low.energy.relative, high.energy.relative];
  const t = a === b ? 1 : (at - a) / (b - a);
  return low.accuracy.value + t * (high.accuracy.value - low.accuracy.value);
}
