/**
 * @file What in the integer form could still differ between runtimes: float operators in front of a quantiser whose result
 * is not laid down by IEEE 754 (sums in a free order, exponentials). Codes behind them agree almost always; a value on a
 * rounding tie may fall to either side.
 */

import { isFloat } from "../../base/dtype.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Node } from "../../graph/node.ts";

/** One result everywhere: element-wise IEEE operations, comparisons, and operators that move numbers. */
const reproducible = new Set([
  ...["Add", "Sub", "Mul", "Div", "Neg", "Abs", "Sqrt", "Relu", "LeakyRelu", "PRelu", "Clip", "Max", "Min", "Sign"],
  ...["Floor", "Ceil", "Round", "Where", "MaxPool", "GlobalMaxPool", "ReduceMax", "ReduceMin", "ThresholdedRelu"],
  ...["Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Concat", "Split", "Slice", "Gather", "Pad", "Expand"],
  ...["Identity", "Dropout", "Tile", "Cast", "DepthToSpace", "SpaceToDepth", "GatherElements", "GatherND", "Compress"],
  ...["QuantizeLinear", "DequantizeLinear"],
]);

/** One line for every operator above a quantiser that is not reproducible. */
export function unreproducible(graph: Graph): string[] {
  const seen = new Set<Node>();
  const found = new Map<string, number>();
  const visit = (node: Node | undefined): void => {
    if (node === undefined || seen.has(node)) return;
    seen.add(node);
    const isFloatResult = isFloat(node.outputs[0]?.type?.dtype ?? "int32");
    if (isFloatResult && !reproducible.has(node.kind) && !isExactProduct(node) && !isPairSum(node)) {
      found.set(node.kind, (found.get(node.kind) ?? 0) + 1);
    }
    for (const input of node.inputs) visit(input?.producer);
  };
  for (const node of graph.nodes) if (node.kind === "QuantizeLinear") visit(node);
  return Array.from(
    found,
    ([kind, count]) =>
      `codes behind ${kind} (${count}) are the same everywhere only as far as runtimes agree on it: a rounding tie may differ`,
  );
}

/** A product of whole numbers that the accumulator's cast follows: proven to be exact when it was written. */
const isExactProduct = (node: Node): boolean =>
  node.outputs[0]!.uses.length === 1 && node.outputs[0]!.uses[0]!.node.attributes.to?.value === 6;

const isPairSum = ({ kind, inputs }: Node): boolean => kind === "Sum" && inputs.length <= 2;
