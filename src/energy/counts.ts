/**
 * @file Counts: what a model does in one run, from the `work` of its operators with every dimension bound. What cannot
 * be counted is listed, never left out in silence.
 */

import { FemtoError, fail } from "../base/errors.ts";
import { rawSamplesOf } from "../formats/index.ts";
import { cloneModel } from "../graph/clone.ts";
import { bindDim } from "../graph/dims.ts";
import { allValues } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { inferNode, lookUp } from "../operators/index.ts";
import { comparisonsOf } from "./comparisons.ts";
import { constancy } from "./constancy.ts";
import { costOf, workOf } from "./count-node.ts";
import type { Counts, NodeCost, Unmodelled } from "./node-cost.ts";

/** Symbol → size: `{ N: 1 }`. */
export type Binding = Readonly<Record<string, number>>;

/** Operators that show the same elements under another shape: nothing moves. */
const views = new Set(["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"]);

/**
 * Integers that stand for numbers by a scale are the format of the value, not work: a machine multiplies the codes.
 * (QuantizeLinear, which rounds to codes, is work.)
 */
const encodings = new Set(["DequantizeLinear"]);

/**
 * Counts the work of one run. The model is not changed; symbols in the shapes of its inputs are bound by `dims`.
 * @throws FemtoError `energy.symbol` for a symbol without a size, `shape.*` where the model does not fit together,
 * `tensor.absent` for a thermometer whose thresholds were not read from the file
 */
export function countWork(model: Model, dims: Binding = {}): Counts {
  const { graph } = bound(model, dims);
  const raw = rawSamplesOf(model);
  const isConstant = constancy();
  const shown = new Map<Value, Value>();
  const holderOf = (value: Value) => shown.get(value) ?? value;
  const nodes: NodeCost[] = [];
  const unmodelled: Unmodelled[] = [];
  const names = new Set<string>();
  for (const node of graph.nodes) {
    const trouble = infer(node);
    // What depends on constants alone is computed once, when the model is compiled.
    if (node.outputs.every((output) => output === undefined || isConstant(output))) continue;
    if (views.has(node.kind) || encodings.has(node.kind)) {
      shown.set(node.outputs[0]!, holderOf(node.inputs[0]!));
      continue;
    }
    const work = trouble === undefined ? workOf(node) : trouble;
    if (typeof work === "string") {
      unmodelled.push({ node: node.describe(), operator: node.kind, reason: work, ops: [] });
      continue;
    }
    nodes.push({
      ...costOf(node, work, { isConstant, holderOf }),
      name: uniqueName(node, names),
      comparisons: comparisonsOf(node, raw, graph.inputs),
    });
  }
  return {
    nodes,
    layers: nodes.filter(({ kind }) => kind === "layer"),
    unmodelled,
    inputs: graph.inputs.filter(({ constant }) => constant === undefined).map(({ name }) => name),
    outputs: graph.outputs.map((output) => holderOf(output).name),
  };
}

/** The weighted layers alone. */
export const layerCosts = (model: Model, dims: Binding = {}): readonly NodeCost[] => countWork(model, dims).layers;

function bound(model: Model, binding: Binding): Model {
  const copy = cloneModel(model);
  for (const value of allValues(copy.graph)) {
    if (value.type?.dims === undefined || value.constant !== undefined) continue;
    value.type = { ...value.type, dims: value.type.dims.map((dim) => bindDim(dim, binding)) };
    value.contents = value.contents?.map((dim) => bindDim(dim, binding));
  }
  for (const input of copy.graph.inputs) {
    if (input.constant !== undefined) continue;
    const open = input.type?.dims?.find((dim) => typeof dim === "string");
    if (open === undefined) continue;
    fail({
      code: "energy.symbol",
      where: `input ${input.name}`,
      message: `dimension ${open} has no size, and counts need one`,
      got: `[${input.type!.dims!.join(", ")}]`,
      hint: `say how big it is: --dim ${open}=1`,
    });
  }
  return copy;
}

/** Infers a node's outputs; returns why that is not possible, where it is no mistake of the model. */
function infer(node: Node): string | undefined {
  if (lookUp(node.kind) === undefined) return "the operator is not known";
  if (node.inputs.some((input) => input !== undefined && input.type === undefined))
    return "its inputs have no known type";
  try {
    inferNode(node);
    return undefined;
  } catch (error) {
    if (error instanceof FemtoError && error.code === "operator.unknown") return "an operator in its body is not known";
    throw error;
  }
}

function uniqueName(node: Node, taken: Set<string>): string {
  const stem = node.name === "" ? node.outputs[0]!.name : node.name;
  let name = stem;
  for (let count = 2; taken.has(name); count++) name = `${stem}_${count}`;
  taken.add(name);
  return name;
}
