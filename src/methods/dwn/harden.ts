/**
 * @file The trained network as what it will be for good: the chosen inputs of every table, its bits, the thermometer
 * bits that some table reads, and nothing else. In training the forward pass is this same function.
 */

import { numbers, reshaped, type Tensor, tensor } from "../../base/tensor.ts";
import { Graph } from "../../graph/graph.ts";
import { Model } from "../../graph/model.ts";
import { Emit, packTables } from "../../operators/index.ts";
import { argmax, type Tensors } from "../../training/index.ts";
import { type Layer, type Layout, scoreName, tableName } from "./layout.ts";

export interface HardLayer {
  readonly inputs: number;
  /** [tables, inputs] features of the layer before, or places in `used`. */
  readonly mapping: readonly number[];
  /** Packed bits, uint64 [tables, words]. */
  readonly tables: Tensor;
}

export interface HardNetwork {
  /** Thermometer bits that are read, ascending: feature·T + threshold. */
  readonly used: readonly number[];
  readonly layers: readonly HardLayer[];
}

/** The features that the slots of a layer have chosen, as a mapping [tables, inputs]. */
function chosenMapping({ tables, inputs, candidates, mapping }: Layer, scores: Tensor | undefined): readonly number[] {
  if (candidates === undefined) return mapping!;
  const { groups, width, features } = candidates;
  const values = numbers(scores!);
  const run = (tables * inputs) / groups;
  const out = new Array<number>(tables * inputs);
  for (let slot = 0; slot < out.length; slot++) {
    const best = argmax(values.subarray(slot * width, (slot + 1) * width));
    out[(slot % tables) * inputs + Math.floor(slot / tables)] = features[Math.floor(slot / run) * width + best]!;
  }
  return out;
}

/** The table of the gate with the greatest weight: what gate number i puts out are the bits of i. */
function gateTables(weights: Tensor): Tensor {
  const values = numbers(weights);
  const gates = Array.from({ length: weights.dims[0]! }, (_, j) => argmax(values.subarray(16 * j, 16 * j + 16)));
  return tensor("uint64", [gates.length, 1], gates.map(BigInt));
}

/** Takes the bits of the tables and the chosen mappings. */
export function harden({ layers, options }: Layout, parameters: Tensors): HardNetwork {
  const hard = layers.map((layer, i): HardLayer => {
    const learned = parameters[tableName(i)]!;
    return {
      inputs: layer.inputs,
      mapping: chosenMapping(layer, parameters[scoreName(i)]),
      tables: options.tables === "gates" ? gateTables(learned) : packTables(learned),
    };
  });
  const used = [...new Set(hard[0]!.mapping)].sort((a, b) => a - b);
  const place = new Map(used.map((bit, i) => [bit, i]));
  const first = { ...hard[0]!, mapping: hard[0]!.mapping.map((bit) => place.get(bit)!) };
  return { used, layers: [first, ...hard.slice(1)] };
}

/** What a network is asked: name, shape of an example and name of the logits. */
export interface Interface {
  readonly name: string;
  readonly input: string;
  readonly shape: readonly number[];
  readonly output: string;
  readonly classes: number;
}

/** The hardened network as a model: reads what the given network read, puts out logits. */
export function hardModel(hard: HardNetwork, { encoder, classes, tau, options }: Layout, face: Interface): Model {
  const graph = new Graph(face.name);
  const g = new Emit(graph);
  const x = graph.addInput(face.input, { dtype: "float32", dims: ["N", ...face.shape] });
  const { features, bits, normalised } = encoder;
  const flat = face.shape.length === 1 ? x : g.reshape(x, ["N", features]);
  const at = hard.used.map((bit) => Math.floor(bit / bits));
  const rows = g.op("Gather", [g.transpose(flat, [1, 0]), g.ints(at)], { axis: 0 });
  const thresholds = tensor(
    "float32",
    [at.length, 1],
    hard.used.map((bit) => normalised[bit]!),
  );
  let values = g.op("femto.Thermometer", [rows, graph.addInitializer("thresholds", thresholds)], { axis: 0 });
  for (const [i, { inputs, mapping, tables }] of hard.layers.entries()) {
    g.scope = `layer${i + 1}`;
    const wires = reshaped(tensor("int64", [mapping.length], mapping), [mapping.length / inputs, inputs]);
    const parts = [tables, wires].map((part, k) =>
      graph.addInitializer(`layer${i + 1}/${["tables", "mapping"][k]}`, part),
    );
    values = g.op("femto.LutLayer", [values, ...parts], { axis: 0, strict: true });
  }
  g.scope = "";
  const sums = g.op("femto.GroupSum", [values], { axis: 0, groups: classes, tau, pad: options.pad });
  const logits = g.transpose(sums, [1, 0]);
  logits.name = face.output;
  graph.addOutput(logits);
  return new Model(graph);
}
