/**
 * @file Remove identities: nodes that hand on what they get. Types must have been inferred; where one is not known, the
 * node stays.
 *
 * Cases:
 * 1. Identity;
 * 2. Dropout that does not train (no third input, or a constant false) and whose mask nobody reads;
 * 3. Cast and CastLike to the type that the value has;
 * 4. Reshape, Flatten, Squeeze, Unsqueeze, Expand, Slice and Tile that leave the shape as it is (a symbol counts as equal to
 *    itself); a Slice must step forwards;
 * 5. Transpose with the identical permutation; Concat, Sum, Max, Min and Mean of one input; Pad by nothing;
 * 6. Transpose of a Transpose → one Transpose, or none;
 * 7. Reshape of a Reshape, Flatten, Squeeze or Unsqueeze → the outer Reshape alone, unless its target has zeros, which copy
 *    dimensions of the inner result;
 * 8. likewise in subgraphs. A node that makes a graph output out of an input, an initializer or another output stays: the
 *    output needs its name.
 */

import { integers } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { bypass, graphsOf } from "./nested.ts";
import { removeDeadNodes } from "./remove-dead-nodes.ts";

export const removeIdentities: Pass = {
  name: "remove-identities",
  run: (model) => {
    let modified = false;
    for (const graph of [...graphsOf(model.graph)]) {
      for (const node of [...graph.nodes]) modified = removeOne(graph, node) || modified;
    }
    if (modified) removeDeadNodes.run(model);
    return modified;
  },
};

function removeOne(graph: Graph, node: Node): boolean {
  const [input] = node.inputs;
  const [output] = node.outputs;
  if (node.domain !== "" || input === undefined || output === undefined) return false;
  const isJoined = joinTransposes(node) || joinReshapes(node);
  return (isIdentity(graph, node) && bypass(graph, output, node.inputs[0]!)) || isJoined;
}

/** Does the node hand on its first input? */
function isIdentity(graph: Graph, node: Node): boolean {
  const test = tests[node.op];
  const [x] = node.inputs;
  const [y] = node.outputs;
  return test?.(node, x!, y!, graph) ?? false;
}

const isSameShape = (_: Node, x: Value, y: Value): boolean => isEqual(x.type?.dims, y.type?.dims);
const isAlone = (node: Node): boolean => node.inputs.length === 1;
const isSameType = (_: Node, x: Value, y: Value): boolean =>
  x.type !== undefined && y.type !== undefined && x.type.dtype === y.type.dtype;

const tests: Readonly<Record<string, (node: Node, x: Value, y: Value, graph: Graph) => boolean>> = {
  Identity: () => true,
  Dropout: (node, _x, _y, graph) => {
    const training = node.inputs[2];
    const mask = node.outputs[1];
    const isInference = training === undefined || (training.constant?.data[0] === 0 && !training.producer);
    return isInference && (mask === undefined || (!mask.isUsed && !graph.outputs.includes(mask)));
  },
  Cast: isSameType,
  CastLike: isSameType,
  Reshape: isSameShape,
  Flatten: isSameShape,
  Squeeze: isSameShape,
  Unsqueeze: isSameShape,
  Expand: isSameShape,
  Tile: isSameShape,
  Slice: (node, x, y) => {
    const steps = node.inputs[4];
    const isForward = steps === undefined || (constantIntegers(steps)?.every((step) => step === 1) ?? false);
    return isForward && isSameShape(node, x, y);
  },
  Pad: (node) => constantIntegers(node.inputs[1])?.every((pad) => pad === 0) ?? false,
  Transpose: (node) => permutation(node)?.every((axis, i) => axis === i) ?? false,
  Concat: isAlone,
  Sum: isAlone,
  Max: isAlone,
  Min: isAlone,
  Mean: isAlone,
};

/** Equal lengths, and on each axis the same number or the same symbol. */
function isEqual(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

function constantIntegers(value: Value | undefined): number[] | undefined {
  return value?.constant === undefined ? undefined : integers(value.constant);
}

function permutation(node: Node): readonly number[] | undefined {
  const { perm } = node.attributes;
  if (perm?.type === "ints") return perm.value;
  const rank = node.inputs[0]?.type?.dims?.length;
  return rank === undefined ? undefined : Array.from({ length: rank }, (_, i) => rank - 1 - i);
}

/** y = Transpose(Transpose(x, inner), outer): axis i of y is axis inner[outer[i]] of x. */
function joinTransposes(node: Node): boolean {
  const first = node.inputs[0]!.producer;
  if (node.op !== "Transpose" || first?.op !== "Transpose" || first.domain !== "") return false;
  const [inner, outer] = [permutation(first), permutation(node)];
  const x = first.inputs[0];
  if (inner === undefined || outer === undefined || x === undefined) return false;
  node.attributes = { ...node.attributes, perm: { type: "ints", value: outer.map((axis) => inner[axis]!) } };
  node.setInput(0, x);
  return true;
}

/** Reshape does not care for the shape of what it reshapes, unless a 0 in its target copies a dimension. */
function joinReshapes(node: Node): boolean {
  const first = node.inputs[0]!.producer;
  const isShapeOnly = ["Reshape", "Flatten", "Squeeze", "Unsqueeze"].includes(first?.op ?? "") && first!.domain === "";
  if (node.op !== "Reshape" || !isShapeOnly || first!.inputs[0] === undefined) return false;
  const target = node.inputs[1]!.contents ?? constantIntegers(node.inputs[1]);
  const allowsZero = node.attributes.allowzero?.value === 1;
  if (target === undefined || (target.includes(0) && !allowsZero)) return false;
  node.setInput(0, first!.inputs[0]);
  return true;
}
