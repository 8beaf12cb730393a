/**
 * @file Weightless blocks of a model: what `replaceMlp` has put in, found by its operators, before and after hardening.
 */

import { roundHalfEven } from "../base/soft-float.ts";
import { numbers, reshaped, scalar, type Tensor, tensor } from "../base/tensor.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Graph } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import { Emit, inferModel, packTables } from "../operators/index.ts";
import { removeDeadNodes } from "./remove-dead-nodes.ts";

export interface WeightlessBlock {
  readonly thermometer: Node;
  /** Mappings and layers of tables, in topological order. */
  readonly layers: readonly Node[];
  readonly sum: Node;
}

const inside = new Set(["femto.LearnedMapping", "femto.LutLayer", "Concat"]);

/** Every conditional sum with what leads from its thermometer to it. */
export function weightlessBlocks(model: Model): WeightlessBlock[] {
  const order = new Map(model.graph.nodes.map((node, i) => [node, i]));
  return model.graph.nodes
    .filter(({ kind }) => kind === "femto.ConditionalSum")
    .flatMap((sum) => {
      const layers = new Set<Node>();
      const starts = new Set<Node>();
      const visit = (node: Node | undefined): void => {
        if (node?.kind === "femto.Thermometer") starts.add(node);
        if (node === undefined || layers.has(node) || !inside.has(node.kind)) return;
        layers.add(node);
        for (const input of node.kind === "Concat" ? node.inputs : node.inputs.slice(0, 1)) visit(input?.producer);
      };
      visit(sum.inputs[0]?.producer);
      const [thermometer] = starts;
      if (thermometer === undefined) return [];
      return [{ thermometer, layers: [...layers].sort((a, b) => order.get(a)! - order.get(b)!), sum }];
    });
}

/** What a learned initializer of a block is. */
export type BlockRole = "thresholds" | "scores" | "tables" | "vectors";

/** Name → role of every initializer that training changes. */
export function blockParameters(model: Model): Map<string, BlockRole> {
  const roles: Readonly<Record<string, BlockRole>> = {
    "femto.LearnedMapping": "scores",
    "femto.LutLayer": "tables",
    "femto.Thermometer": "thresholds",
    "femto.ConditionalSum": "vectors",
  };
  const found = new Map<string, BlockRole>();
  for (const { thermometer, layers, sum } of weightlessBlocks(model)) {
    for (const node of [thermometer, ...layers, sum]) {
      const value = node.inputs[1];
      const role = roles[node.kind];
      if (role !== undefined && value?.constant?.dtype === "float32") found.set(value.name, role);
    }
  }
  return found;
}

export interface HardenOptions {
  /** How the vectors are stored: as they are, or as int8 codes with one scale a block. */
  readonly vectors?: "int8" | "float32";
}

/**
 * A copy that holds what is left after training: the feature that each slot has chosen, the bits of the tables in 64-bit
 * words. It computes the very same; real entries and scores are gone. Vectors may be rounded to int8 besides.
 */
export function hardenBlocks(model: Model, { vectors = "float32" }: HardenOptions = {}): Model {
  const copy = cloneModel(model);
  inferModel(copy);
  const { graph } = copy;
  for (const { layers, sum } of weightlessBlocks(copy)) {
    if (vectors === "int8") roundVectors(graph, sum);
    for (const node of layers) {
      const tables = node.inputs[1]?.constant;
      if (node.kind !== "femto.LutLayer" || tables?.dtype !== "float32") continue;
      const stem = node.inputs[1]!.name;
      const choice = node.inputs[0]!.producer;
      const isLearned = choice?.kind === "femto.LearnedMapping" && node.inputs[2] === undefined;
      const x = isLearned ? choice.inputs[0]! : node.inputs[0]!;
      const mapping = isLearned
        ? graph.addInitializer(`${stem}/mapping`, chosenMapping(choice, tables.dims[0]!))
        : node.inputs[2];
      const g = new Emit(graph, { before: node });
      const packed = graph.addInitializer(`${stem}/bits`, packTables(tables));
      const bits = g.op("femto.LutLayer", [x, packed, mapping], { axis: 0, strict: true });
      bits.producer!.name = node.name;
      graph.replace(node.outputs[0]!, bits);
    }
  }
  removeDeadNodes.run(copy);
  inferModel(copy);
  return copy;
}

/** E as int8 codes with one scale (M6): s = max|E|/127, code = E/s, rounded half to even. */
function roundVectors(graph: Graph, sum: Node): void {
  const value = sum.inputs[1]!;
  if (value.constant?.dtype !== "float32") return;
  const real = numbers(value.constant);
  const scale = Math.fround(Array.from(real, Math.abs).reduce((most, v) => Math.max(most, v), 0) / 127 || 1);
  const codes = Int8Array.from(real, (v) => roundHalfEven(v / scale));
  const g = new Emit(graph, { before: sum });
  const stored = graph.addInitializer(`${value.name}/codes`, tensor("int8", value.constant.dims, codes));
  const unit = graph.addInitializer(`${value.name}/scale`, scalar("float32", scale));
  sum.setInput(1, g.op("DequantizeLinear", [stored, unit]));
}

/** [tables, inputs]: slot k·tables + j is input k of table j. */
function chosenMapping(choice: Node, tables: number): Tensor {
  const [, scores, candidates] = choice.inputs.map((input) => input?.constant);
  const [slots, width] = scores!.dims as [number, number];
  const values = numbers(scores!);
  const named = candidates && numbers(candidates);
  const run = candidates === undefined ? slots : slots / candidates.dims[0]!;
  const wires = new Array<number>(slots);
  for (let slot = 0; slot < slots; slot++) {
    let best = 0;
    for (let c = 1; c < width; c++) if (values[slot * width + c]! > values[slot * width + best]!) best = c;
    const feature = named === undefined ? best : named[Math.floor(slot / run) * width + best]!;
    wires[(slot % tables) * (slots / tables) + Math.floor(slot / tables)] = feature;
  }
  return reshaped(tensor("int64", [slots], wires), [tables, slots / tables]);
}
