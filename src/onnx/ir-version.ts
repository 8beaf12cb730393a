/**
 * @file The IR version of a written file: that of the ONNX release which brought its operator set, raised where the
 * content needs a later one (docs/Versioning.md and the history of onnx.proto).
 */

import type { DType } from "../base/dtype.ts";
import type { Graph } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { splitAnnotations } from "./annotations.ts";
import { nodesIn } from "./domains.ts";

/** Operator set → IR version of its release; sets in between belong to the entry below them. */
const irOfOpset: readonly (readonly [opset: number, ir: number])[] = [
  [17, 8],
  [19, 9],
  [21, 10],
  [23, 11],
  [24, 12],
  [25, 13],
];

/** Element types that onnx.proto took on after IR 8. */
const irOfType: Partial<Readonly<Record<DType, number>>> = {
  float8e4m3fn: 9,
  float8e4m3fnuz: 9,
  float8e5m2: 9,
  float8e5m2fnuz: 9,
  int4: 10,
  uint4: 10,
  float4e2m1: 11,
  float8e8m0: 12,
  int2: 13,
  uint2: 13,
};

/** `metadata_props` everywhere but on the model, and types of values inside functions. */
const IR_OF_METADATA = 10;

/** Defaults of function attributes. */
const IR_OF_DEFAULTS = 9;

export function irVersionOf(model: Model, opset: number): number {
  let ir = Math.max(...irOfOpset.filter(([from]) => from <= opset).map(([, version]) => version));
  const raise = (version: number | undefined) => {
    if (version !== undefined) ir = Math.max(ir, version);
  };
  const visit = (graph: Graph, isFunction: boolean) => {
    if (graph.metadata.size > 0) raise(IR_OF_METADATA);
    const nodes = [...nodesIn(graph)];
    const inner = nodes.flatMap((node) => node.subgraphs);
    const own = (g: Graph): Value[] => [...g.inputs, ...g.initializers, ...g.outputs];
    const values = [graph, ...inner].flatMap(own);
    for (const node of nodes) {
      if (node.metadata.size > 0 || node.graph?.metadata.size) raise(IR_OF_METADATA);
      for (const output of node.outputs) if (output !== undefined) values.push(output);
      for (const attribute of Object.values(node.attributes)) {
        if (attribute.type === "tensor") raise(irOfType[attribute.value.dtype]);
      }
    }
    for (const { type, metadata } of values) {
      if (splitAnnotations(metadata).rest.size > 0) raise(IR_OF_METADATA);
      if (type === undefined) continue;
      raise(irOfType[type.dtype]);
      if (isFunction) raise(IR_OF_METADATA);
    }
  };
  visit(model.graph, false);
  for (const { graph, defaults } of model.functions.values()) {
    visit(graph, true);
    if (Object.keys(defaults).length > 0) raise(IR_OF_DEFAULTS);
  }
  return ir;
}
