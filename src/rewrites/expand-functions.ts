/**
 * @file Expand functions: every call of a model-local function, and every node whose operator has a body, becomes the
 * nodes inside. For runtimes and passes that know standard operators only.
 *
 * Cases:
 * 1. a call of a function of the model → its nodes; attribute references take the call's value, else the default, else
 *    they vanish; an absent optional input is absent inside, too;
 * 2. a node of an operator with `body` (domain femto) → the nodes that the body emits for its attributes;
 * 3. calls inside functions, and calls inside subgraphs, likewise; the output values of the call stay as they are, so
 *    that names of results survive; everything else gets a fresh name under the name of the call;
 * 4. a Constant inside whose value is an attribute of the function → an initializer;
 * 5. a function output that is a function input or a constant, or that is used twice → an Identity;
 * 6. functions that nothing calls any more are dropped.
 */

import { fail } from "../base/errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { Model, ModelFunction } from "../graph/model.ts";
import { type Attribute, Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { bodyFunction } from "./body-function.ts";
import { type CopyOptions, copyNode } from "./copy-nodes.ts";
import { evaluate } from "./evaluate.ts";
import { addConstant, graphsOf } from "./nested.ts";
import { substitute } from "./substitute.ts";

export interface ExpandOptions {
  /** Kinds (`femto.FakeQuant`) that stay as they are; default: none. */
  readonly keep?: (kind: string) => boolean;
}

/** @throws FemtoError `function.recursive` where a function calls itself */
export function expandFunctions({ keep = () => false }: ExpandOptions = {}): Pass {
  const bodyOf = (model: Model, node: Node): ModelFunction | undefined =>
    keep(node.kind) ? undefined : (model.functions.get(node.kind) ?? bodyFunction(node));

  const expand = (model: Model, node: Node, calls: readonly string[]): boolean => {
    const fn = bodyOf(model, node);
    if (fn === undefined) return false;
    if (calls.includes(node.kind)) {
      fail({
        code: "function.recursive",
        where: node.describe(),
        message: "the function calls itself",
        expected: "functions without recursion",
        got: [...calls, node.kind].join(" → "),
      });
    }
    for (const made of inlineCall(model.graph, node, fn)) {
      expand(model, made, [...calls, node.kind]);
      for (const graph of made.subgraphs) expandAll(model, graph, [...calls, node.kind]);
    }
    return true;
  };

  const expandAll = (model: Model, root: Graph, calls: readonly string[]): boolean => {
    let modified = false;
    for (const graph of [...graphsOf(root)]) {
      for (const node of [...graph.nodes]) modified = expand(model, node, calls) || modified;
    }
    return modified;
  };

  return {
    name: "expand-functions",
    run: (model) => {
      const modified = expandAll(model, model.graph, []);
      return dropUncalled(model) || modified;
    },
    ensures: (model) => {
      for (const graph of graphsOf(model.graph)) {
        const left = graph.nodes.find((node) => bodyOf(model, node) !== undefined);
        if (left !== undefined) fail({ code: "function.left", message: `${left.describe()} is still a call` });
      }
    },
  };
}

/** Puts the nodes of `fn` in the place of the call; returns them. */
function inlineCall(root: Graph, call: Node, fn: ModelFunction): Node[] {
  const graph = call.graph!;
  const prefix = call.name === "" ? call.op : call.name;
  const values: CopyOptions["values"] = new Map();
  for (const [index, input] of fn.graph.inputs.entries()) values.set(input, call.inputs[index]);
  for (const value of fn.graph.initializers) {
    values.set(value, addConstant(root, graph, `${prefix}/${value.name}`, value.constant!));
  }
  // What a node of the body makes, and only one output names, becomes the call's own output value.
  const indirect: [from: Value, to: Value][] = [];
  for (const [index, inner] of fn.graph.outputs.entries()) {
    const outer = call.outputs[index];
    if (outer === undefined) continue;
    if (inner.producer === undefined || values.has(inner)) indirect.push([inner, outer]);
    else values.set(inner, outer);
  }
  const options: CopyOptions = {
    values,
    name: (stem) => root.freshName(`${prefix}/${stem}`),
    nodeName: (name) => (name === "" ? "" : `${prefix}/${name}`),
    attribute: (attribute) => resolved(attribute, call, fn),
  };
  const nodes = fn.graph.nodes.map((node) => copyNode(node, options));
  for (const [from, to] of indirect) {
    nodes.push(new Node({ op: "Identity", name: `${prefix}/Identity`, inputs: [values.get(from)], outputs: [to] }));
  }
  for (const node of nodes) graph.addNode(node, call);
  graph.removeNodes([call]);
  return nodes.map((node) => settleConstants(root, node));
}

/** A Constant whose value came from the call has a value now: an initializer behind an Identity. */
function settleConstants(root: Graph, node: Node): Node {
  for (const inner of node.subgraphs) for (const child of [...inner.nodes]) settleConstants(root, child);
  if (node.kind !== "Constant") return node;
  const value = addConstant(root, node.graph!, `${node.outputs[0]!.name}/value`, evaluate(node)[0]!);
  return substitute(node, { op: "Identity", inputs: [value], attributes: {} });
}

/** An attribute of the body with references filled in from the call. */
function resolved(attribute: Attribute, call: Node, fn: ModelFunction): Attribute | undefined {
  if (attribute.type !== "reference") return attribute;
  return call.attributes[attribute.value] ?? fn.defaults[attribute.value];
}

function dropUncalled(model: Model): boolean {
  const called = new Set<string>();
  const visit = (root: Graph): void => {
    for (const graph of graphsOf(root)) {
      for (const node of graph.nodes) {
        const fn = model.functions.get(node.kind);
        if (fn === undefined || called.has(node.kind)) continue;
        called.add(node.kind);
        visit(fn.graph);
      }
    }
  };
  visit(model.graph);
  const uncalled = [...model.functions.keys()].filter((kind) => !called.has(kind));
  for (const kind of uncalled) model.functions.delete(kind);
  return uncalled.length > 0;
}
