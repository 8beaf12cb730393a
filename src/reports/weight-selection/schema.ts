/**
 * @file What a report says of restricted weights (`weightSelection` of `femto.report/1`): savings beside their ceilings, and of each
 * layer what its weights cost, which it may have, which it has, and where on the array the energy goes.
 */

import { z } from "zod";
import { weightStorage } from "./storage.ts";
import { selectionTiming } from "./timing.ts";

/** `int8` is the baseline, `magnitude` pruning of small weights; the last two are ablations of LWS. */
export const selectionMethod = z.enum(["int8", "lws", "powerpruning", "magnitude", "energy-only", "loss-only"]);

/**
 * What figures must share to stand in one column: unit with its gating, delay model, scale, array. Gated and ungated units are
 * different netlists, so they are different bases.
 */
const basis = z.object({
  /** By which rows name it. */
  id: z.string(),
  netlist: z.string(),
  netlistHash: z.string(),
  /** A weight of zero holds the arithmetic still and lets the partial sum pass. */
  isZeroGated: z.boolean(),
  /** Elements of partial tiles that hold no weight cost nothing; else Ē(0). */
  areIdleGated: z.boolean(),
  /** `behavioural`: Hamming distances; `zero`, `unit`: gates with that delay model; `measured`: a table from a file. */
  delay: z.enum(["behavioural", "zero", "unit", "measured"]),
  array: z.object({
    rows: z.number().int().positive(),
    columns: z.number().int().positive(),
    activationBits: z.number().int(),
    weightBits: z.number().int().min(2).max(10),
    accumulatorBits: z.number().int(),
  }),
  /** What turned toggles into femtojoules, and what must be known of it. */
  scale: z.object({
    nodeNm: z.number().nullable(),
    /** The published energy that the constant was fitted to, or the file of a measured table. */
    source: z.string(),
    /** On what the constant was fitted. */
    stimulus: z.string(),
    /** Relative spread of the constant among public figures: 0.2. */
    spread: z.number().nullable(),
    caveats: z.array(z.string()),
  }),
  /** What passed through the units when their tables were made. */
  stimulus: z.string(),
});

/** One number for each weight, at index w + 2^(bits − 1). */
const byWeight = z.array(z.number().min(0));

/** One figure for the baseline, one for the row. */
const both = z.object({ before: z.number().min(0), after: z.number().min(0) });

/** Row r of the array, column c at index r·columns + c; pJ per inference, all tiles of the layer together. */
const heat = z.array(z.number().min(0));

const layer = z.object({
  name: z.string(),
  /** W is groups × outputs × inputs, each weight used `steps` times an inference. */
  groups: z.number().int().positive(),
  outputs: z.number().int().positive(),
  inputs: z.number().int().positive(),
  steps: z.number().positive(),
  /** Ē(w): mean energy of one transition in femtojoules, by the traces of the row's own network. */
  weightFj: byWeight,
  /** The values the layer may have, ascending; null: all of them. */
  set: z.array(z.number().int()).nullable(),
  /** How many weights have each value. */
  histogram: z.object({ before: byWeight, after: byWeight }),
  /** Switching of the layer's units in an inference; `allZero` with all weights at zero, by the baseline's table. */
  pJ: both.extend({ allZero: z.number().min(0) }),
  /** ρ: part of the network's switching energy. */
  share: both,
  /** Energy of each element of the array; null where it was not taken. */
  heat: z.object({ before: heat, after: heat }).nullable(),
});

const row = z.object({
  name: z.string(),
  method: selectionMethod,
  /** What distinguishes it from rows of the same method: `k = 16`, `δ = 2 points`. */
  detail: z.string(),
  seed: z.number(),
  basis: z.string(),
  /** Of the exported file, with the baseline of the same seed. */
  accuracy: z.object({ value: z.number(), baseline: z.number(), examples: z.number().int().positive() }),
  /** 1 − E/E(baseline), each network by the traces that it makes itself. */
  saving: z.number().max(1),
  /** The same with the baseline's tables for both; null where it was not taken. */
  savingByOldTables: z.number().max(1).nullable(),
  /** 1 − E(all weights zero)/E(baseline): what no choice of weights exceeds, by the baseline's tables. */
  ceiling: z.number().max(1),
  /** Share of weights that are zero. */
  zeros: both,
  /** The networks that the row went through, in order: accuracy on the test examples, saving by traces of their own. */
  curve: z.array(z.object({ step: z.string(), accuracy: z.number(), saving: z.number().max(1) })).optional(),
  /** Empty where a row is a point of a picture and nothing more. */
  layers: z.array(layer),
  /** Where values were chosen by delay, too: the supply that they allow. */
  timing: selectionTiming.optional(),
});

/** Energy of an inference that does not depend on weights, so that switching is not mistaken for a chip. */
const beside = z.object({ name: z.string(), pJ: z.number().min(0), source: z.string() });

interface Draft {
  readonly bases: readonly z.output<typeof basis>[];
  readonly rows: readonly z.output<typeof row>[];
}
type Complain = (path: readonly (string | number)[], message: string) => void;

function checkLayer(
  { weightFj, set, histogram, heat: map }: z.output<typeof layer>,
  { array }: z.output<typeof basis>,
  complain: Complain,
): void {
  const values = 2 ** array.weightBits;
  const sized = (list: readonly number[], size: number, ...path: string[]) => {
    if (list.length !== size) complain(path, `${size} numbers, not ${list.length}`);
  };
  sized(weightFj, values, "weightFj");
  for (const side of ["before", "after"] as const) {
    sized(histogram[side], values, "histogram", side);
    if (map !== null) sized(map[side], array.rows * array.columns, "heat", side);
  }
  if (set === null) return;
  const isSorted = set.every((value, k) => k === 0 || value > set[k - 1]!);
  if (!isSorted || !set.includes(0)) complain(["set"], "a set is ascending and holds 0");
  const stray = histogram.after.findIndex((count, k) => count > 0 && !set.includes(k - values / 2));
  if (stray >= 0) complain(["histogram", "after"], `${stray - values / 2} is not in the set`);
}

function check({ bases, rows }: Draft, context: z.RefinementCtx): void {
  const complain: Complain = (path, message) => context.addIssue({ code: "custom", path: [...path], message });
  if (new Set(bases.map(({ id }) => id)).size < bases.length) complain(["bases"], "two bases have one id");
  for (const [i, { basis: id, layers }] of rows.entries()) {
    const own = bases.find((one) => one.id === id);
    if (own === undefined) {
      complain(["rows", i, "basis"], `"${id}" is none of the bases`);
      continue;
    }
    for (const [j, one] of layers.entries()) {
      checkLayer(one, own, (path, message) => complain(["rows", i, "layers", j, ...path], message));
    }
    for (const side of layers.length === 0 ? [] : (["before", "after"] as const)) {
      const sum = layers.reduce((all, { share }) => all + share[side], 0);
      if (Math.abs(sum - 1) > 1e-6) complain(["rows", i, "layers"], `shares ${side} add up to ${sum}`);
    }
  }
}

export const weightSelectionSchema = z
  .object({
    bases: z.array(basis).min(1),
    rows: z.array(row),
    beside: z.array(beside),
    /** One for each network; absent in reports that do not speak of it. */
    storage: z.array(weightStorage).optional(),
  })
  .superRefine(check);

export type WeightSelection = z.output<typeof weightSelectionSchema>;
export type SelectionBasis = WeightSelection["bases"][number];
export type SelectionRow = WeightSelection["rows"][number];
export type SelectionLayer = SelectionRow["layers"][number];
export type SelectionMethod = z.output<typeof selectionMethod>;
