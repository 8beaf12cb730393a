/**
 * @file Scan: a body that runs over slices of its scanned inputs; state goes round, the other outputs are collected.
 * ONNX Scan-25.
 */

import { f32, reshaped, type Tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { Graph } from "../graph/graph.ts";
import { type TensorType, Value } from "../graph/value.ts";
import { graphAttribute, int, ints, required } from "./attributes.ts";
import { concatenated } from "./Concat.ts";
import { span } from "./contents.ts";
import { collected } from "./Loop.ts";
import { inferBody } from "./loop-types.ts";
import { type Known, none, operator } from "./operator.ts";
import { pick, pickAlong } from "./pick.ts";
import { axisIndex } from "./shapes.ts";
import { streaming } from "./work.ts";

/** One slice along an axis, without the axis. */
function sliceOf(x: Tensor, axis: number, i: number): Tensor {
  const dims = x.dims.toSpliced(axis, 1);
  return pick(x, dims, pickAlong(x.dims, axis, [i]));
}

/** Slices joined along a new axis. */
function joined(parts: readonly Tensor[], axis: number, type: TensorType | undefined): Tensor {
  if (parts.length === 0) return collected(parts, type);
  const place = axisIndex(axis, parts[0]!.dims.length + 1);
  return concatenated(
    parts.map((part) => reshaped(part, part.dims.toSpliced(place, 0, 1))),
    place,
  );
}

/** sum += x, and the sum put out at every step. */
function exampleBody(): Graph {
  const body = new Graph("body");
  const type = { dtype: "float32", dims: [2] } as const;
  const [sum, x] = [body.addInput("sum", type), body.addInput("x", type)];
  const [next, out] = [new Value("next"), new Value("out")];
  body.addNode({ op: "Add", inputs: [sum, x], outputs: [next] });
  body.addNode({ op: "Identity", inputs: [next], outputs: [out] });
  for (const output of [next, out]) body.addOutput(output);
  return body;
}

export const Scan = operator("Scan", {
  since: 11,
  arity: [1, Number.POSITIVE_INFINITY],
  outputs: Number.POSITIVE_INFINITY,
  attributes: {
    body: required(graphAttribute()),
    num_scan_inputs: required(int()),
    scan_input_axes: ints(),
    scan_input_directions: ints(),
    scan_output_axes: ints(),
    scan_output_directions: ints(),
  },
  shape: (inputs, at, context) => {
    const states = inputs.length - at.num_scan_inputs;
    const scanned = inputs.slice(states);
    let count: Dim | undefined;
    const slices = scanned.map((input, i): Known => {
      if (input.dims === undefined) return { dtype: input.dtype, dims: undefined };
      const axis = axisIndex(at.scan_input_axes?.[i] ?? 0, input.dims.length);
      count ??= input.dims[axis];
      return { dtype: input.dtype, dims: input.dims.toSpliced(axis, 1) };
    });
    const { carried, results } = inferBody(
      at.body,
      inputs.slice(0, states),
      (types) => [...types, ...slices],
      (types) => types.slice(0, states),
      context,
    );
    const length = count ?? context.fresh("steps");
    const outputs = results.slice(states).map(({ dtype, dims }, i) => {
      const axis = dims && axisIndex(at.scan_output_axes?.[i] ?? 0, dims.length + 1);
      return { dtype, dims: dims?.toSpliced(axis!, 0, length) };
    });
    return [...carried, ...outputs];
  },
  run: (inputs, at, context) => {
    const states = inputs.length - at.num_scan_inputs;
    const scanned = inputs.slice(states);
    const axes = scanned.map((input, i) => axisIndex(at.scan_input_axes?.[i] ?? 0, input.dims.length));
    const count = scanned[0]!.dims[axes[0]!]!;
    let carried = inputs.slice(0, states);
    const parts: Tensor[][] = span(at.body.outputs.length - states).map(() => []);
    for (let step = 0; step < count; step++) {
      const slices = scanned.map((input, i) =>
        sliceOf(input, axes[i]!, at.scan_input_directions?.[i] === 1 ? count - 1 - step : step),
      );
      const results = context.evaluate(at.body, [...carried, ...slices]);
      carried = results.slice(0, states);
      for (const [i, part] of results.slice(states).entries()) {
        if (at.scan_output_directions?.[i] === 1) parts[i]!.unshift(part);
        else parts[i]!.push(part);
      }
    }
    const declared = at.body.outputs.slice(states).map((output) => output.type);
    return [...carried, ...parts.map((list, i) => joined(list, at.scan_output_axes?.[i] ?? 0, declared[i]))];
  },
  gradient: none("a scan is differentiated step by step: unroll it first"),
  work: (inputs, outputs) => streaming(inputs, outputs),
  examples: [
    {
      name: "running sums of rows",
      inputs: [f32([2], [0.5, 0]), f32([3, 2], [1, 2, 3, 4, 5, 6])],
      attributes: { body: exampleBody(), num_scan_inputs: 1 },
      outputs: 2,
      expected: [f32([2], [9.5, 12]), f32([3, 2], [1.5, 2, 4.5, 6, 9.5, 12])],
      gradientOf: [],
    },
    {
      name: "columns backwards, joined in front of each other as columns",
      inputs: [f32([2], [0, 0]), f32([2, 3], [1, 2, 3, 4, 5, 6])],
      attributes: {
        body: exampleBody(),
        num_scan_inputs: 1,
        scan_input_axes: [1],
        scan_input_directions: [1],
        scan_output_axes: [-1],
        scan_output_directions: [1],
      },
      outputs: 2,
      expected: [f32([2], [6, 15]), f32([2, 3], [6, 5, 3, 15, 11, 6])],
      gradientOf: [],
    },
  ],
});
