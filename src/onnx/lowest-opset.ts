/** @file The lowest operator set, from 17 on, in which every node of a model has its present form and types. */

import type { DType } from "../base/dtype.ts";
import type { Model } from "../graph/model.ts";
import type { Attribute, Node } from "../graph/node.ts";
import { bodiesOf, nodesIn } from "./domains.ts";
import { ElementTypes } from "./element-types.ts";
import { firstReadable } from "./operator-sets.ts";
import { type FormNeed, formNeeds, typeNeeds } from "./opset-needs.ts";

/** Femto writes no older files: from 17 on ONNX has LayerNormalization, and every runtime in use reads it. */
export const LOWEST_WRITTEN_OPSET = 17;

const formsOf = new Map<string, FormNeed[]>();
for (const need of formNeeds) {
  for (const op of need.ops.split(" ")) formsOf.set(op, [...(formsOf.get(op) ?? []), need]);
}

const typesOf = new Map<string, Map<DType, number>>();
for (const [ops, sets] of typeNeeds) {
  const bySet = Object.entries(sets).flatMap(([set, dtypes]) =>
    dtypes.map((dtype): [DType, number] => [dtype, Number(set)]),
  );
  for (const op of ops.split(" ")) typesOf.set(op, new Map(bySet));
}

/** The operator set that a model is written in; its functions count too, since they share it. */
export function lowestOpset(model: Model): number {
  let lowest = LOWEST_WRITTEN_OPSET;
  for (const graph of bodiesOf(model)) {
    const types = new ElementTypes();
    types.noteGraph(graph);
    for (const node of nodesIn(graph)) lowest = Math.max(lowest, nodeNeeds(node, types));
    // The initializers of a function are written as Constant nodes.
    if (graph === model.graph) continue;
    for (const { constant } of graph.initializers) {
      if (constant !== undefined) lowest = Math.max(lowest, typesOf.get("Constant")?.get(constant.dtype) ?? 0);
    }
  }
  return lowest;
}

function nodeNeeds(node: Node, types: ElementTypes): number {
  if (node.domain !== "") return 0;
  let needed = firstReadable(node.op) ?? 0;
  for (const need of formsOf.get(node.op) ?? []) if (need.set > needed && applies(need, node)) needed = need.set;
  const later = typesOf.get(node.op);
  if (later === undefined) return needed;
  for (const values of [node.inputs, node.outputs]) {
    for (const value of values) {
      const dtype = types.of(value);
      if (dtype !== undefined) needed = Math.max(needed, later.get(dtype) ?? 0);
    }
  }
  return needed;
}

function applies({ input, attribute, otherwise, values, when }: FormNeed, node: Node): boolean {
  if (input !== undefined) return node.inputs[input] !== undefined;
  if (when !== undefined) return when(node);
  if (values !== undefined) {
    const stated = node.attributes[values[0]];
    return stated?.type === "reference" || (stated?.type === "string" && values.slice(1).includes(stated.value));
  }
  if (attribute === undefined) return true;
  const stated = node.attributes[attribute];
  return stated !== undefined && !says(stated, otherwise);
}

/** Whether an attribute is this value, or a list of it. */
function says({ value }: Attribute, expected: number | string | undefined): boolean {
  return Array.isArray(value) ? value.every((one) => one === expected) : value === expected;
}

/**
 * The attributes of a call without those that are newer than the operator set and say what it does anyway; from set 0
 * on that is every later attribute with its default, which the canonical form leaves out.
 */
export function attributesIn(
  opset: number,
  { op, domain, attributes }: Pick<Node, "op" | "domain" | "attributes">,
): [string, Attribute][] {
  const newer = domain === "" ? (formsOf.get(op) ?? []).filter(({ set }) => set > opset) : [];
  return Object.entries(attributes).filter(
    ([name, value]) => !newer.some(({ attribute, otherwise }) => attribute === name && says(value, otherwise)),
  );
}
