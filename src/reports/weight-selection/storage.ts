/**
 * @file What the weights of a network with few values take in store, plain and as codebooks (indices of ⌈log2 k⌉ bits and a table of the
 * k values), and what fetching them costs. Figures of memory: they stand beside the saving of switching and are never part of it.
 */

import { z } from "zod";
import { formatBytes, formatEnergy, pJ } from "../../base/units.ts";
import { percentText } from "../format.ts";

const both = z.object({ before: z.number().min(0), after: z.number().min(0) });

/** One network; bases do not matter here. */
export const weightStorage = z
  .object({
    row: z.string(),
    seed: z.number(),
    /** How the files of the row hold their weights; the figures of a codebook stand here either way. */
    file: z.enum(["bytes", "codebook"]),
    /** By whose memories fetching is priced. */
    machine: z.string(),
    layers: z.array(
      z.object({
        name: z.string(),
        weights: z.number().int().positive(),
        /** Values that occur. */
        values: z.number().int().positive(),
        codeBits: z.number().int().positive(),
        /** Null where a codebook would take no less: the layer stays as it is. */
        indexBits: z.number().int().positive().nullable(),
        /** Packed at `codeBits`; as indices with their table. */
        bytes: both,
        /** Of an inference. */
        fetchPj: both,
      }),
    ),
  })
  .superRefine(({ layers }, context) => {
    for (const [i, { indexBits, codeBits, bytes, fetchPj }] of layers.entries()) {
      const complain = (message: string) => context.addIssue({ code: "custom", path: ["layers", i], message });
      if (indexBits === null && (bytes.after !== bytes.before || fetchPj.after !== fetchPj.before)) {
        complain("a layer without a codebook stays as it is");
      }
      if (indexBits !== null && (indexBits >= codeBits || bytes.after >= bytes.before)) {
        complain("a codebook is smaller than the weights");
      }
    }
  });

export type WeightStorage = z.output<typeof weightStorage>;

const sum = ({ layers }: WeightStorage, key: "bytes" | "fetchPj", side: "before" | "after"): number =>
  layers.reduce((all, layer) => all + layer[key][side], 0);

export const storageHead = ["row", "seed", "file has", "bytes", "as codebook", "fetching", "as codebook", "less"];

/** Of each network: bytes, energy of fetching, and what is less of the latter. */
export const storageCells = (networks: readonly WeightStorage[]): string[][] =>
  networks.map((network) => {
    const [before, after] = [sum(network, "fetchPj", "before"), sum(network, "fetchPj", "after")];
    return [
      ...[network.row, `${network.seed}`, network.file === "codebook" ? "codebooks" : "plain codes"],
      ...[formatBytes(sum(network, "bytes", "before")), formatBytes(sum(network, "bytes", "after"))],
      ...[formatEnergy(pJ(before)), formatEnergy(pJ(after))],
      before === 0 ? "–" : percentText(1 - after / before),
    ];
  });

export const storageLayerHead = ["layer", "weights", "values", "bits", "index bits", "bytes", "as codebook"];

export const storageLayerCells = ({ layers }: WeightStorage): string[][] =>
  layers.map(({ name, weights, values, codeBits, indexBits, bytes }) => [
    ...[name, `${weights}`, `${values}`, `${codeBits}`, indexBits === null ? "–" : `${indexBits}`],
    ...[`${bytes.before}`, `${bytes.after}`],
  ]);

/** What must be known of the figures. */
export const storageNote = ([first]: readonly WeightStorage[]): string =>
  `Memory, not switching: fetching weights by the memories of ${first!.machine}, modelled, indices and table in the place of codes; looking up in the table where a weight arrives is not priced. A layer whose values are too many for a smaller codebook stays as it is.`;
