/**
 * @file expand-codebooks: a weight that the file keeps as indices and a table becomes the integer codes that they stand for.
 *
 * Cases: 1. Gather of a table that carries `femto.index_bits`, by indices that follow from constants; its readers read the codes,
 * with the table's metadata; the nodes that looked them up stay, dead, so that others keep their places; 2. all other Gathers stay.
 */

import { fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { evaluate } from "./evaluate.ts";

/** Metadata key of a codebook's table: the bits of its indices. */
export const INDEX_BITS_KEY = "femto.index_bits";

/** @throws FemtoError `codebook.indices` where the indices of a codebook are no constants */
export const expandCodebooks: Pass = {
  name: "expand-codebooks",
  run: ({ graph }) => {
    const held = graph.nodes.filter(isCodebook);
    for (const node of held) expand(graph, node);
    return held.length > 0;
  },
};

const isCodebook = ({ kind, inputs, outputs }: Node): boolean =>
  kind === "Gather" && inputs[0]?.metadata.has(INDEX_BITS_KEY) === true && outputs[0]!.isUsed;

function expand(graph: Graph, node: Node): void {
  const table = node.inputs[0]!;
  const [codes] = evaluate(node, [constantOf(table, node), constantOf(node.inputs[1]!, node)]);
  const fresh = graph.addInitializer(`${node.outputs[0]!.name}.codes`, codes!);
  for (const [key, text] of table.metadata) fresh.metadata.set(key, text);
  graph.replace(node.outputs[0]!, fresh);
}

function constantOf(value: Value, codebook: Node): Tensor {
  if (value.constant !== undefined) return value.constant;
  const { producer } = value;
  if (producer === undefined) {
    return fail({
      code: "codebook.indices",
      where: codebook.describe(),
      message: "the indices of a codebook are not constant",
      got: `they depend on ${value.name}`,
    });
  }
  const inputs = producer.inputs.map((input) => input && constantOf(input, codebook));
  return evaluate(producer, inputs)[producer.outputs.indexOf(value)]!;
}
