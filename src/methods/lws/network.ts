/** @file A network under LWS: the integer form with the parameters, tables and masks that its layers have now. */

import { numbers, type Tensor, tensor } from "../../base/tensor.ts";
import type { WeightTable } from "../../circuits/characterise/index.ts";
import type { Model } from "../../graph/model.ts";
import type { Node } from "../../graph/node.ts";
import {
  codesOf,
  gridOf,
  latentCodes,
  quantizableLayers,
  type SetGrid,
  setGridOf,
  trainableParameters,
} from "../../rewrites/index.ts";
import { type Tensors, withParameters } from "../../training/index.ts";
import { type FormLayer, type IntegerForm, inputQuantiser } from "./integer-form.ts";
import { asRows } from "./rows.ts";
import type { LayerCodes, QuantisedNetwork } from "./traces.ts";
import { projection } from "./value-set.ts";

/** All that differs from the form; never changed, only replaced. */
export interface NetworkState {
  /** Latent weights, biases and what else is trained, by initializer. */
  readonly parameters: Tensors;
  /** π of the layers that are restricted, by layer: entry c + m is what code c becomes. */
  readonly tables: Readonly<Record<string, Tensor>>;
  /** 0 for elements that are pruned, by layer; in the weight's own order. */
  readonly masks: Readonly<Record<string, Tensor>>;
}

/** The form as it is given. */
export function initialState({ model, layers }: IntegerForm): NetworkState {
  const parameters = Object.fromEntries(trainableParameters(model).map(({ value }) => [value.name, value.constant!]));
  const tables: Record<string, Tensor> = {};
  const masks: Record<string, Tensor> = {};
  const nodes = setNodes(model);
  for (const { name, most } of layers) {
    const { table, mask } = setGridOf(nodes.get(name)!.set);
    if (Array.from(table).some((value, i) => value !== i - most)) tables[name] = entries(table);
    if (mask !== undefined) masks[name] = nodes.get(name)!.set.inputs[3]!.constant!;
  }
  return { parameters, tables, masks };
}

const entries = (table: ArrayLike<number>): Tensor => tensor("float32", [table.length], Array.from(table));

/** The table of a set in a layer, ties by the energies at hand. */
export function tableFor(values: readonly number[], { most }: FormLayer, energies: WeightTable): Tensor {
  const nearest = projection(values, energies);
  const half = nearest.length / 2;
  return entries(Array.from(nearest.subarray(half - most, half + most + 1)));
}

export const withSet = (state: NetworkState, layer: string, table: Tensor): NetworkState => ({
  ...state,
  tables: { ...state.tables, [layer]: table },
});

/** The set of a layer, ascending; undefined where it may have all values. */
export function setOf(state: NetworkState, layer: string): number[] | undefined {
  const table = state.tables[layer];
  if (table === undefined) return undefined;
  const values = [...new Set(Array.from(numbers(table)))].sort((a, b) => a - b);
  return values.length === table.data.length ? undefined : values;
}

/** A model with the state's numbers. */
export function modelOf({ model, layers }: IntegerForm, { parameters, tables, masks }: NetworkState): Model {
  const copy = withParameters(model, parameters);
  const nodes = setNodes(copy);
  for (const { name } of layers) {
    const { set } = nodes.get(name)!;
    const [table, mask] = [tables[name], masks[name]];
    if (table !== undefined) set.setInput(2, copy.graph.addInitializer(`${name}.weight_table`, table));
    if (mask !== undefined) set.setInput(3, copy.graph.addInitializer(`${name}.weight_mask`, mask));
  }
  copy.graph.pruneInitializers();
  return copy;
}

interface LayerNodes {
  readonly layer: Node;
  readonly set: Node;
  readonly input: Node;
}

/** The nodes of each layer, by name. */
export function setNodes(model: Model): Map<string, LayerNodes> {
  const found = quantizableLayers(model).flatMap(({ name, node, weight, input }) => {
    const [set, quantiser] = [weight.producer, inputQuantiser(input)];
    return set && quantiser ? [[name, { layer: node, set, input: quantiser }] as const] : [];
  });
  return new Map(found);
}

/** Codes, scales and grids of all layers, as traces are taken by. */
export function readForm(model: Model, { layers }: IntegerForm): QuantisedNetwork {
  const nodes = setNodes(model);
  const found = layers.map(({ name, most, bits }): LayerCodes => {
    const { layer, set, input } = nodes.get(name)!;
    const weight = set.inputs[0]!.constant!;
    const { scales, zero, bits: inputBits } = gridOf(input);
    const codes = Int32Array.from(codesOf(weight, setGridOf(set)));
    if (codes.some((code) => Math.abs(code) > most)) throw new RangeError(`layer ${name}: a code beyond ${most}`);
    return {
      ...{ name, node: layer, weight: { bits: bits.weight, dims: weight.dims, codes } },
      input: { bits: inputBits, scale: scales[0]!, zero },
    };
  });
  return { form: "femto", layers: found };
}

/** Codes of every layer as the array holds them, outputs × inputs, groups below each other. */
export function weightRows(form: IntegerForm, state: NetworkState): Map<string, Int16Array<ArrayBuffer>> {
  const { layers } = readForm(modelOf(form, state), form);
  return new Map(
    layers.map(({ name, node, weight }) => [name, asRows(node, weight!.dims, Int16Array.from(weight!.codes))]),
  );
}

export interface LatentRows {
  readonly codes: Int16Array<ArrayBuffer>;
  /** One, or one for each row. */
  readonly scales: Float64Array;
  readonly outputs: number;
  /** Whether an element is not pruned. */
  readonly isKept: (i: number) => boolean;
}

/** Latent codes of a layer in rows: what its weights would be without a set. */
export function latentRows(model: Model, name: string): LatentRows {
  const { layer, set } = setNodes(model).get(name)!;
  const weight = set.inputs[0]!.constant!;
  const grid: SetGrid = setGridOf(set);
  const codes = asRows(layer, weight.dims, latentCodes(weight, grid));
  const mask = grid.mask && asRows(layer, weight.dims, Float64Array.from(grid.mask));
  const outputs = grid.scales.length > 1 ? grid.scales.length : 1;
  return { codes, scales: Float64Array.from(grid.scales), outputs, isKept: (i) => mask === undefined || mask[i] === 1 };
}
