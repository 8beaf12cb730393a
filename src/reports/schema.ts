/** @file The report of a run, `femto.report/1`: what was run on what, one row a variant, every number with its label. */

import { z } from "zod";
import { weightSelectionSchema } from "./weight-selection/schema.ts";

/** Where a number comes from: computed by a model of hardware, measured on the artefact, or quoted from a paper. */
export const label = z.enum(["modelled", "measured", "literature"]);

export const range = z.object({ lo: z.number(), mid: z.number(), hi: z.number() });

export const causes = z.record(z.string(), z.number());

const layerRow = z.object({
  name: z.string(),
  operator: z.string(),
  mac: z.number(),
  bits: z.object({ weight: z.number(), input: z.number() }),
  pJ: z.number(),
  byCause: causes,
});

const accuracy = z.object({
  /** A share 0..1; of `nats per character` the loss, where less is better. */
  value: z.number(),
  /** `top-1`, `nats per character` */
  metric: z.string(),
  split: z.string(),
  examples: z.number().int(),
  label,
  /** Which file was evaluated, relative to the report. */
  artefact: z.string(),
});

const energy = z.object({
  pJ: z.number(),
  range,
  /** Relative to 8 bits everywhere on the same machine. */
  relative: z.number(),
  label,
  byCause: causes,
  /** False where an operator could not be priced: the total is a lower bound and printed with `≥`. */
  isComplete: z.boolean(),
  unmodelled: z.array(z.string()),
});

/** How an artefact compares with the integer reference on the whole split. */
const equivalence = z.object({
  artefact: z.string(),
  examples: z.number().int(),
  /** Examples with another predicted class. */
  argmaxDiffers: z.number().int(),
  /** Integer codes and accumulators compared, and how many differ. */
  codes: z.number().int(),
  codesDiffer: z.number().int(),
  accumulators: z.number().int(),
  accumulatorsDiffer: z.number().int(),
  verdict: z.enum(["bit-exact", "argmax-equal", "differs"]),
});

const row = z.object({
  name: z.string(),
  /** `float`, `uniform` or the method's id. */
  kind: z.string(),
  seed: z.number(),
  bytes: z.number().int(),
  accuracy,
  energy,
  layers: z.array(layerRow),
  equivalence: z.array(equivalence),
  /** Files of the row, relative to the report. */
  artefacts: z.record(z.string(), z.object({ path: z.string(), bytes: z.number().int(), sha256: z.string() })),
  /** Seconds in training steps. */
  stepSeconds: z.number(),
});

const price = z.object({
  /** `sram.read`, `multiplier.multiply.int8` */
  id: z.string(),
  /** In the machine's unit. */
  energy: range,
  per: z.enum(["operation", "bit", "event", "cycle"]),
  /** As the machine file states it: `10 pJ for 64 bits`. */
  stated: z.string(),
  source: z.string(),
  /** Where the range comes from; null where the source gives none. */
  rangeSource: z.string().nullable(),
  /** File and line. */
  place: z.string(),
});

/** What the method's paper states, quoted, with what does not fit together in it. Numbers of literature, never ours. */
const published = z.object({
  rows: z.array(
    z.object({
      experiment: z.string(),
      variant: z.string(),
      /** Share of right answers, 0..1. */
      accuracy: z.number().nullable(),
      /** Relative to uniform 8 bits, as the paper normalises it. */
      relative: z.number().nullable(),
      bits: z.object({ weight: z.number(), input: z.number() }).nullable(),
      /** Where in the paper. */
      place: z.string(),
    }),
  ),
  inconsistencies: z.array(z.string()),
});

export const reportSchema = z.object({
  schema: z.literal("femto.report/1"),
  command: z.string(),
  created: z.string(),
  seed: z.number(),
  environment: z.object({
    femto: z.string(),
    node: z.string(),
    onnxruntime: z.string(),
    threads: z.number().int(),
    platform: z.string(),
    /** Version of the table by which gradient lowerings were chosen. */
    lowerings: z.string(),
    sessionOptions: z.record(z.string(), z.unknown()),
  }),
  model: z.object({ name: z.string(), parameters: z.number().int(), macs: z.number(), sha256: z.string() }),
  data: z.object({
    name: z.string(),
    train: z.number().int(),
    test: z.number().int(),
    classes: z.number().int(),
    checksum: z.string(),
    notes: z.array(z.string()),
  }),
  machine: z.object({
    name: z.string(),
    title: z.string(),
    nodeNm: z.number().nullable(),
    /** Share of compute in the energy at 8 bits: a saving means little without it. */
    computeShare: z.number(),
    /** Picojoules; or multiples of some action, where the machine states ratios: `pJ` fields then hold those. */
    unit: z.object({ kind: z.enum(["picojoules", "relative"]), label: z.string() }),
    prices: z.array(price),
  }),
  method: z.object({
    id: z.string(),
    paper: z.string(),
    options: z.record(z.string(), z.unknown()),
    published: published.optional(),
  }),
  rows: z.array(row),
  /** Per-epoch history by row name. */
  history: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
  /** What the method concludes from its rows, in sentences. */
  findings: z.array(z.string()).optional(),
  warnings: z.array(z.string()),
  /** Restricted weights: what their multiply-accumulates switch. */
  weightSelection: weightSelectionSchema.optional(),
});

export type Report = z.output<typeof reportSchema>;
export type ReportRow = Report["rows"][number];
export type ReportLayer = ReportRow["layers"][number];
export type Equivalence = z.output<typeof equivalence>;
export type EnergyUnit = Report["machine"]["unit"];
export type Published = z.output<typeof published>;

/** The schema for readers in other languages. */
export const reportJsonSchema = (): unknown => z.toJSONSchema(reportSchema);
