/** @file Graph → GraphProto and its parts. Equal graphs give equal bytes: everything is written in the graph's order. */

import { create } from "@bufbuild/protobuf";
import {
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorAnnotationSchema,
  type TensorProto,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { at } from "../base/errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { splitAnnotations } from "./annotations.ts";
import { attributeToProto } from "./attribute-write.ts";
import { attributesIn } from "./lowest-opset.ts";
import { writeMetadata } from "./metadata.ts";
import { type ExternalSink, tensorToProto } from "./tensor-write.ts";
import { typeToProto } from "./value-types.ts";

/** The standard operator set of the file, and a place outside it for big tensors. */
export interface WriteContext {
  readonly opset: number;
  readonly sink?: ExternalSink | undefined;
}

export function graphToProto(graph: Graph, context: WriteContext): GraphProto {
  const stated = new Set<Value>([...graph.inputs, ...graph.initializers, ...graph.outputs]);
  const made = graph.nodes.flatMap((node) => node.outputs.filter((output) => output !== undefined));
  const inner = made.filter((value) => !stated.has(value) && isWorthStating(value));
  const inputs = new Set(graph.inputs);
  return create(GraphProtoSchema, {
    name: graph.name,
    node: graph.nodes.map((node) => at(node.describe(), () => nodeToProto(node, context.opset))),
    initializer: graph.initializers.map((value) => initializerToProto(value, inputs.has(value), context.sink)),
    input: graph.inputs.map((value) => valueToProto(value)),
    output: graph.outputs.map((value) => valueToProto(value, stated.has(value) && value.producer === undefined)),
    valueInfo: inner.map((value) => valueToProto(value)),
    quantizationAnnotation: [...new Set([...stated, ...made])].flatMap(annotationsOf),
    metadataProps: writeMetadata(graph.metadata),
  });
}

const isWorthStating = ({ type, metadata }: Value): boolean =>
  type !== undefined || splitAnnotations(metadata).rest.size > 0;

export function nodeToProto(node: Node, opset: number): NodeProto {
  return create(NodeProtoSchema, {
    opType: node.op,
    input: node.inputs.map((value) => value?.name ?? ""),
    output: node.outputs.map((value) => value?.name ?? ""),
    attribute: attributesIn(opset, node).map(([name, attribute]) =>
      at(`attribute ${name}`, () => attributeToProto(name, attribute, (graph) => graphToProto(graph, { opset }))),
    ),
    metadataProps: writeMetadata(node.metadata),
    // Absent strings stay absent: an empty one takes bytes and says the same.
    ...(node.name !== "" && { name: node.name }),
    ...(node.domain !== "" && { domain: node.domain }),
  });
}

/** The metadata of a value stands once: with its input, else its initializer, else its output or `value_info`. */
export function valueToProto(value: Value, isStatedElsewhere = false): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name: value.name,
    ...(value.type && { type: typeToProto(value.type) }),
    metadataProps: isStatedElsewhere ? [] : writeMetadata(splitAnnotations(value.metadata).rest),
  });
}

function initializerToProto(value: Value, isInput: boolean, sink: ExternalSink | undefined): TensorProto {
  const proto = at(`initializer "${value.name}"`, () => tensorToProto(value.constant!, value.name, sink));
  if (!isInput) proto.metadataProps = writeMetadata(splitAnnotations(value.metadata).rest);
  return proto;
}

function annotationsOf({ name, metadata }: Value) {
  const { annotations } = splitAnnotations(metadata);
  if (annotations.size === 0) return [];
  return [create(TensorAnnotationSchema, { tensorName: name, quantParameterTensorNames: writeMetadata(annotations) })];
}
