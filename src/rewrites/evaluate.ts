/** @file Computes a node whose inputs are constants, with its operator's own loops. */

import { at, fail } from "../base/errors.ts";
import { Rng } from "../base/rng.ts";
import type { Tensor } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import { findOperator, readAttributes } from "../operators/index.ts";

/**
 * @param inputs what the node reads, where it is not simply constants
 * @throws what the operator throws, with the node in `where`; control flow is refused
 */
export function evaluate(
  node: Node,
  inputs: readonly (Tensor | undefined)[] = node.inputs.map((input) => input?.constant),
): readonly Tensor[] {
  return at(node.describe(), () => {
    const operator = findOperator(node.kind);
    return operator.run(inputs as Tensor[], readAttributes(operator.attributes, node.attributes), {
      outputs: node.outputs.length,
      tally: { mac: 0 },
      random: new Rng(0),
      evaluate: () => fail({ code: "fold.subgraph", message: "control flow is not folded" }),
    });
  });
}
