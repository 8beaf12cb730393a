/**
 * @file Quantizable layers: the weighted layers of a model in topological order, with everything that quantising,
 * restricting or mapping them to hardware needs to know.
 *
 * Cases:
 * 1. Conv and ConvTranspose with a constant kernel;
 * 2. Gemm and MatMul with one constant factor, on either side; a bias added to MatMul's result belongs to the layer;
 * 3. the constant may stand behind Identity, Transpose, Reshape, Squeeze, Cast and quantisers;
 * 4. products of two activations (attention) and products of constants are no layers;
 * 5. the graph itself only: bodies of control flow have no fixed number of runs.
 */

import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { isNonNegative } from "./non-negative.ts";
import { origin } from "./views.ts";

export type LayerKind = "Conv" | "ConvTranspose" | "Gemm" | "MatMul";

export interface QuantizableLayer {
  /** The node's name; made unique by a number where nodes share one or have none. */
  readonly name: string;
  readonly kind: LayerKind;
  readonly node: Node;
  /** The value that the node reads as its weight. */
  readonly weight: Value;
  /** The constant behind it. */
  readonly initializer: Value;
  /** The value that the node reads as its activations. */
  readonly input: Value;
  /** The value that is added to each output channel: Conv's B, Gemm's C, the constant of an Add after MatMul. */
  readonly bias: Value | undefined;
  /** The node's output, with the bias. */
  readonly output: Value;
  /** The activations are provably ≥ 0, so that they need no sign bit. */
  readonly isInputNonNegative: boolean;
}

export interface LayerOptions {
  /** Which origins count as weights; default: constants. Training graphs, whose weights are inputs, say so here. */
  readonly isWeight?: (value: Value) => boolean;
}

export function quantizableLayers(
  model: Model,
  { isWeight = (value) => value.constant !== undefined }: LayerOptions = {},
): QuantizableLayer[] {
  const layers: QuantizableLayer[] = [];
  const names = new Set<string>();
  for (const node of model.graph.nodes) {
    const found = layerOf(node, isWeight);
    if (found === undefined) continue;
    const name = uniqueName(node.name === "" ? node.outputs[0]!.name : node.name, names);
    layers.push({ name, ...found, isInputNonNegative: isNonNegative(found.input) });
  }
  return layers;
}

type Found = Omit<QuantizableLayer, "name" | "isInputNonNegative">;

function layerOf(node: Node, isWeight: (value: Value) => boolean): Found | undefined {
  if (node.domain !== "") return undefined;
  const [a, b, c] = node.inputs;
  const [y] = node.outputs;
  if (a === undefined || b === undefined || y === undefined) return undefined;
  const isProduct = node.op === "Gemm" || node.op === "MatMul";
  if (!isProduct && node.op !== "Conv" && node.op !== "ConvTranspose") return undefined;
  const [behindA, behindB] = [origin(a), origin(b)];
  const isSwapped = isProduct && isWeight(behindA);
  if (isSwapped === isWeight(behindB)) return undefined;
  const [input, weight, initializer] = isSwapped ? [b, a, behindA] : [a, b, behindB];
  const added = node.op === "MatMul" ? addedBias(node, y, isWeight) : undefined;
  const kind = node.op as LayerKind;
  return { kind, node, weight, initializer, input, bias: added?.bias ?? c, output: added?.output ?? y };
}

/** The bias of a MatMul whose only reader is an Add of a constant vector along the last axis. */
function addedBias(
  node: Node,
  product: Value,
  isWeight: (value: Value) => boolean,
): { bias: Value; output: Value } | undefined {
  const [use, ...others] = product.uses;
  if (use === undefined || others.length > 0 || use.node.kind !== "Add") return undefined;
  if (node.graph?.outputs.includes(product)) return undefined;
  const bias = use.node.inputs[1 - use.index];
  const output = use.node.outputs[0];
  if (bias === undefined || output === undefined || !isWeight(origin(bias))) return undefined;
  const isVector = bias.type?.dims?.slice(0, -1).every((dim) => dim === 1) ?? false;
  return isVector ? { bias, output } : undefined;
}

function uniqueName(stem: string, taken: Set<string>): string {
  let name = stem;
  for (let count = 2; taken.has(name); count++) name = `${stem}_${count}`;
  taken.add(name);
  return name;
}
