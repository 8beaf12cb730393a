/** @file NodeProto → Node (or nodes, where its form is old; or an initializer, where it is a Constant). */

import type { NodeProto } from "onnx-buf";
import { fail } from "../base/errors.ts";
import type { Graph } from "../graph/graph.ts";
import { Node } from "../graph/node.ts";
import { Value } from "../graph/value.ts";
import { readAttributes } from "./attribute-read.ts";
import { constantOf } from "./constants.ts";
import { attributesIn } from "./lowest-opset.ts";
import { readMetadata } from "./metadata.ts";
import { checkOperator } from "./operator-sets.ts";
import { canonicalName } from "./qonnx.ts";
import type { ReadContext } from "./read-context.ts";
import { readGraph, setConstant } from "./read-graph.ts";
import type { Scope } from "./scope.ts";
import { type Draft, upgradeCall } from "./upgrade/index.ts";

/** `node 17 Conv "stage2/conv1"`, with the number that the node has in the file. */
export function describeNode({ domain, opType, name }: NodeProto, index: number): string {
  const kind = domain === "" || domain === "ai.onnx" ? opType : `${domain}.${opType}`;
  return `node ${index} ${kind}${name === "" ? "" : ` "${name}"`}`;
}

/** Appends what the node means to the graph. @throws FemtoError `onnx.*` */
export function readNode(proto: NodeProto, graph: Graph, scope: Scope, context: ReadContext): void {
  const { domain, op } = canonicalName(proto.domain, proto.opType);
  if (op === "") fail({ code: "onnx.operator", message: "the node names no operator" });
  if (proto.overload !== "") {
    fail({ code: "onnx.unsupported", message: "overloaded functions are not supported", got: proto.overload });
  }
  const metadata = new Map<string, string>();
  readMetadata(proto.metadataProps, metadata);
  const call: Draft = {
    op,
    domain,
    name: proto.name,
    inputs: trimmed(proto.input.map((name, i) => (name === "" ? undefined : scope.resolve(name, `input ${i}`)))),
    outputs: trimmed(proto.output.map((name) => (name === "" ? undefined : scope.own(name)))),
    attributes: readAttributes(proto.attribute, {
      tensors: context.tensors,
      inFunction: context.inFunction,
      readGraph: (inner) => readGraph(inner, context, scope),
    }),
    metadata,
  };
  const version = context.versionOf(proto.domain === "ai.onnx" ? "" : proto.domain);
  const isFunction = context.functions.has(domain === "" ? op : `${domain}.${op}`);
  if (isFunction || domain !== "") {
    append(call, graph, context);
    return;
  }
  checkOperator(op, version);
  upgradeCall(call, version, upgradeContext(graph, context), (done) => append(done, graph, context));
}

function upgradeContext(graph: Graph, context: ReadContext) {
  return {
    value: (stem: string) => new Value(context.freshName(stem)),
    constant: (stem: string, tensor: NonNullable<Value["constant"]>) => {
      const value = new Value(context.freshName(stem), undefined, tensor);
      graph.initializers.push(value);
      return value;
    },
    dtypeOf: (value: Value | undefined) => context.types.of(value),
    isRead: (value: Value) => context.isRead(value.name),
  };
}

function append(call: Draft, graph: Graph, context: ReadContext): void {
  const constant = call.domain === "" && call.op === "Constant" ? constantOf(call) : undefined;
  const [output] = call.outputs;
  if (constant !== undefined && output !== undefined) {
    setConstant(output, constant);
    graph.initializers.push(output);
    return;
  }
  const node = new Node({
    ...call,
    inputs: trimmed(call.inputs),
    outputs: trimmed(call.outputs),
    attributes: Object.fromEntries(attributesIn(0, call)),
  });
  for (const [key, text] of call.metadata ?? []) node.metadata.set(key, text);
  graph.addNode(node);
  context.types.note(call);
}

/** Without the absent values at the end, which say nothing. */
function trimmed(values: readonly (Value | undefined)[]): (Value | undefined)[] {
  return values.slice(0, values.findLastIndex((value) => value !== undefined) + 1);
}
