/** @file If: one of two bodies. ONNX If-25. */

import { f32, scalar } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { Value } from "../graph/value.ts";
import { graphAttribute, required } from "./attributes.ts";
import { generalise } from "./loop-types.ts";
import { none, operator } from "./operator.ts";
import { streaming } from "./work.ts";

/** A body that puts out a constant. */
function exampleBranch(name: string, value: number): Graph {
  const branch = new Graph(name);
  const constant = branch.addInitializer(`${name}_constant`, f32([1], [value]));
  const output = new Value(`${name}_output`);
  branch.addNode({ op: "Identity", inputs: [constant], outputs: [output] });
  branch.addOutput(output);
  return branch;
}

const example = { then_branch: exampleBranch("yes", 5), else_branch: exampleBranch("no", 7) };

export const If = operator("If", {
  since: 11,
  arity: [1, 1],
  outputs: Number.POSITIVE_INFINITY,
  attributes: { then_branch: required(graphAttribute()), else_branch: required(graphAttribute()) },
  shape: (_inputs, { then_branch, else_branch }, context) => {
    const [one, other] = [context.infer(then_branch, []), context.infer(else_branch, [])];
    return one.map((type, i) => generalise(type, other[i]!, () => context.fresh("either")));
  },
  run: ([condition], { then_branch, else_branch }, context) =>
    context.evaluate(Number(condition.data[0]) !== 0 ? then_branch : else_branch, []),
  gradient: none("the bodies capture their inputs from outside: choose with Where, or differentiate one body"),
  work: (_inputs, outputs) => streaming([], outputs),
  examples: [
    { name: "then", inputs: [scalar("bool", true)], attributes: example, expected: [f32([1], [5])], gradientOf: [] },
    { name: "else", inputs: [scalar("bool", false)], attributes: example, expected: [f32([1], [7])], gradientOf: [] },
  ],
});
