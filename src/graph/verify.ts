/** @file The verifier of graph structure: what no graph may break, whatever its operators are. */

import { at, fail } from "../base/errors.ts";
import { isAbsent, sizeOf } from "../base/tensor.ts";
import type { Graph } from "./graph.ts";
import type { Model } from "./model.ts";
import type { Value } from "./value.ts";

/**
 * Checks single assignment, topological order (hence no cycles), bound inputs, unique names and sound initializers.
 * @throws FemtoError with code `graph.*`
 */
export function verifyModel(model: Model): void {
  at("graph", () => verifyGraph(model.graph));
  for (const [name, fn] of model.functions) at(`function ${name}`, () => verifyGraph(fn.graph));
}

function verifyGraph(graph: Graph, outer: ReadonlySet<Value> = new Set(), outerNames = new Set<string>()): void {
  const known = new Set<Value>(outer);
  const names = new Set<string>(outerNames);
  const define = (value: Value, as: string) => {
    if (value.name === "") fail({ code: "graph.name", message: `${as} has no name` });
    if (names.has(value.name)) {
      fail({ code: "graph.assignment", message: `${as} "${value.name}" is defined twice`, expected: "one definition" });
    }
    names.add(value.name);
    known.add(value);
  };
  for (const value of graph.inputs) define(value, "input");
  for (const value of graph.initializers) {
    if (!known.has(value)) define(value, "initializer");
    const constant = value.constant;
    if (constant === undefined) {
      fail({ code: "graph.initializer", message: `initializer "${value.name}" has no elements` });
    }
    if (isAbsent(constant)) continue;
    const scale = constant.dtype.startsWith("complex") ? 2 : 1;
    if (constant.data.length !== sizeOf(constant.dims) * scale) {
      fail({
        code: "graph.initializer",
        message: `initializer "${value.name}" has a wrong number of elements`,
        expected: `${sizeOf(constant.dims)} for shape [${constant.dims.join(", ")}]`,
        got: `${constant.data.length}`,
      });
    }
  }
  for (const node of graph.nodes) {
    at(node.describe(), () => {
      for (const [index, input] of node.inputs.entries()) {
        if (input === undefined || known.has(input)) continue;
        fail({
          code: "graph.order",
          where: `input ${index}`,
          message: `"${input.name}" is read before anything defines it`,
          expected: "nodes in topological order, without cycles",
          hint: "a cyclic graph has no such order; otherwise sort the nodes",
        });
      }
      for (const subgraph of node.subgraphs) verifyGraph(subgraph, known, names);
      for (const output of node.outputs) {
        if (output === undefined) continue;
        if (output.producer !== node) {
          fail({ code: "graph.producer", message: `output "${output.name}" belongs to another node` });
        }
        define(output, "output");
      }
    });
  }
  for (const output of graph.outputs) {
    if (!known.has(output)) {
      fail({ code: "graph.output", message: `graph output "${output.name}" is never defined` });
    }
  }
}
