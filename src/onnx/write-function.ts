/** @file ModelFunction → FunctionProto. A function has no initializers: its constants are written as Constant nodes. */

import { create } from "@bufbuild/protobuf";
import { type FunctionProto, FunctionProtoSchema, type OperatorSetIdProto } from "onnx-buf";
import { at } from "../base/errors.ts";
import type { ModelFunction } from "../graph/model.ts";
import { Node } from "../graph/node.ts";
import { Value } from "../graph/value.ts";
import { attributeToProto } from "./attribute-write.ts";
import { writeMetadata } from "./metadata.ts";
import { graphToProto, nodeToProto, valueToProto } from "./write-graph.ts";

export function functionToProto(fn: ModelFunction, opsetImport: OperatorSetIdProto[], opset: number): FunctionProto {
  const { graph } = fn;
  const constants = graph.initializers.map((value) => constantNode(value, opset));
  const body = at(`function ${fn.domain}.${fn.name}`, () => graphToProto(graph, { opset }).node);
  const made = graph.nodes.flatMap((node) => node.outputs.filter((output) => output !== undefined));
  const described = new Set([...graph.inputs, ...made].filter(({ type, metadata }) => type || metadata.size > 0));
  return create(FunctionProtoSchema, {
    name: fn.name,
    domain: fn.domain,
    input: graph.inputs.map(({ name }) => name),
    output: graph.outputs.map(({ name }) => name),
    attribute: [...fn.attributes],
    attributeProto: Object.entries(fn.defaults).map(([name, value]) =>
      attributeToProto(name, value, (inner) => graphToProto(inner, { opset })),
    ),
    node: [...constants, ...body],
    opsetImport,
    valueInfo: [...described].map((value) => valueToProto(value)),
    metadataProps: writeMetadata(graph.metadata),
    ...(fn.doc !== "" && { docString: fn.doc }),
  });
}

function constantNode(value: Value, opset: number) {
  const attributes = { value: { type: "tensor", value: value.constant! } } as const;
  return nodeToProto(new Node({ op: "Constant", inputs: [], outputs: [new Value(value.name)], attributes }), opset);
}
