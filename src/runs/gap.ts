/**
 * @file How much of the gap between a transformer without MLPs and the dense one a weightless one closes, among rows that
 * saw the same number of tokens: (no MLP − weightless)/(no MLP − dense) of losses, the same of accuracies.
 */

import { isLoss, percentText, type ReportRow } from "../reports/index.ts";

/** Names by which rows belong together: `weightless, continued` is held against `dense, continued`. */
const ends = (name: string): { floor: string; ceiling: string } => {
  const comma = name.indexOf(",");
  const rest = comma >= 0 && name.includes("warm start") ? ", continued" : "";
  return { floor: `no MLP${rest}`, ceiling: `dense${rest}` };
};

export interface Gap {
  readonly floor: number;
  readonly ceiling: number;
  readonly value: number;
  /** 0 at the floor, 1 at the ceiling. */
  readonly share: number;
}

/** Of a row, where both ends are there. */
export function gapOf(rows: readonly ReportRow[], row: ReportRow): Gap | undefined {
  const names = ends(row.name);
  const [floor, ceiling] = [names.floor, names.ceiling].map(
    (name) => rows.find((other) => other.name === name)?.accuracy.value,
  );
  if (floor === undefined || ceiling === undefined || floor === ceiling) return undefined;
  const { value } = row.accuracy;
  return { floor, ceiling, value, share: (floor - value) / (floor - ceiling) };
}

export function gapSentences(rows: readonly ReportRow[]): string[] {
  return rows.flatMap((row) => {
    const gap = row.kind === "quweit" ? gapOf(rows, row) : undefined;
    if (gap === undefined) return [];
    const { floor, ceiling, value, share } = gap;
    const names = ends(row.name);
    const [by, unit] = isLoss(row.accuracy) ? [1, "nats"] : [100, "points"];
    const digits = isLoss(row.accuracy) ? 3 : 2;
    const text = (x: number) => (by * x).toFixed(digits);
    const apart = text(isLoss(row.accuracy) ? value - ceiling : ceiling - value);
    return [
      `${row.name}: ${percentText(share)} of the gap between "${names.floor}" (${text(floor)}) and "${names.ceiling}" (${text(ceiling)}), ${apart} ${unit} behind the latter; 0 multiplications in the place of the MLPs.`,
    ];
  });
}
