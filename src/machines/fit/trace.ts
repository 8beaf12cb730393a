/** @file A power trace → energy per layer: samples of time and power, each marked with the layer that was running. */

import { fail } from "../../base/errors.ts";
import { amountIn, readTable, type Table } from "./csv.ts";

export interface TracedLayer {
  readonly layer: string;
  /** Mean of the runs of this layer in the trace. */
  readonly microjoules: number;
  readonly microseconds: number;
  readonly runs: number;
}

/** Multiples of a microsecond and of a milliwatt. */
const times: Readonly<Record<string, number>> = { time_s: 1e6, time_ms: 1e3, time_us: 1 };
const powers: Readonly<Record<string, number>> = { power_w: 1e3, power_mw: 1, power_uw: 1e-3 };

/**
 * Integrates a trace with the columns `time_s` (or ms, us), `power_mw` (or W, uW) and `layer`; an empty mark is time
 * between layers. A piece of time belongs to the layer at its beginning; power runs straight between samples.
 * @throws FemtoError `fit.csv`
 */
export function integrateTrace(text: string, origin = "trace.csv"): TracedLayer[] {
  const table = readTable(text, origin);
  const [time, perTime] = columnIn(table, times);
  const [power, perPower] = columnIn(table, powers);
  if (!table.columns.includes("layer")) {
    fail({
      code: "fit.csv",
      where: `${origin}:1`,
      message: "no column says which layer was running",
      expected: "layer",
    });
  }
  const samples = table.rows.map((row) => ({
    line: row.line,
    layer: row.cells.layer!,
    at: amountIn(table, row, time) * perTime,
    power: amountIn(table, row, power) * perPower,
  }));
  const sums = new Map<string, { nanojoules: number; microseconds: number; runs: number }>();
  samples.forEach(({ line, layer, at, power: milliwatts }, i) => {
    const next = samples[i + 1];
    if (next !== undefined && next.at <= at) {
      fail({
        code: "fit.csv",
        where: `${origin}:${line + 1} › ${time}`,
        message: "time does not advance",
        expected: "samples in the order of time",
      });
    }
    if (layer === "" || next === undefined) return;
    const sum = sums.get(layer) ?? { nanojoules: 0, microseconds: 0, runs: 0 };
    const span = next.at - at;
    sums.set(layer, {
      // 1 mW for 1 µs is 1 nJ
      nanojoules: sum.nanojoules + (span * (milliwatts + next.power)) / 2,
      microseconds: sum.microseconds + span,
      runs: sum.runs + (samples[i - 1]?.layer === layer ? 0 : 1),
    });
  });
  return [...sums].map(([layer, { nanojoules, microseconds, runs }]) => ({
    layer,
    microjoules: nanojoules / 1000 / runs,
    microseconds: microseconds / runs,
    runs,
  }));
}

function columnIn({ columns, origin }: Table, known: Readonly<Record<string, number>>): [string, number] {
  const name = Object.keys(known).find((entry) => columns.includes(entry));
  if (name !== undefined) return [name, known[name]!];
  return fail({
    code: "fit.csv",
    where: `${origin}:1`,
    message: "a column is missing, or its name does not say its unit",
    expected: Object.keys(known).join(" or "),
    got: columns.join(", "),
  });
}
