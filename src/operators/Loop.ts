/**
 * @file Loop: a body repeated a number of times, or while its condition holds; values go round, and what the body
 * puts out besides is collected along a new first axis. ONNX Loop-16.
 */

import { fail } from "../base/errors.ts";
import { f32, numbers, reshaped, scalar, type Tensor, zeros } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { Graph } from "../graph/graph.ts";
import { type TensorType, Value } from "../graph/value.ts";
import { graphAttribute, required } from "./attributes.ts";
import { concatenated } from "./Concat.ts";
import { dimsIn, span } from "./contents.ts";
import { inferBody } from "./loop-types.ts";
import { type Known, none, operator } from "./operator.ts";
import { streaming } from "./work.ts";

/** Whether the condition stays as it came in, so that the trip count alone decides. */
function keepsCondition(body: Graph): boolean {
  let condition = body.outputs[0]!;
  while (condition.producer?.op === "Identity") condition = condition.producer.inputs[0]!;
  return condition === body.inputs[1] || isTrue(condition.constant);
}

const isTrue = (constant: Tensor | undefined): boolean => constant?.dtype === "bool" && constant.data[0] === 1;

/** Parts collected along a new first axis; without any, the declared type of the body's output says the rest. */
export function collected(parts: readonly Tensor[], type: TensorType | undefined): Tensor {
  if (parts.length === 0) {
    if (type === undefined) {
      fail({
        code: "shape.type",
        message: "no turn was taken, and the body's output has no type",
        hint: "infer shapes first",
      });
    }
    return zeros(type.dtype, [0, ...(type.dims ?? []).map((dim) => (typeof dim === "number" ? dim : 0))]);
  }
  return concatenated(
    parts.map((part) => reshaped(part, [1, ...part.dims])),
    0,
  );
}

/** total += x, and total·2 put out, in every turn. */
function exampleBody(): Graph {
  const body = new Graph("body");
  const type = (dtype: "int64" | "bool" | "float32", dims: readonly Dim[] = []): TensorType => ({ dtype, dims });
  body.addInput("turn", type("int64"));
  const condition = body.addInput("go_on", type("bool"));
  const total = body.addInput("total", type("float32", [2]));
  const [next, double, stay] = ["next", "double", "stay"].map((name) => new Value(name));
  const step = body.addInitializer("step", f32([2], [1, 10]));
  body.addNode({ op: "Add", inputs: [total, step], outputs: [next] });
  body.addNode({ op: "Add", inputs: [next, next], outputs: [double] });
  body.addNode({ op: "Identity", inputs: [condition], outputs: [stay] });
  for (const output of [stay!, next!, double!]) body.addOutput(output);
  return body;
}

export const Loop = operator("Loop", {
  since: 13,
  arity: [2, Number.POSITIVE_INFINITY],
  outputs: Number.POSITIVE_INFINITY,
  attributes: { body: required(graphAttribute()) },
  shape: (inputs, { body }, context) => {
    const [trips, condition, ...initial] = inputs as (Known | undefined)[];
    const { carried, results } = inferBody(
      body,
      initial as Known[],
      (types) => [{ dtype: "int64", dims: [] }, { dtype: "bool", dims: [] }, ...types],
      (types) => types.slice(1, 1 + initial.length),
      context,
    );
    const isCounted = (condition === undefined || isTrue(condition.constant)) && keepsCondition(body);
    const count = (isCounted ? dimsIn(trips)?.[0] : undefined) ?? context.fresh("turns");
    const scanned = results.slice(1 + initial.length);
    return [...carried, ...scanned.map(({ dtype, dims }) => ({ dtype, dims: dims && [count, ...dims] }))];
  },
  run: (inputs, { body }, context) => {
    const [trips, condition, ...initial] = inputs as (Tensor | undefined)[];
    const most = trips === undefined ? Number.POSITIVE_INFINITY : numbers(trips)[0]!;
    let isOn = condition === undefined || numbers(condition)[0] !== 0;
    let carried = initial as Tensor[];
    const scanned: Tensor[][] = span(body.outputs.length - 1 - initial.length).map(() => []);
    for (let turn = 0; turn < most && isOn; turn++) {
      const [next, ...results] = context.evaluate(body, [scalar("int64", turn), scalar("bool", isOn), ...carried]);
      isOn = numbers(next!)[0] !== 0;
      carried = results.slice(0, initial.length);
      for (const [i, part] of results.slice(initial.length).entries()) scanned[i]!.push(part);
    }
    const declared = body.outputs.slice(1 + initial.length).map((output) => output.type);
    return [...carried, ...scanned.map((parts, i) => collected(parts, declared[i]))];
  },
  gradient: none("a loop is differentiated turn by turn: unroll it first"),
  work: (inputs, outputs) => streaming(inputs, outputs),
  examples: [
    {
      name: "three turns",
      inputs: [scalar("int64", 3), scalar("bool", true), f32([2], [0.5, 0.25])],
      attributes: { body: exampleBody() },
      outputs: 2,
      expected: [f32([2], [3.5, 30.25]), f32([3, 2], [3, 20.5, 5, 40.5, 7, 60.5])],
      gradientOf: [],
    },
    {
      name: "no turn",
      inputs: [scalar("int64", 0), scalar("bool", true), f32([2], [0.5, 0.25])],
      attributes: { body: exampleBody() },
      outputs: 2,
      expected: [f32([2], [0.5, 0.25]), f32([0, 2], [])],
      gradientOf: [],
    },
  ],
});
