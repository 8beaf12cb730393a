/** @file An energy report in a terminal: the total, where it goes, what it takes, and what is not in it. */

import { formatBytes } from "../../base/units.ts";
import { countText, energyText } from "../format.ts";
import type { EnergyReport, EnergyRow, EnergySubject } from "./schema.ts";
import { comparisonText, latencyText, runText } from "./text.ts";

export interface EnergyTerminalOptions {
  readonly bold?: (text: string) => string;
  readonly dim?: (text: string) => string;
  /** Rows to print, the dearest ones; the others are summed in one line. */
  readonly most?: number;
}

const plain = (text: string): string => text;

export function renderEnergyTerminal(report: EnergyReport, options: EnergyTerminalOptions = {}): string {
  const parts = report.subjects.map((subject) => subjectText(subject, options));
  if (report.comparison !== null) parts.push(comparisonText(report));
  return parts.join("\n\n");
}

function subjectText(subject: EnergySubject, { bold = plain, dim = plain, most = 30 }: EnergyTerminalOptions): string {
  const { model, machine, mapping, total, isComplete, latency, usage, shortcut } = subject;
  const { unit } = machine;
  const sum = `${isComplete ? "" : "≥ "}${energyText(total.mid, unit)}`;
  const spread =
    total.lo === total.hi ? "no range stated" : `${energyText(total.lo, unit)} to ${energyText(total.hi, unit)}`;
  const facts: (readonly [string, string])[] = [
    [
      "energy",
      `${bold(sum)} ${runText(model)} (${spread}), modelled${unit.kind === "relative" ? `, in multiples of ${unit.label}` : ""}`,
    ],
    ["machine", `${machine.title}${machine.areaMm2 === null ? "" : `, ${machine.areaMm2} mm²`}`],
    ["mapping", `${mapping.id}: ${mapping.title}`],
    ["bits", model.bits],
    [
      "activity",
      subject.activity === null
        ? "not given: nothing is skipped"
        : `${subject.activity.kind}: ${subject.activity.text}`,
    ],
    ["work", `${countText(model.macs)} multiply-accumulates, ${perMac(total.mid, model.macs, unit)}`],
    ...(latency === null
      ? []
      : [["latency", `${latencyText(latency)}, utilisation ${(100 * latency.utilisation).toFixed(1)} %`] as const]),
    ...(usage === null ? [] : [["power", usageText(usage)] as const]),
    ...subject.fits.map(
      ({ what, against, needs, has, unit: kind, fits }) =>
        [
          fits ? "fits" : "does not fit",
          `${what}: ${quantity(needs, kind)} of ${quantity(has, kind)} (${against})`,
        ] as const,
    ),
    ["literature", `${energyText(shortcut.pJ, { kind: "picojoules", label: "pJ" })} by ${shortcut.text}`],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    bold(`${model.name} on ${machine.name}`),
    ...facts.map(([name, text]) => `${dim(name.padEnd(width))}  ${text}`),
    "",
    table(subject, most, bold),
    ...subject.unmodelled.map(
      ({ operator, nodes, reason, ops }) => `not priced: ${nodes} × ${operator}: ${reason}${opsText(ops)}`,
    ),
    ...subject.warnings.map((text) => `warning: ${text}`),
  ].join("\n");
}

function table({ rows, byCause, total, machine }: EnergySubject, most: number, bold: (text: string) => string): string {
  const causes = Object.keys(byCause);
  const dear = new Set(rows.toSorted((a, b) => b.energy.mid - a.energy.mid).slice(0, most));
  const isTimed = rows.some(({ timing }) => timing !== null);
  const line = (name: string, row: Pick<EnergyRow, "byCause" | "energy" | "macs"> & Partial<EnergyRow>): string[] => [
    name,
    row.operator ?? "",
    row.bits === undefined || row.macs === 0 ? "" : `${short(row.bits.weight)}/${short(row.bits.input)}`,
    row.macs === 0 ? "" : countText(row.macs),
    ...causes.map((cause) => (row.byCause[cause] ? energyText(row.byCause[cause], machine.unit) : "")),
    energyText(row.energy.mid, machine.unit),
    `${((100 * row.energy.mid) / total.mid).toFixed(1)} %`,
    ...(isTimed ? [row.timing ? countText(Math.round(row.timing.cycles)) : "", row.timing?.binding ?? ""] : []),
  ];
  const head = [
    "layer",
    "operator",
    "bits w/a",
    "MACs",
    ...causes,
    "energy",
    "share",
    ...(isTimed ? ["cycles", "bound by"] : []),
  ];
  const rest = rows.filter((row) => !dear.has(row));
  const restEnergy = rest.reduce((sum, { energy }) => sum + energy.mid, 0);
  const body = rows
    .filter((row) => dear.has(row))
    .map((row) => line(row.fused.length > 0 ? `${row.name} + ${row.fused.length}` : row.name, row));
  const restLine = [
    `${rest.length} more`,
    "",
    "",
    "",
    ...causes.map(() => ""),
    energyText(restEnergy, machine.unit),
    `${((100 * restEnergy) / total.mid).toFixed(1)} %`,
    ...(isTimed ? ["", ""] : []),
  ];
  const sumLine = line("sum", { byCause, energy: total, macs: rows.reduce((sum, { macs }) => sum + macs, 0) });
  const cells = [head, ...body, ...(rest.length > 0 ? [restLine] : []), sumLine];
  const widths = head.map((_, i) => Math.max(...cells.map((row) => [...(row[i] ?? "")].length)));
  const left = new Set([0, 1, ...(isTimed ? [head.length - 1] : [])]);
  const text = cells.map((row) =>
    row
      .map((cell, i) => (left.has(i) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
  return [bold(text[0]!), ...text.slice(1, -1), bold(text.at(-1)!)].join("\n");
}

const short = (format: string): string => format.replace(/^int/, "");

const perMac = (energy: number, macs: number, unit: EnergySubject["machine"]["unit"]): string =>
  macs === 0
    ? "none"
    : `${Number((energy / macs).toPrecision(3))} ${unit.kind === "picojoules" ? "pJ" : unit.label} each, everything counted`;

const opsText = (ops: Readonly<Record<string, number>>): string => {
  const entries = Object.entries(ops).filter(([, count]) => count > 0);
  return entries.length === 0 ? "" : ` (${entries.map(([op, count]) => `${countText(count)} ${op}`).join(", ")})`;
};

const quantity = (value: number, unit: string): string =>
  unit === "bytes" ? formatBytes(value) : `${Number(value.toPrecision(3))} ${unit}`;

function usageText({
  perSecond,
  activeMw,
  idleMw,
  totalMw,
  busyShare,
  batteryHours,
}: NonNullable<EnergySubject["usage"]>): string {
  const mw = (value: number) => `${Number(value.toPrecision(3))} mW`;
  const battery =
    batteryHours === null
      ? ""
      : `, battery lasts ${hours(batteryHours.mid)} (${hours(batteryHours.lo)} to ${hours(batteryHours.hi)})`;
  const busy =
    busyShare === null
      ? ""
      : busyShare > 1
        ? ", more than the machine can do"
        : `, busy ${(100 * busyShare).toPrecision(3)} %`;
  return `${mw(totalMw.mid)} at ${perSecond} runs a second (runs ${mw(activeMw.mid)}, at rest ${mw(idleMw.mid)})${busy}${battery}`;
}

const hours = (value: number): string =>
  value >= 48 ? `${Number((value / 24).toPrecision(3))} days` : `${Number(value.toPrecision(3))} h`;
