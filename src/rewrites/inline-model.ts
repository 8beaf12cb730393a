/**
 * @file Inline model: copies the nodes of a model into a graph that is being written, with other values in the place of
 * its inputs and of chosen initializers. Training steps are built so: a quantised and a full-precision copy of one network
 * that read the same weights.
 *
 * Cases:
 * 1. an input that is bound → the given value; an input with a default that is not bound → the default as a constant;
 * 2. an initializer that is bound → the given value; another one → a constant, shared with an equal tensor that the graph
 *    holds already (the same object in memory: two copies of a model share what they do not bind);
 * 3. bodies of control flow are copied along, and what they capture follows;
 * 4. types are inferred anew from the given values, since a batch may have another size here.
 * Values and nodes keep their names under the scope of the Emit: `student/conv1/Conv`.
 */

import { fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import type { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { type Emit, inferNode, lookUp } from "../operators/index.ts";
import { type CopyOptions, copyNode } from "./copy-nodes.ts";

/**
 * @param bind input or initializer name → value of the target graph
 * @returns the values that are the model's outputs, in order
 * @throws FemtoError `inline.input` for an input without value, `inline.name` for a name the model does not have,
 * `inline.function` for a call of a model-local function (expand those first)
 */
export function inlineModel(g: Emit, model: Model, bind: ReadonlyMap<string, Value>): Value[] {
  const { graph } = model;
  const names = new Set([...graph.inputs, ...graph.initializers].map((value) => value.name));
  for (const name of bind.keys()) {
    if (!names.has(name)) {
      fail({ code: "inline.name", message: `the model has no input or initializer "${name}"` });
    }
  }
  const scoped = (stem: string) => (g.scope === "" ? stem : `${g.scope}/${stem}`);
  const held = new Map<Tensor, Value>();
  const inputs = new Set(g.graph.inputs);
  for (const value of g.graph.initializers) if (!inputs.has(value)) held.set(value.constant!, value);
  const values: CopyOptions["values"] = new Map();
  for (const value of new Set([...graph.inputs, ...graph.initializers])) {
    const { constant } = value;
    const bound = bind.get(value.name);
    if (bound !== undefined) values.set(value, bound);
    else if (constant !== undefined) {
      const shared = held.get(constant) ?? g.graph.addInitializer(scoped(value.name), constant);
      held.set(constant, shared);
      values.set(value, shared);
    } else {
      fail({ code: "inline.input", message: `no value is given for the input "${value.name}"` });
    }
  }
  const options: CopyOptions = {
    values,
    name: (stem) => g.graph.freshName(scoped(stem)),
    nodeName: (name) => (name === "" ? "" : scoped(name)),
    forgetTypes: true,
  };
  for (const node of graph.nodes) {
    if (lookUp(node.kind) === undefined && model.functions.has(node.kind)) {
      fail({
        code: "inline.function",
        where: node.describe(),
        message: "calls a function of the model",
        hint: "apply expandFunctions first",
      });
    }
    const copy = g.graph.addNode(copyNode(node, options), g.before);
    inferNode(copy);
    // Where inference cannot tell, what the model says is better than nothing.
    for (const [index, output] of copy.outputs.entries()) {
      if (output?.type !== undefined && output.type.dims === undefined) output.type = node.outputs[index]!.type;
    }
  }
  return graph.outputs.map((output) => values.get(output)!);
}
