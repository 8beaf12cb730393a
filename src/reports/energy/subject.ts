/** @file One model on one machine as a report states it, from its bill. */

import {
  type Bill,
  type BillRow,
  type Counts,
  causes,
  type Fit,
  type Footprint,
  findMapping,
  totalOf,
  type Usage,
  widthText,
} from "../../energy/index.ts";
import type { EnergyRow, EnergySubject } from "./schema.ts";

export interface SubjectParts {
  readonly model: { readonly name: string; readonly bits: string; readonly examples: number };
  readonly machine: EnergySubject["machine"];
  readonly counts: Counts;
  readonly bill: Bill;
  readonly footprint: Footprint;
  readonly fits: readonly Fit[];
  readonly bounds: EnergySubject["fits"];
  readonly usage: Usage | undefined;
  readonly warnings: readonly string[];
}

/** 45 nm, 32-bit float: 3.7 pJ for the product and 0.9 pJ for the sum (Horowitz, ISSCC 2014). */
const PICOJOULES_PER_MAC_IN_LITERATURE = 4.6;

export function energySubject(parts: SubjectParts): EnergySubject {
  const { model, machine, counts, bill, footprint, usage } = parts;
  const macs = totalOf(counts, "macs");
  const { latency } = bill;
  const perBit = new Set(bill.prices.filter(({ per }) => per === "bit").map(({ id }) => id));
  return {
    model: { ...model, nodes: counts.nodes.length + counts.unmodelled.length, macs },
    machine,
    mapping: { id: bill.mapping, title: findMapping(bill.mapping).title },
    activity: bill.activity ?? null,
    label: bill.label,
    total: bill.total,
    isComplete: bill.isComplete,
    byCause: mids(bill.byCause),
    deployment: bill.deployment,
    latency: latency === undefined ? null : { ...latency, seconds: latency.seconds ?? null },
    usage:
      usage === undefined
        ? null
        : { ...usage, busyShare: usage.busyShare ?? null, batteryHours: finite(usage.batteryHours) },
    footprint,
    fits: [
      ...parts.fits.map(({ what, memory, needsBytes, hasBytes, fits }) => {
        return { what, against: memory, needs: needsBytes, has: hasBytes, unit: "bytes", fits };
      }),
      ...parts.bounds,
    ],
    shortcut: {
      pJ: macs * PICOJOULES_PER_MAC_IN_LITERATURE,
      text: "4.6 pJ for each multiply-accumulate (45 nm, 32-bit float, no memory), the convention of many papers",
      label: "literature",
    },
    unmodelled: bill.unmodelled.map((kind) => ({ ...kind, ops: { ...kind.ops } })),
    rows: bill.rows.map((row) => rowOf(row, perBit)),
    prices: bill.prices.map(
      ({ id, energy, per, stated, nodeNm, voltage, scaled, source, rangeSource, note, place }) => ({
        id,
        energy,
        per,
        stated,
        technology: [nodeNm && `${nodeNm} nm`, voltage && `${voltage} V`].filter(Boolean).join(", "),
        scaled: scaled ?? null,
        source,
        rangeSource: rangeSource ?? null,
        note: note ?? null,
        place,
      }),
    ),
    warnings: [...parts.warnings, ...bill.warnings],
  };
}

function rowOf(row: BillRow, perBit: ReadonlySet<string>): EnergyRow {
  const moved = row.terms.filter(({ price }) => perBit.has(price));
  const bytes = moved.reduce((sum, { quantity }) => sum + quantity / 8, 0);
  return {
    name: row.layer,
    node: row.node,
    operator: row.operator,
    fused: [...row.fused],
    macs: row.macs,
    bits: { weight: widthText(row.weight), input: widthText(row.input) },
    energy: row.energy,
    byCause: mids(row.byCause),
    intensity: row.macs === 0 || bytes === 0 ? null : row.macs / bytes,
    timing:
      row.timing === undefined
        ? null
        : {
            cycles: row.timing.latencyCycles,
            utilisation: row.timing.utilisation ?? null,
            binding: row.timing.binding,
            busy: [...row.timing.busy],
          },
    choices: { ...row.choices },
    terms: row.terms.map(({ cause, energy, price, quantity, chain }) => {
      const { layer, count, rule, action, operands, scaling } = chain;
      return { node: layer, cause, energy, price, quantity, count, rule, action, operands, scaling };
    }),
  };
}

const mids = (byCause: Bill["byCause"]): Record<string, number> =>
  Object.fromEntries(causes.flatMap((cause) => (byCause[cause].mid === 0 ? [] : [[cause, byCause[cause].mid]])));

/** A battery that nothing drains lasts for ever, which JSON cannot say. */
const finite = (range: Range | undefined): Range | null =>
  range !== undefined && Number.isFinite(range.hi) ? range : null;

type Range = Bill["total"];
