/**
 * @file Reverse mode: walks a graph from a value backwards, asks each operator for its rule and emits the gradient into
 * the same graph. The result is an ordinary graph: it can be differentiated again, optimised, written and read.
 */

import { isFloat } from "../base/dtype.ts";
import { at } from "../base/errors.ts";
import { sizeOf, tensor } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import { reads } from "../graph/order.ts";
import type { Value } from "../graph/value.ts";
import { applyRule, dimsOf, dtypeOf, type Emit } from "../operators/index.ts";

export interface GradientOptions {
  /** ∂L/∂target: a value of the target's shape; default: ones. */
  readonly seed?: Value;
  /** Values through which no gradient flows (a teacher's logits, running statistics). */
  readonly stopAt?: ReadonlySet<Value>;
}

/**
 * Emits ∂target/∂w for each `w` of `wrt`.
 * @param g writes into the graph that holds `target`; new nodes go to its end
 * @returns one value per `wrt`, of the same shape; a zero constant where nothing depends on it
 * @throws FemtoError `gradient.none` where the only path leads through an operator without gradient
 */
export function gradients(g: Emit, target: Value, wrt: readonly Value[], options: GradientOptions = {}): Value[] {
  const stopAt = options.stopAt ?? new Set();
  const path = nodesBetween(g, target, wrt, stopAt);
  const cotangents = new Map<Value, Value>([[target, options.seed ?? onesLike(g, target)]]);
  const scope = g.scope;
  for (const node of [...g.graph.nodes].reverse()) {
    if (!path.has(node)) continue;
    const dys = node.outputs.map((output) => (output && !stopAt.has(output) ? cotangents.get(output) : undefined));
    if (dys.every((dy) => dy === undefined)) continue;
    g.scope = `${scope === "" ? "" : `${scope}/`}d_${node.name || node.op}`;
    const dxs = at(node.describe(), () => applyRule(g, node, dys));
    for (const [index, input] of node.inputs.entries()) {
      const dx = dxs[index];
      if (input === undefined || dx === undefined || !isFloat(dtypeOf(input))) continue;
      const sum = cotangents.get(input);
      cotangents.set(input, sum === undefined ? dx : g.add(sum, dx));
    }
  }
  g.scope = scope;
  return wrt.map((value) => cotangents.get(value) ?? zerosLike(g, value));
}

/**
 * Nodes on a differentiable path from any of `wrt` to `target`. Paths through integer and boolean values do not count;
 * what a body captures is read like an input, so that its gradient is refused and not silently zero.
 */
function nodesBetween(g: Emit, target: Value, wrt: readonly Value[], stopAt: ReadonlySet<Value>): Set<Node> {
  const reached = new Set<Value>(wrt);
  const forward = new Set<Node>();
  for (const node of g.graph.nodes) {
    if (!reads(node).some((value) => reached.has(value))) continue;
    forward.add(node);
    for (const output of node.outputs) {
      if (output !== undefined && !stopAt.has(output) && isFloat(dtypeOf(output))) reached.add(output);
    }
  }
  const needed = new Set<Value>([target]);
  const path = new Set<Node>();
  for (const node of [...g.graph.nodes].reverse()) {
    if (!forward.has(node) || !node.outputs.some((output) => output !== undefined && needed.has(output))) continue;
    path.add(node);
    for (const value of reads(node)) if (reached.has(value)) needed.add(value);
  }
  return path;
}

/** A tensor of ones or zeros in the shape of `like`; symbolic shapes are read at run time. */
function filled(g: Emit, like: Value, value: number): Value {
  const dims = dimsOf(like);
  if (dims.every((dim) => typeof dim === "number")) {
    const size = sizeOf(dims as number[]);
    if (size <= 1024) return g.constant(tensor(dtypeOf(like), dims as number[], new Array(size).fill(value)));
  }
  return g.op("Expand", [g.scalar(like, value), g.op("Shape", [like])]);
}

const onesLike = (g: Emit, like: Value): Value => filled(g, like, 1);
const zerosLike = (g: Emit, like: Value): Value => filled(g, like, 0);
