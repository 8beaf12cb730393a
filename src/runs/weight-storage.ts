/** @file What the weights of a restricted network take in store: by layer, as codes and as codebooks, and what fetching them costs. */

import { countWork, type StoredWeights, type StoredWidth, weightTraffic } from "../energy/index.ts";
import { codebookSize } from "../export/index.ts";
import type { Outcome } from "../methods/index.ts";
import type { WeightStorage } from "../reports/index.ts";
import { oneExample } from "../rewrites/index.ts";
import type { RunSpec } from "./spec.ts";

type Restricted = Pick<Outcome, "selection" | "bits" | "storage">;

/** Bytes of each restricted layer as codes and, where that is less, as indices and a table. */
const sizesOf = ({ selection, bits = [] }: Restricted) =>
  (selection?.rows[0]?.layers ?? []).map(({ name, groups, outputs, inputs, histogram }) => {
    const weights = groups * outputs * inputs;
    const values = histogram.after.filter((count) => count > 0).length;
    const codeBits = bits.find(({ layer }) => layer === name)!.weight;
    const before = Math.ceil((weights * codeBits) / 8);
    const { indexBits, indexBytes, tableBytes } = codebookSize(weights, values);
    const isCodebook = indexBits > 0 && indexBytes + tableBytes < before;
    const bytes = { before, after: isCodebook ? indexBytes + tableBytes : before };
    return { name, weights, values, codeBits, indexBits: isCodebook ? indexBits : null, bytes, tableBytes };
  });

const codebooksOf = (sizes: ReturnType<typeof sizesOf>): StoredWeights =>
  new Map(
    sizes.flatMap(({ name, indexBits, tableBytes }): [string, StoredWidth][] =>
      indexBits === null ? [] : [[name, { bits: indexBits, tableBits: 8 * tableBytes }]],
    ),
  );

/** The layers that the row's files keep as codebooks; `undefined` where there are none. */
export function storedWeights(outcome: Restricted): StoredWeights | undefined {
  const stored = outcome.storage === "codebook" ? codebooksOf(sizesOf(outcome)) : undefined;
  return stored?.size === 0 ? undefined : stored;
}

/** Absent where the method restricts no weights. */
export function weightStorageOf(
  { model, machine }: Pick<RunSpec, "model" | "machine">,
  outcome: Restricted,
): Omit<WeightStorage, "row" | "seed"> | undefined {
  const { bits = [], storage = "bytes" } = outcome;
  const sizes = sizesOf(outcome);
  if (sizes.length === 0) return undefined;
  const stored = codebooksOf(sizes);
  const counts = countWork(model, oneExample(model));
  const traffic = new Map(weightTraffic(counts, machine, bits, stored).map(({ layer, ...pJ }) => [layer, pJ] as const));
  const layers = sizes.map(({ tableBytes: _, ...layer }) => ({ ...layer, fetchPj: traffic.get(layer.name)! }));
  return { file: storage, machine: machine.name, layers };
}
