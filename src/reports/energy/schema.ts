/** @file The schema of an energy report, `femto.energy/1`: what `femto energy` states, with the chain behind every figure. */

import { z } from "zod";
import { range } from "../schema.ts";

const term = z.object({
  /** The node that asks for it; of a fused row not always its first. */
  node: z.string(),
  cause: z.string(),
  energy: range,
  price: z.string(),
  quantity: z.number(),
  count: z.number(),
  rule: z.string(),
  action: z.string(),
  operands: z.string(),
  scaling: z.string(),
});

const timing = z.object({
  cycles: z.number(),
  utilisation: z.number().nullable(),
  /** What the latency is bound by. */
  binding: z.string(),
  busy: z.array(z.object({ unit: z.string(), cycles: z.number(), state: z.enum(["active", "stalled", "idle"]) })),
});

const row = z.object({
  name: z.string(),
  node: z.string(),
  operator: z.string(),
  /** Element-wise nodes done in the same go. */
  fused: z.array(z.string()),
  macs: z.number(),
  bits: z.object({ weight: z.string(), input: z.string() }),
  energy: range,
  byCause: z.record(z.string(), z.number()),
  /** Multiply-accumulates per byte that memories move for this row. */
  intensity: z.number().nullable(),
  timing: timing.nullable(),
  /** What the mapping chose. */
  choices: z.record(z.string(), z.union([z.string(), z.number()])),
  terms: z.array(term),
});

const price = z.object({
  id: z.string(),
  energy: range,
  per: z.string(),
  stated: z.string(),
  technology: z.string(),
  /** How it was brought to this node; null where it was quoted for it. */
  scaled: z.string().nullable(),
  source: z.string(),
  rangeSource: z.string().nullable(),
  note: z.string().nullable(),
  place: z.string(),
});

const fit = z.object({
  what: z.string(),
  /** The memory, or the bound that was asked for. */
  against: z.string(),
  needs: z.number(),
  has: z.number(),
  unit: z.string(),
  fits: z.boolean(),
});

/** One model on one machine. */
const subject = z.object({
  model: z.object({
    name: z.string(),
    nodes: z.number().int(),
    macs: z.number(),
    bits: z.string(),
    /** Examples in one run; all figures are of a run. */
    examples: z.number().int(),
  }),
  machine: z.object({
    name: z.string(),
    title: z.string(),
    nodeNm: z.number(),
    unit: z.object({ kind: z.enum(["picojoules", "relative"]), label: z.string() }),
    areaMm2: z.number().nullable(),
  }),
  /** Which rules map nodes to actions. */
  mapping: z.object({ id: z.string(), title: z.string() }),
  activity: z.object({ kind: z.enum(["measured", "assumed"]), text: z.string() }).nullable(),
  label: z.literal("modelled"),
  total: range,
  isComplete: z.boolean(),
  byCause: z.record(z.string(), z.number()),
  /** Paid once, at installation. */
  deployment: range,
  latency: z
    .object({
      cycles: z.number(),
      seconds: z.number().nullable(),
      utilisation: z.number(),
      /** Rows whose time the mapping does not count: the latency is of the others. */
      untimedRows: z.number().int(),
    })
    .nullable(),
  usage: z
    .object({
      perSecond: z.number(),
      activeMw: range,
      idleMw: range,
      totalMw: range,
      busyShare: z.number().nullable(),
      batteryHours: range.nullable(),
    })
    .nullable(),
  footprint: z.object({ storedBytes: z.number(), peakBytes: z.number(), peakAt: z.string() }),
  fits: z.array(fit),
  /** The popular figure of arithmetic alone; label: literature. */
  shortcut: z.object({ pJ: z.number(), text: z.string(), label: z.literal("literature") }),
  unmodelled: z.array(
    z.object({
      operator: z.string(),
      nodes: z.number().int(),
      reason: z.string(),
      ops: z.record(z.string(), z.number()),
    }),
  ),
  rows: z.array(row),
  prices: z.array(price),
  warnings: z.array(z.string()),
});

export const energyReportSchema = z.object({
  schema: z.literal("femto.energy/1"),
  command: z.string(),
  femto: z.string(),
  /** One, or two side by side. */
  subjects: z.array(subject).min(1),
  /** How often the order of the totals holds when prices vary over their ranges. */
  comparison: z.object({ ratio: z.number(), holds: z.number(), samples: z.number(), law: z.string() }).nullable(),
});

export type EnergyReport = z.output<typeof energyReportSchema>;
export type EnergySubject = EnergyReport["subjects"][number];
export type EnergyRow = EnergySubject["rows"][number];

export const energyReportJsonSchema = (): unknown => z.toJSONSchema(energyReportSchema);
