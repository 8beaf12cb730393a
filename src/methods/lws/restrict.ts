/** @file One step of each strategy: from a network to one whose layers may have less, before it is tuned. */

import { tensor } from "../../base/tensor.ts";
import { switchedLayers } from "./array-unit.ts";
import { globalTable, powerPruningSet, pruneByMagnitude } from "./baselines.ts";
import type { Frame } from "./frame.ts";
import { latentRows, modelOf, type NetworkState, setNodes, setOf, tableFor, withSet } from "./network.ts";
import type { LwsOptions } from "./options.ts";
import { fromRows } from "./rows.ts";
import { selectWeights } from "./select.ts";
import { settlesWithin } from "./timing.ts";
import { SMALLEST_SET } from "./value-set.ts";

/** @param layer one layer, or all that the strategy knows where it is undefined */
export type Restriction = (
  frame: Frame,
  state: NetworkState,
  size: number,
  layer: string | undefined,
) => Promise<NetworkState>;

/** LWS: the values of a layer that save most for the least loss. */
async function selected(frame: Frame, state: NetworkState, size: number, layer: string | undefined) {
  const tables = await frame.tables(state, layer === undefined ? undefined : [layer]);
  const known = await frame.sensitivities(state);
  const { score, gradientTerm } = frame.options;
  const asked = frame.form.layers.filter(({ name }) => tables.has(name) && known.has(name));
  let next = state;
  const model = modelOf(frame.form, state);
  for (const form of asked) {
    const { codes, scales, outputs, isKept } = latentRows(model, form.name);
    const { gradient, fisher } = known.get(form.name)!;
    const table = tables.get(form.name)!;
    const from = setOf(state, form.name);
    // What is pruned stays at zero and has no say.
    const alive = <T extends Int16Array | Float64Array>(values: T): T => values.map((v, i) => (isKept(i) ? v : 0)) as T;
    const weights = alive(codes);
    const { values } = selectWeights(
      {
        name: form.name,
        weights,
        outputs,
        scales,
        gradient: gradientTerm ? alive(gradient) : new Float64Array(gradient.length),
        fisher: alive(fisher),
      },
      table,
      { size, score, ...(from && { from }) },
    );
    next = withSet(next, form.name, tableFor(values, form, table));
  }
  return next;
}

/** PowerPruning: the same cheapest values everywhere. */
async function global(frame: Frame, state: NetworkState, size: number) {
  const { traces, tables } = await frame.measured(state);
  const table = globalTable(switchedLayers(traces, tables));
  const { threshold, timing } = frame.options;
  const isInTime = timing && settlesWithin(await frame.delays(), timing.share);
  const values = powerPruningSet(table, threshold === undefined ? { size } : { threshold }, isInTime);
  let next = state;
  for (const form of frame.form.layers) {
    const own = tables.get(form.name);
    if (own === undefined) continue;
    // A layer of fewer bits has no larger codes.
    const fitting = values.filter((value) => Math.abs(value) <= form.most);
    // Where next to none of the cheap values fit, the layer keeps its few codes.
    if (fitting.length < SMALLEST_SET) continue;
    next = withSet(next, form.name, tableFor(fitting, form, own));
  }
  return next;
}

/** The smallest weights of a layer to zero, or the same share of them in every layer worth it. */
export async function pruned(frame: Frame, state: NetworkState, percentKept: number, layer: string | undefined) {
  const { layers } = await frame.switching(state);
  const worthy = layers.filter(({ share }) => share >= frame.options.leastShare).map(({ name }) => name);
  return withMasks(frame, state, layer === undefined ? worthy : [layer], percentKept / 100);
}

/** A share of the weights of these layers is kept, the largest; what is zero stays zero. */
function withMasks(frame: Frame, state: NetworkState, names: readonly string[], share: number): NetworkState {
  const model = modelOf(frame.form, state);
  const nodes = setNodes(model);
  const masks = { ...state.masks };
  for (const name of names) {
    const { layer, set } = nodes.get(name)!;
    const { dims } = set.inputs[0]!.constant!;
    const { codes, scales, isKept } = latentRows(model, name);
    const rows = pruneByMagnitude(
      codes.map((code, i) => (isKept(i) ? code : 0)),
      scales,
      1 - share,
    );
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
