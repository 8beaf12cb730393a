/**
 * @file The model-local function of a node: the body that its operator writes (`Operator.body`) as a graph of its own.
 * Inlining femto operators and writing them into a file both start here.
 */

import { fail } from "../base/errors.ts";
import { Graph } from "../graph/graph.ts";
import { CANONICAL_OPSET, FEMTO_DOMAIN, type ModelFunction } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import { Value } from "../graph/value.ts";
import { Emit, lookUp, readAttributes } from "../operators/index.ts";

/**
 * The function that computes what `node` computes, for its attributes and for the types and presence of its inputs;
 * `undefined` where its operator has no body. An absent optional input is a function input that nothing reads.
 */
export function bodyFunction(node: Node, name = node.op): ModelFunction | undefined {
  const operator = lookUp(node.kind);
  if (operator?.body === undefined) return undefined;
  const graph = new Graph(name);
  const inputs = node.inputs.map((input, index) => {
    const value = new Value(graph.freshName(`x${index}`), input?.type);
    if (input !== undefined) value.contents = input.contents;
    graph.inputs.push(value);
    return input === undefined ? undefined : value;
  });
  const at = readAttributes(operator.attributes, node.attributes);
  const results = operator.body(new Emit(graph), inputs as Value[], at);
  if (results.length < node.outputs.length) {
    fail({
      code: "function.outputs",
      where: node.describe(),
      message: "the body of the operator lacks an output",
      expected: `${node.outputs.length} outputs`,
      got: `${results.length}`,
    });
  }
  for (const result of results) graph.addOutput(result);
  return {
    domain: node.domain,
    name,
    attributes: Object.keys(node.attributes),
    defaults: {},
    opsets: new Map([
      ["", CANONICAL_OPSET],
      [FEMTO_DOMAIN, 1],
    ]),
    graph,
    doc: `${operator.domain}.${operator.name} with its attributes filled in`,
  };
}
