/**
 * @file loopify: K training steps in one ONNX `Loop`. Carried inputs (weights, state) become loop-carried values, scanned
 * inputs (indices, controls) become stacks of K that the body slices by iteration, resident inputs are captured, metrics
 * become stacks of K. One `run` instead of K saves dispatch and copies; the bits are those of K single runs.
 */

import { fail } from "../base/errors.ts";
import { scalar } from "../base/tensor.ts";
import { cloneGraph } from "../graph/clone.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { Node } from "../graph/node.ts";
import { Value } from "../graph/value.ts";
import { Emit, inferNode } from "../operators/index.ts";

export interface LoopRoles {
  /** Output → input of the step. */
  readonly carry: Readonly<Record<string, string>>;
  /** Inputs that are the same for all K steps. */
  readonly resident: readonly string[];
  /** Inputs with one value a step. */
  readonly scanned: readonly string[];
  /** Outputs with one value a step. */
  readonly stacked: readonly string[];
}

/**
 * @param step a model whose inputs are carried, resident or scanned, and whose outputs are carried or stacked
 * @returns a model with the same input and output names; scanned inputs and stacked outputs have a leading dimension K,
 * and a scalar int64 input `steps` says K
 */
export function loopify(step: Model, roles: LoopRoles): Model {
  const outer = new Graph(`${step.graph.name}_loop`);
  const mapping = new Map<Value, Value>();
  const body = new Graph(`${step.graph.name}_body`);
  const iteration = body.addInput("iteration", { dtype: "int64", dims: [] });
  const condition = body.addInput("condition", { dtype: "bool", dims: [] });
  const g = new Emit(body, { scope: "slice" });
  const steps = outer.addInput("steps", { dtype: "int64", dims: [] });
  const carriedInputs = new Set(Object.values(roles.carry));
  const initial = new Map<string, Value>();
  for (const input of step.graph.inputs) {
    const { dtype, dims } = input.type!;
    if (roles.resident.includes(input.name)) mapping.set(input, outer.addInput(input.name, input.type!));
    else if (roles.scanned.includes(input.name)) {
      const stack = outer.addInput(input.name, { dtype, dims: ["K", ...dims!] });
      mapping.set(input, g.op("Gather", [stack, iteration], { axis: 0 }));
    } else if (carriedInputs.has(input.name)) {
      initial.set(input.name, outer.addInput(input.name, input.type!));
      mapping.set(input, body.addInput(`${input.name}#`, input.type!));
    } else {
      // Read by the step and changed by nobody: as good as resident.
      mapping.set(input, outer.addInput(input.name, input.type!));
    }
  }
  // Constants live outside, so that the body holds nodes only and the runtime prepares them once.
  for (const constant of step.graph.initializers) {
    // One that the step puts out gives its name to the loop's result.
    const name = step.graph.outputs.includes(constant) ? `${constant.name}#` : constant.name;
    const copy = new Value(name, constant.type, constant.constant);
    outer.initializers.push(copy);
    mapping.set(constant, copy);
  }
  const copy = cloneGraph(step.graph, mapping);
  const nodes = [...copy.nodes];
  for (const node of nodes) body.addNode(node);
  const handOver = new Emit(body, { scope: "hand_over" });
  const output = (name: string): Value => {
    const index = step.graph.outputs.findIndex((value) => value.name === name);
    const value = copy.outputs[index] ?? fail({ code: "loopify.output", message: `the step has no output "${name}"` });
    // A body puts out what its own nodes make, nothing else: constants and inputs go through a node.
    return value.producer?.graph === body ? value : handOver.op("Identity", [value]);
  };
  const carried = Object.entries(roles.carry).map(([from, to]) => ({ from, to, value: output(from) }));
  // Loop-carried inputs must stand in the order of the outputs.
  const order = carried.map(({ to }) => body.inputs.find((value) => value.name === `${to}#`)!);
  body.inputs.splice(0, body.inputs.length, iteration, condition, ...order);
  const go = new Emit(body, { scope: "go_on" }).op("Identity", [condition]);
  body.addOutput(go);
  for (const { value } of carried) body.addOutput(value);
  for (const name of roles.stacked) body.addOutput(output(name));

  const results = [...carried.map(({ from }) => from), ...roles.stacked].map((name) => new Value(name));
  for (const value of body.outputs) if (results.some((r) => r.name === value.name)) value.name = `${value.name}#`;
  const loop = new Node({
    op: "Loop",
    name: "steps",
    inputs: [steps, outer.addInitializer("go", scalar("bool", true)), ...carried.map(({ to }) => initial.get(to)!)],
    outputs: results,
    attributes: { body: { type: "graph", value: body } },
  });
  outer.addNode(loop);
  inferNode(loop);
  for (const value of results) outer.addOutput(value);
  const model = new Model(outer);
  for (const [key, fn] of step.functions) model.functions.set(key, fn);
  return model;
}
