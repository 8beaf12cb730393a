/** @file Shape inference: asks every operator for its output types and carries integer contents (shapes) along. */

import { isInteger } from "../base/dtype.ts";
import { at, fail } from "../base/errors.ts";
import { integers, sizeOf, type Tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Graph } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { readAttributes } from "./attributes.ts";
import type { Inferred, Known, Operator, ShapeContext } from "./operator.ts";
import { findOperator } from "./table.ts";

/** Integer constants up to this many elements take part in shape arithmetic. */
const CONTENTS_LIMIT = 64;

let freshCount = 0;

/** What is known of a value. */
export function knownOf(value: Value): Known {
  const constant = value.constant;
  const type = value.type;
  if (type === undefined) return fail({ code: "shape.type", message: `"${value.name}" has no type` });
  return { ...type, constant, contents: value.contents ?? contentsOf(constant) };
}

function contentsOf(constant: Tensor | undefined): readonly Dim[] | undefined {
  if (constant === undefined || !isInteger(constant.dtype) || constant.dims.length > 1) return undefined;
  return sizeOf(constant.dims) > CONTENTS_LIMIT ? undefined : integers(constant);
}

/** Infers the output types of one node and stores them on its output values. @throws FemtoError with the node in `where` */
export function inferNode(node: Node): void {
  at(node.describe(), () => {
    const operator = findOperator(node.kind);
    checkArity(operator, node);
    const values = readAttributes(operator.attributes, node.attributes);
    const inputs = node.inputs.map((input) => input && knownOf(input)) as Known[];
    const context: ShapeContext = {
      outputs: node.outputs.length,
      fresh: (stem) => `${stem}_${++freshCount}`,
      infer: inferSubgraph,
    };
    const inferred = operator.shape(inputs, values, context);
    for (const [index, output] of node.outputs.entries()) {
      if (output === undefined) continue;
      const type = inferred[index];
      if (type === undefined) fail({ code: "shape.outputs", message: `the operator has no output ${index}` });
      output.type = merge(output.type, type);
      output.contents = type.contents;
    }
  });
}

/** A declared type may know more (names of symbols, a rank) than inference; numbers of inference win over symbols. */
function merge(declared: Value["type"], inferred: Inferred): Value["type"] {
  const { dtype, dims } = inferred;
  if (declared?.dims === undefined || dims === undefined) return { dtype, dims: dims ?? declared?.dims };
  if (declared.dims.length !== dims.length) return { dtype, dims };
  const merged = dims.map((dim, axis) => {
    const said = declared.dims![axis]!;
    return typeof dim === "string" && typeof said === "number" ? said : dim;
  });
  return { dtype, dims: merged };
}

function checkArity(operator: Operator, node: Node): void {
  const [least, most] = operator.arity;
  const given = node.inputs.length;
  if (given < least || given > most) {
    fail({
      code: "operator.arity",
      message: "has a wrong number of inputs",
      expected: least === most ? `${least}` : `${least} to ${most}`,
      got: `${given}`,
    });
  }
  for (let index = 0; index < least; index++) {
    if (node.inputs[index] === undefined && most !== Number.POSITIVE_INFINITY) {
      fail({ code: "operator.arity", where: `input ${index}`, message: "is compulsory and absent" });
    }
  }
  if (node.outputs.length > operator.outputs) {
    fail({
      code: "operator.arity",
      message: "has too many outputs",
      expected: `at most ${operator.outputs}`,
      got: `${node.outputs.length}`,
    });
  }
}

/** Infers all nodes of a graph in order. */
export function inferGraph(graph: Graph): void {
  for (const node of graph.nodes) inferNode(node);
}

function inferSubgraph(graph: Graph, inputs: readonly Known[]): Inferred[] {
  for (const [index, value] of graph.inputs.entries()) {
    const known = inputs[index];
    if (known === undefined) continue;
    value.type = { dtype: known.dtype, dims: known.dims };
    value.contents = known.contents;
  }
  inferGraph(graph);
  return graph.outputs.map((output) => knownOf(output));
}

/** Infers every value of a model. Running it on an inferred model changes nothing. */
export function inferModel(model: Model): void {
  inferGraph(model.graph);
}
