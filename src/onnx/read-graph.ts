/**
 * @file GraphProto → Graph. Values are defined by name first and read afterwards, so that nodes in any order become
 * one ordered graph; names that a subgraph does not define are captured from the graphs around it.
 */

import type { GraphProto, TensorProto, ValueInfoProto } from "onnx-buf";
import { at, FemtoError, fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { reads, sortNodes } from "../graph/order.ts";
import type { Value } from "../graph/value.ts";
import { annotationKey } from "./annotations.ts";
import { readMetadata } from "./metadata.ts";
import type { ReadContext } from "./read-context.ts";
import { describeNode, readNode } from "./read-node.ts";
import { Scope } from "./scope.ts";
import { tensorFromProto } from "./tensor-read.ts";
import { requireTensor, typeFromProto } from "./value-types.ts";

/** @throws FemtoError `onnx.*` with the path from the graph on */
export function readGraph(proto: GraphProto, context: ReadContext, outer?: Scope): Graph {
  const graph = new Graph(proto.name === "" ? "graph" : proto.name);
  const scope = new Scope(outer);
  readMetadata(proto.metadataProps, graph.metadata);
  if (proto.sparseInitializer.length > 0) {
    fail({ code: "onnx.unsupported", message: "sparse initializers are not supported", hint: "export them dense" });
  }
  for (const info of proto.input) readInput(info, graph, scope, context, outer === undefined);
  for (const tensor of proto.initializer) {
    at(`initializer "${tensor.name}"`, () => readInitializer(tensor, graph, scope, context));
  }
  if (context.irVersion < 4 && outer === undefined) dropListedInitializers(graph);
  for (const [index, node] of proto.node.entries()) {
    for (const name of node.output) if (name !== "") at(describeNode(node, index), () => scope.define(name, "output"));
  }
  for (const info of proto.valueInfo) {
    const value = scope.own(info.name);
    if (value !== undefined) describeValue(value, info, context);
  }
  for (const { tensorName, quantParameterTensorNames } of proto.quantizationAnnotation) {
    for (const { key, value } of quantParameterTensorNames)
      scope.own(tensorName)?.metadata.set(annotationKey(key), value);
  }
  for (const info of proto.output) {
    const value = at("graph outputs", () => scope.resolve(info.name, "output"));
    if (outer === undefined && !context.inFunction) at(`output "${info.name}"`, () => requireTensor(info.type));
    if (scope.own(info.name) === value) describeValue(value, info, context);
    graph.addOutput(value);
  }
  readNodes(proto, graph, scope, context);
  order(graph);
  return graph;
}

function readInput(info: ValueInfoProto, graph: Graph, scope: Scope, context: ReadContext, isOutermost: boolean): void {
  at(`input "${info.name}"`, () => {
    const value = scope.define(info.name, "graph input");
    if (isOutermost && !context.inFunction) {
      requireTensor(info.type);
      if (info.type === undefined) fail({ code: "onnx.type", message: "the graph input states no type" });
    }
    describeValue(value, info, context);
    graph.inputs.push(value);
  });
}

/** Fills in type and metadata; what is known already (an initializer's exact shape) stays. */
function describeValue(value: Value, info: ValueInfoProto, context: ReadContext): void {
  at(`value "${info.name}"`, () => {
    value.type ??= typeFromProto(info.type, info.name, context.symbols);
  });
  readMetadata(info.metadataProps, value.metadata);
}

function readInitializer(proto: TensorProto, graph: Graph, scope: Scope, context: ReadContext): void {
  const tensor = tensorFromProto(proto, context.tensors);
  const input = scope.own(proto.name);
  if (input?.constant === undefined && input !== undefined) checkDefault(input, tensor);
  const value = input?.constant === undefined && input !== undefined ? input : scope.define(proto.name, "initializer");
  setConstant(value, tensor);
  readMetadata(proto.metadataProps, value.metadata);
  graph.initializers.push(value);
}

export function setConstant(value: Value, tensor: Tensor): void {
  value.constant = tensor;
  value.type = { dtype: tensor.dtype, dims: tensor.dims };
}

/** A default value must be of the type that its input states. */
function checkDefault({ type }: Value, { dtype, dims }: Tensor): void {
  const isSame =
    type === undefined ||
    (type.dtype === dtype &&
      (type.dims === undefined ||
        (type.dims.length === dims.length &&
          type.dims.every((dim, axis) => typeof dim === "string" || dim === dims[axis]))));
  if (isSame) return;
  fail({
    code: "onnx.type",
    message: "the initializer differs from the graph input that it belongs to",
    expected: `${type.dtype}[${type.dims?.join(", ") ?? "…"}]`,
    got: `${dtype}[${dims.join(", ")}]`,
  });
}

/** Until IR 3 every initializer had to be listed as an input, which said nothing; since IR 4 it means a default value. */
function dropListedInitializers(graph: Graph): void {
  const listed = graph.inputs.splice(0);
  for (const value of listed) if (value.constant === undefined) graph.inputs.push(value);
}

/** Constants first, so that upgrades of other nodes see them wherever they stand. */
function readNodes(proto: GraphProto, graph: Graph, scope: Scope, context: ReadContext): void {
  const isConstant = ({ opType, domain }: { opType: string; domain: string }) =>
    opType === "Constant" && (domain === "" || domain === "ai.onnx");
  for (const pass of [true, false]) {
    for (const [index, node] of proto.node.entries()) {
      if (isConstant(node) !== pass) continue;
      at(describeNode(node, index), () => readNode(node, graph, scope, context));
    }
  }
}

/** Sorts where the file is not in order. @throws FemtoError `onnx.cycle` */
function order(graph: Graph): void {
  const own = new Set(graph.nodes);
  const done = new Set<unknown>();
  const isOrdered = graph.nodes.every((node) => {
    const isReady = reads(node).every(({ producer }) => !producer || !own.has(producer) || done.has(producer));
    done.add(node);
    return isReady;
  });
  if (isOrdered) return;
  try {
    sortNodes(graph);
  } catch (error) {
    if (!(error instanceof FemtoError)) throw error;
    throw new FemtoError({ ...error.toJSON(), code: "onnx.cycle" }, { cause: error });
  }
}
