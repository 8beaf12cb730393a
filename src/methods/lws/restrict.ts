/** @file One step of each strategy: from a network to one whose layers may have less, before it is tuned. */

import { tensor } from "../../base/tensor.ts";
import { setGridOf } from "../../rewrites/index.ts";
import { switchedLayers } from "./array-unit.ts";
import { globalTable, powerPruningSet, pruneByMagnitude } from "./baselines.ts";
import type { Frame } from "./frame.ts";
import { latentRows, modelOf, type NetworkState, setNodes, setOf, tableFor, withSet } from "./network.ts";
import type { LwsOptions } from "./options.ts";
import { asRows, fromRows } from "./rows.ts";
import { selectWeights } from "./select.ts";

/** @param layer one layer, or all that the strategy knows where it is undefined */
export type Restriction = (
  frame: Frame,
  state: NetworkState,
  size: number,
  layer: string | undefined,
) => Promise<NetworkState>;

/** LWS: the values of a layer that save most for the least loss. */
async function selected(frame: Frame, state: NetworkState, size: number, layer: string | undefined) {
  const { tables } = await frame.measured(state);
  const known = await frame.sensitivities(state);
  const model = modelOf(frame.form, state);
  let next = state;
  for (const form of frame.form.layers) {
    if ((layer !== undefined && form.name !== layer) || !known.has(form.name)) continue;
    const { codes, scales, outputs } = latentRows(model, form.name);
    const { gradient, fisher } = known.get(form.name)!;
    const table = tables.get(form.name)!;
    const from = setOf(state, form.name);
    const { values } = selectWeights({ name: form.name, weights: codes, outputs, scales, gradient, fisher }, table, {
      size,
      score: frame.options.score,
      ...(from && { from }),
    });
    next = withSet(next, form.name, tableFor(values, form, table));
  }
  return next;
}

/** PowerPruning: the same cheapest values everywhere. */
async function global(frame: Frame, state: NetworkState, size: number) {
  const { traces, tables } = await frame.measured(state);
  const table = globalTable(switchedLayers(traces, tables));
  const values = powerPruningSet(table, { size });
  let next = state;
  for (const form of frame.form.layers) {
    const own = tables.get(form.name);
    if (own === undefined) continue;
    // A layer of fewer bits has no larger codes.
    const fitting = values.filter((value) => Math.abs(value) <= form.most);
    next = withSet(next, form.name, tableFor(fitting, form, own));
  }
  return next;
}

/** The same share of the smallest weights of each layer to zero, in every layer worth it; what is zero stays zero. */
async function pruned(frame: Frame, state: NetworkState, percentKept: number) {
  const { layers } = await frame.switching(state);
  const model = modelOf(frame.form, state);
  const nodes = setNodes(model);
  const masks = { ...state.masks };
  for (const { name, share } of layers) {
    if (share < frame.options.leastShare) continue;
    const { layer, set } = nodes.get(name)!;
    const { dims } = set.inputs[0]!.constant!;
    const mask = setGridOf(set).mask;
    const { codes, scales } = latentRows(model, name);
    const kept = mask && asRows(layer, dims, Float64Array.from(mask));
    const alive = codes.map((code, i) => (kept === undefined || kept[i] !== 0 ? code : 0));
    const rows = pruneByMagnitude(alive, scales, 1 - percentKept / 100);
    const ones = fromRows(
      layer,
      dims,
      Float64Array.from(rows, (code) => (code === 0 ? 0 : 1)),
    );
    masks[name] = tensor("float32", dims, ones);
  }
  return { ...state, masks };
}

export const restrictions: Readonly<Record<LwsOptions["strategy"], Restriction>> = {
  lws: selected,
  powerpruning: global,
  magnitude: pruned,
  int8: async (_, state) => state,
};
