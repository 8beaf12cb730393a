/** @file The row that a run is about: whose file is named at its end, and exported unless another row is asked for. */

import type { Report, ReportRow } from "./schema.ts";
import { methodRows } from "./uniform-curve.ts";

/** The first row of the method; the int8 network that restricted weights start from only where there is nothing else. */
export function mainRow(report: Pick<Report, "rows" | "weightSelection">): ReportRow | undefined {
  const own = methodRows(report);
  const isStart = ({ name, seed }: ReportRow) =>
    report.weightSelection?.rows.some((row) => row.method === "int8" && row.name === name && row.seed === seed) ===
    true;
  return own.find((row) => !isStart(row)) ?? own[0] ?? report.rows[0];
}
