/**
 * @file Weights that a file keeps as indices into a table: what memories hold and move is indices, narrower than the codes that are
 * multiplied. The table is paid like as many bits of weights, so it is fetched as often as they are; looking up in it, one entry a
 * weight that arrives, has no price here.
 */

import type { Action, Schedule } from "./schedule.ts";
import type { LayerWidths } from "./width.ts";

/** How a layer's weights are stored: bits of each, and bits of what is stored beside them. */
export interface StoredWidth {
  readonly bits: number;
  readonly tableBits: number;
}

/** By the name of a layer; the others are stored as they are multiplied. */
export type StoredWeights = ReadonlyMap<string, StoredWidth>;

/** Widths in which weights are fetched. */
export const storedWidths = (widths: readonly LayerWidths[], stored: StoredWeights): LayerWidths[] =>
  widths.map((entry) => ({ ...entry, weight: stored.get(entry.layer)?.bits ?? entry.weight }));

const isFetch = ({ cause, per }: Action): boolean => cause === "weights" && per === "inference";

/**
 * The schedule of a layer with its fetches of weights replaced by those of indices and table.
 * @param narrow the schedule of the same region with weights as wide as indices: only its fetches are taken
 */
export function fetchingIndices(schedule: Schedule, narrow: Schedule, { bits, tableBits }: StoredWidth): Schedule {
  const share = tableBits / (schedule.nodes[0]!.nW * bits);
  const fetches = narrow.actions.filter(isFetch).flatMap((action) => {
    const by = (rule: string, count: number): Action => ({
      ...action,
      count,
      from: { ...action.from, rule: `${action.from.rule}; ${rule}` },
    });
    return [
      by(`indices of ${bits} bits`, action.count),
      by(`the table of ${tableBits} bits, as often as the indices`, action.count * share),
    ];
  });
  return { ...schedule, actions: [...schedule.actions.filter((action) => !isFetch(action)), ...fetches] };
}
