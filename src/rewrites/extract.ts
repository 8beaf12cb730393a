/**
 * @file Extract: the part of a model between given values, as a model of its own: a layer to look at, a backbone without
 * its head, the front that runs on another machine.
 *
 * Cases:
 * 1. a named value becomes an input (of the type that inference found), whatever made it before;
 * 2. a named value becomes an output under its own name;
 * 3. what the outputs do not need is left out, initializers included;
 * 4. an input of the whole model that the part needs, too, must be named: nothing is fed behind the caller's back.
 */

import { fail } from "../base/errors.ts";
import { cloneModel } from "../graph/clone.ts";
import { allValues } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import { Value } from "../graph/value.ts";
import { graphsOf } from "./nested.ts";
import { removeDeadNodes } from "./remove-dead-nodes.ts";

/**
 * A new model; the given one stays as it is.
 * @throws FemtoError `extract.value` for a name the graph does not have, `extract.input` for an input that was not named
 */
export function extractModel(
  model: Model,
  { inputs, outputs }: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): Model {
  const part = cloneModel(model);
  const { graph } = part;
  const inner = new Set([...graphsOf(graph)].filter((one) => one !== graph).flatMap((one) => allValues(one)));
  const byName = new Map(
    allValues(graph)
      .filter((value) => !inner.has(value))
      .map((value) => [value.name, value]),
  );
  const find = (name: string): Value =>
    byName.get(name) ??
    fail({
      code: "extract.value",
      message: `the graph has no value "${name}"`,
      hint: "`femto inspect` lists the values of a model",
    });
  const results = outputs.map(find);
  const cuts = inputs.map(find);
  const previous = graph.inputs.splice(0);
  const entries = new Map<Value, Value>();
  for (const cut of cuts) {
    if (cut.type === undefined) {
      fail({ code: "extract.value", message: `"${cut.name}" has no type yet`, hint: "infer the model's types first" });
    }
    const entry = new Value(cut.name, cut.type);
    entries.set(cut, entry);
    graph.inputs.push(entry);
  }
  graph.outputs.splice(0, graph.outputs.length, ...results.map((value) => entries.get(value) ?? value));
  for (const [cut, entry] of entries) {
    cut.name = graph.freshName(`${cut.name}_cut`);
    cut.replaceUses(entry);
  }
  removeDeadNodes.run(part);
  const missing = previous.find(
    (value) => value.constant === undefined && (value.isUsed || graph.outputs.includes(value)),
  );
  if (missing !== undefined) {
    fail({
      code: "extract.input",
      message: `the outputs also depend on the input "${missing.name}"`,
      expected: `inputs ${[...inputs, missing.name].join(", ")}`,
    });
  }
  // An input with a default that was not named is a constant of the part.
  const held = new Set(graph.initializers);
  for (const value of previous) {
    if (value.constant !== undefined && value.isUsed && !held.has(value)) graph.initializers.push(value);
  }
  graph.initializers.splice(0, graph.initializers.length, ...graph.initializers.filter((value) => !entries.has(value)));
  return part;
}
