/**
 * @file Counts: what a model does, from the `work` of its operators with every dimension bound. Weighted layers become
 * rows of three numbers (multiply-accumulates, weight elements, activation elements: EQAT eqs. 10–12); everything else
 * that computes or moves data is listed as not modelled, never left out in silence.
 */

import { FemtoError, fail } from "../base/errors.ts";
import { cloneModel } from "../graph/clone.ts";
import { bindDim, type Dim } from "../graph/dims.ts";
import { allValues } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { type Bound, inferNode, type Loop, lookUp, readAttributes, type Work } from "../operators/index.ts";
import { factorsOf } from "./factors.ts";

/** What one weighted layer does in one run of the model. */
export interface LayerCost {
  /** The node's name, made unique by a number where nodes share one; that of its first output where it has none. */
  readonly name: string;
  /** `node 3 Conv "conv2"`. */
  readonly node: string;
  readonly operator: string;
  readonly macs: number;
  /** Weight elements (without bias), each read once. */
  readonly nW: number;
  /** Elements of the activations that enter, each read once. */
  readonly nA: number;
  /** Elements of the output. */
  readonly nY: number;
  /** Loop bounds whose product is `macs`. */
  readonly loops: readonly Loop[];
}

/** A node that the equations do not price. */
export interface Unmodelled {
  readonly node: string;
  readonly operator: string;
  readonly reason: string;
  /** Its elementary operations, where its shapes are known. */
  readonly ops: Work["ops"];
}

export interface Counts {
  readonly layers: readonly LayerCost[];
  readonly unmodelled: readonly Unmodelled[];
}

/** Symbol → size: `{ N: 1 }`. */
export type Binding = Readonly<Record<string, number>>;

/** Operators that show the same elements under another shape: nothing moves. */
const views = new Set(["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"]);

/**
 * Counts the work of one run. The model is not changed; symbols in the shapes of its inputs are bound by `dims`.
 * @throws FemtoError `energy.symbol` for a symbol without a size, `shape.*` where the model does not fit together
 */
export function countWork(model: Model, dims: Binding = {}): Counts {
  const { graph } = bound(model, dims);
  const isConstant = constancy();
  const layers: LayerCost[] = [];
  const unmodelled: Unmodelled[] = [];
  const names = new Set<string>();
  for (const node of graph.nodes) {
    const trouble = infer(node);
    // What depends on constants alone is computed once, when the model is compiled.
    if (node.outputs.every((output) => output === undefined || isConstant(output))) continue;
    if (views.has(node.kind)) continue;
    const work = trouble === undefined ? workOf(node) : trouble;
    if (typeof work === "string") {
      unmodelled.push({ node: node.describe(), operator: node.kind, reason: work, ops: [] });
      continue;
    }
    const layer = layerOf(node, work, isConstant);
    if (typeof layer === "string") {
      unmodelled.push({ node: node.describe(), operator: node.kind, reason: layer, ops: work.ops });
    } else layers.push({ ...layer, name: uniqueName(node, names) });
  }
  return { layers, unmodelled };
}

/** The weighted layers alone. */
export const layerCosts = (model: Model, dims: Binding = {}): readonly LayerCost[] => countWork(model, dims).layers;

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

function workOf(node: Node): Work | string {
  const inputs = node.inputs.map((value) => value && boundType(value));
  const outputs = node.outputs.map((value) => value && boundType(value));
  const open = [...inputs, ...outputs].find((type) => typeof type === "string");
  if (open !== undefined) return open;
  if (node.subgraphs.length > 0) return "control flow has no fixed number of runs";
  const operator = lookUp(node.kind)!;
  const attributes = readAttributes(operator.attributes, node.attributes);
  return operator.work(inputs as Bound[], outputs as Bound[], attributes);
}

function boundType(value: Value): Bound | string {
  const { type } = value;
  if (type?.dims === undefined) return `the shape of ${value.name} is not known`;
  const open = type.dims.find((dim: Dim) => typeof dim === "string");
  return open === undefined
    ? { dtype: type.dtype, dims: type.dims as readonly number[] }
    : `dimension ${open} of ${value.name} does not follow from the shapes of the inputs`;
}

function layerOf(node: Node, work: Work, isConstant: (value: Value) => boolean): Omit<LayerCost, "name"> | string {
  const product = factorsOf(work);
  if (product === undefined) return "the equations price products with weights only";
  const operands = product.factors.map((access) => ({ access, value: node.inputs[access.input] }));
  const weight = operands.find(({ value }) => value !== undefined && isConstant(value));
  const input = operands.find((operand) => operand !== weight);
  if (weight === undefined || input === undefined) return "a product of two activations has no weights";
  return {
    node: node.describe(),
    operator: node.kind,
    macs: product.macs,
    nW: weight.access.elements,
    nA: input.access.elements,
    nY: product.outputs,
    loops: work.loops,
  };
}

/** Is a value the same in every run? True of initializers, of what is computed from them, and of known shapes. */
function constancy(): (value: Value) => boolean {
  const known = new Map<Value, boolean>();
  const isConstant = (value: Value): boolean => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const { producer } = value;
    const isShape = value.contents?.every((dim) => typeof dim === "number") ?? false;
    const isDrawn = producer !== undefined && lookUp(producer.kind)?.isRandom === true;
    const answer =
      value.constant !== undefined ||
      (producer !== undefined &&
        (isShape ||
          (!isDrawn &&
            producer.subgraphs.length === 0 &&
            producer.inputs.every((input) => input === undefined || isConstant(input)))));
    known.set(value, answer);
    return answer;
  };
  return isConstant;
}

function uniqueName(node: Node, taken: Set<string>): string {
  const stem = node.name === "" ? node.outputs[0]!.name : node.name;
  let name = stem;
  for (let count = 2; taken.has(name); count++) name = `${stem}_${count}`;
  taken.add(name);
  return name;
}
