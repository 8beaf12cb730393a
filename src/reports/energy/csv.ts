/** @file The rows of an energy report as CSV (RFC 4180): one line a row, one column a cause. */

import type { EnergyReport } from "./schema.ts";

export function renderCsv({ subjects }: EnergyReport): string {
  const causes = [...new Set(subjects.flatMap(({ byCause }) => Object.keys(byCause)))];
  const head = [
    "model",
    "machine",
    "layer",
    "operator",
    "fused",
    "macs",
    "weight_format",
    "input_format",
    ...causes.map((cause) => `${cause.replaceAll(" ", "_")}_energy`),
    "energy",
    "energy_low",
    "energy_high",
    "unit",
    "cycles",
    "utilisation",
    "binding",
  ];
  const lines = subjects.flatMap(({ model, machine, rows }) =>
    rows.map(({ name, operator, fused, macs, bits, byCause, energy, timing }) => [
      model.name,
      machine.name,
      name,
      operator,
      fused.join(" "),
      macs,
      bits.weight,
      bits.input,
      ...causes.map((cause) => byCause[cause] ?? 0),
      energy.mid,
      energy.lo,
      energy.hi,
      machine.unit.label,
      timing?.cycles ?? "",
      timing?.utilisation ?? "",
      timing?.binding ?? "",
    ]),
  );
  return [head, ...lines].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

const cell = (value: string | number): string =>
  typeof value === "string" && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : `${value}`;
