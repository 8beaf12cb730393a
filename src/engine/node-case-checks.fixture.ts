/** @file What a conformance case is held against: ONNX Runtime, the reference engine, shape inference. */

import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { isFloat, kindOf } from "../base/dtype.ts";
import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import { allValues, type Graph } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import { isPassable, observableFile, seenAs } from "../onnx/observable-file.fixture.ts";
import { inferModel, lookUp } from "../operators/index.ts";
import type { NodeCase } from "./node-cases.fixture.ts";
import { sessionOptions } from "./session-options.ts";

/** Tolerances of ONNX's own runner. */
const relative = 1e-3;
const absolute = 1e-7;

/** Says where a result differs from what is expected; `undefined` where it does not. */
export function difference(actual: Tensor | undefined, expected: Tensor): string | undefined {
  if (actual === undefined) return "there is no such output";
  const wanted = `${expected.dtype}[${expected.dims.join(", ")}]`;
  if (actual.dtype !== expected.dtype || actual.dims.join() !== expected.dims.join()) {
    return `is ${actual.dtype}[${actual.dims.join(", ")}], expected ${wanted}`;
  }
  if (expected.dtype === "string") {
    const at = (expected.data as string[]).findIndex((value, i) => value !== actual.data[i]);
    return at < 0 ? undefined : `element ${at} is "${actual.data[at]}", expected "${expected.data[at]}"`;
  }
  const [a, b] = [numbers(actual), numbers(expected)];
  const isExact = !isFloat(expected.dtype) && kindOf(expected.dtype) !== "complex";
  for (let i = 0; i < b.length; i++) {
    const bound = isExact ? 0 : absolute + relative * Math.abs(b[i]!);
    const isClose = Object.is(a[i], b[i]) || a[i] === b[i] || Math.abs(a[i]! - b[i]!) <= bound;
    if (!isClose) return `element ${i} of ${wanted} is ${a[i]}, expected ${b[i]}`;
  }
  return undefined;
}

/** The first output that differs. */
export function firstDifference(outputs: Readonly<Record<string, Tensor>>, test: NodeCase): string | undefined {
  for (const [name, expected] of test.outputs) {
    const found = difference(outputs[name], expected);
    if (found !== undefined) return `output "${name}" ${found}`;
  }
  return undefined;
}

const Make = OrtTensor as unknown as new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;

/** Runs an ONNX file as it is. Outputs that the binding cannot pass come back through float32, in their own type. */
export async function runFile(bytes: Uint8Array, test: NodeCase): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(
    observableFile(bytes, test.inputs),
    sessionOptions({ isDefault: true, threads: 1 }),
  );
  try {
    const feeds = [...test.inputs].filter(([, { dtype }]) => isPassable(dtype));
    const results = await session.run(
      Object.fromEntries(feeds.map(([name, { dtype, data, dims }]) => [name, new Make(dtype, data, dims)])),
    );
    const outputs: Record<string, Tensor> = {};
    for (const [name, { dtype }] of test.outputs) {
      const { type, dims, data } = results[isPassable(dtype) ? name : seenAs(name)]!;
      outputs[name] = isPassable(dtype)
        ? ({ dtype: type, dims: [...dims], data } as unknown as Tensor)
        : tensor(dtype, dims, data as Float32Array);
    }
    return outputs;
  } finally {
    await session.release();
  }
}

/** All operators of a model, those in subgraphs and functions included. */
export function kindsOf(model: Model): Set<string> {
  const kinds = new Set<string>();
  const visit = (graph: Graph) => {
    for (const node of graph.nodes) {
      kinds.add(node.kind);
      for (const subgraph of node.subgraphs) visit(subgraph);
    }
  };
  visit(model.graph);
  for (const fn of model.functions.values()) visit(fn.graph);
  return kinds;
}

/** Operators that Femto does not know. */
export const unknownKinds = (model: Model): string[] =>
  [...kindsOf(model)].filter((kind) => lookUp(kind) === undefined && !model.functions.has(kind));

/**
 * Infers the model from its inputs alone (what the file declares of other values is forgotten first) and compares with
 * the outputs that really come. Symbols are allowed, wrong numbers are not. `known` gives inference the elements of the
 * inputs, as if they were initializers, so that shapes that hang on them must come out, too.
 */
export function shapeDifference(model: Model, test: NodeCase, known: boolean): string | undefined {
  const bound = new Set([...model.graph.inputs, ...model.graph.initializers]);
  for (const value of allValues(model.graph)) {
    if (bound.has(value) || value.constant !== undefined) continue;
    value.type = undefined;
    value.contents = undefined;
  }
  const filled = known ? model.graph.inputs.filter((input) => input.constant === undefined) : [];
  for (const input of filled) input.constant = test.inputs.get(input.name);
  try {
    inferModel(model);
  } finally {
    for (const input of filled) input.constant = undefined;
  }
  for (const output of model.graph.outputs) {
    const expected = test.outputs.get(output.name)!;
    const { dtype, dims } = output.type!;
    const isFitting =
      dims === undefined ||
      (dims.length === expected.dims.length &&
        dims.every((dim, axis) => typeof dim === "string" || dim === expected.dims[axis]));
    if (dtype !== expected.dtype || !isFitting) {
      const [got, wanted] = [dims?.join(", ") ?? "…", expected.dims.join(", ")];
      return `output "${output.name}" is inferred as ${dtype}[${got}], but is ${expected.dtype}[${wanted}]`;
    }
  }
  return undefined;
}

/** Outputs whose inferred shape is not all numbers. */
export const openShapes = (model: Model): string[] =>
  model.graph.outputs
    .filter(({ type }) => type?.dims === undefined || type.dims.some((dim) => typeof dim === "string"))
    .map(({ name }) => name);
