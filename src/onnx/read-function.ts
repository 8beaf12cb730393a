/** @file FunctionProto → ModelFunction: an operator of the model's own, as a graph of others. */

import { create } from "@bufbuild/protobuf";
import { type FunctionProto, GraphProtoSchema, ValueInfoProtoSchema } from "onnx-buf";
import { fail } from "../base/errors.ts";
import { CANONICAL_OPSET, type ModelFunction } from "../graph/model.ts";
import { readAttributes } from "./attribute-read.ts";
import { canonicalName } from "./qonnx.ts";
import { ReadContext, type ReadContextFields } from "./read-context.ts";
import { readGraph } from "./read-graph.ts";
import { readOpsets } from "./read-opsets.ts";

/** `domain.name`, the key of `model.functions`. */
export function functionKey({ domain, name }: { domain: string; name: string }): string {
  const canonical = canonicalName(domain, name);
  return canonical.domain === "" ? canonical.op : `${canonical.domain}.${canonical.op}`;
}

/** @throws FemtoError `onnx.*` */
export function readFunction(proto: FunctionProto, model: Omit<ReadContextFields, "inFunction">): ModelFunction {
  if (proto.name === "") fail({ code: "onnx.function", message: "the function has no name" });
  if (proto.overload !== "") {
    fail({ code: "onnx.unsupported", message: "overloaded functions are not supported", got: proto.overload });
  }
  // A body is a graph without types of its own; those of `value_info` (IR 10) find their values by name.
  const infos = new Map(proto.valueInfo.map((info) => [info.name, info]));
  const named = (name: string) => infos.get(name) ?? create(ValueInfoProtoSchema, { name });
  const body = create(GraphProtoSchema, {
    name: proto.name,
    node: proto.node,
    input: proto.input.map(named),
    output: proto.output.map(named),
    valueInfo: proto.valueInfo,
    metadataProps: proto.metadataProps,
  });
  const opsets = new Map([...model.opsets, ...readOpsets(proto.opsetImport)]);
  const context = new ReadContext({ ...model, opsets, inFunction: true }, body);
  const graph = readGraph(body, context);
  const defaults = readAttributes(proto.attributeProto, {
    tensors: model.tensors,
    inFunction: false,
    readGraph: (inner) => readGraph(inner, context),
  });
  const twice = proto.attribute.find((name, index) => name in defaults || proto.attribute.indexOf(name) < index);
  if (twice !== undefined) fail({ code: "onnx.duplicate", message: `attribute "${twice}" is declared twice` });
  const { domain, op: name } = canonicalName(proto.domain, proto.name);
  return {
    domain,
    name,
    attributes: proto.attribute,
    defaults,
    opsets: canonicalOpsets(readOpsets(proto.opsetImport)),
    graph,
    doc: proto.docString,
  };
}

/** After reading, standard nodes have the form of the canonical set, whatever the file had. */
export function canonicalOpsets(opsets: ReadonlyMap<string, number>): Map<string, number> {
  const canonical = new Map([["", CANONICAL_OPSET]]);
  for (const [domain, version] of opsets) {
    const known = canonicalName(domain, "").domain;
    if (known !== "") canonical.set(known, Math.max(version, canonical.get(known) ?? 0));
  }
  return canonical;
}
