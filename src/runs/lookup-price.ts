/**
 * @file The energy of a network of lookup tables: as one piece of logic (src/energy/lookup-logic.ts), with the ones that
 * its tables put out on test examples, beside the model that the run was given at 8 bits on the same machine.
 */

import { take } from "../data/index.ts";
import { billLookupLogic, type LookupRow } from "../energy/index.ts";
import { shareOfOnes, workOf } from "../engine/bits/index.ts";
import { samplesOf, toLutNetwork } from "../export/index.ts";
import type { Model } from "../graph/model.ts";
import type { Priced } from "./price.ts";
import type { RunSpec } from "./spec.ts";

/** Examples on which ones are counted. */
const MEASURED = 1000;

const operators: Readonly<Record<string, string>> = {
  input: "read",
  encoder: "femto.Thermometer",
  counters: "femto.GroupSum",
  argmax: "ArgMax",
};
const operatorOf = (part: string): string => operators[part] ?? "femto.LutLayer";

/** @param eightPj what the given model takes at 8 bits */
export function priceLookup(
  { machine, data }: Pick<RunSpec, "machine" | "data">,
  model: Model,
  eightPj: number,
): Priced & { readonly notes: readonly string[] } {
  const { inputs, normalisation } = take(data.test, MEASURED);
  const dtype = inputs.dtype === "uint8" ? "uint8" : "float32";
  const network = toLutNetwork(model, { dtype, normalisation });
  const work = workOf(network);
  const ones = shareOfOnes(network, samplesOf(inputs));
  const layers = work.layers.map((layer, i) => ({ ...layer, ones: ones[i]! }));
  const { rows, total, switched, unmodelled } = billLookupLogic({ ...work, layers }, machine);
  const shares = rows.flatMap((row) => (row.ones === undefined ? [] : `${row.part} ${percent(row.ones)}`));
  const measured = `ones of the tables (${Math.min(MEASURED, inputs.dims[0]!)} test examples): ${shares.join(", ")}`;
  return {
    energy: {
      pJ: total.mid,
      range: total,
      relative: total.mid / eightPj,
      label: "modelled",
      byCause: byCause(rows),
      isComplete: unmodelled.length === 0,
      unmodelled: unmodelled.map((text) => `${operatorOf(text.split(":")[0]!)}: ${text}`),
    },
    layers: rows.map((row) => ({
      name: row.part,
      operator: operatorOf(row.part),
      mac: 0,
      bits: row.part === "input" || row.part === "encoder" ? { weight: 8, input: 8 } : { weight: 1, input: 1 },
      pJ: row.energy.mid,
      byCause: byCause([row]),
    })),
    notes:
      shares.length === 0
        ? []
        : [`${measured}; of ${total.mid.toFixed(1)} pJ bits that toggle take ${switched.mid.toFixed(1)}`],
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function byCause(rows: readonly LookupRow[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { cause, energy } of rows) sums[cause] = (sums[cause] ?? 0) + energy.mid;
  return sums;
}
