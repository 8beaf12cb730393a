/**
 * @file Which values are provably ≥ 0, whatever the input is: their quantisers need no sign bit, their spikes no polarity.
 * The proof goes backwards from producer to producer; where no rule applies, the answer is no.
 */

import { kindOf } from "../base/dtype.ts";
import { numbers } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";

/** Always ≥ 0. */
const positive = new Set([
  ...[
    "Relu",
    "Sigmoid",
    "HardSigmoid",
    "Softmax",
    "Softplus",
    "Exp",
    "Abs",
    "Sqrt",
    "ThresholdedRelu",
    "Shape",
    "Size",
  ],
  ...["ReduceL1", "ReduceL2", "ReduceSumSquare", "NonZero", "ArgMax", "ArgMin", "LpPool"],
]);

/** ≥ 0 where their first input is. */
const keeping = new Set([
  ...["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "Flatten", "Reshape", "Transpose"],
  ...["Squeeze", "Unsqueeze", "Identity", "Dropout", "Expand", "Tile", "Slice", "Split", "Gather", "GatherElements"],
  ...["GatherND", "DepthToSpace", "SpaceToDepth", "ReduceMax", "ReduceMin", "ReduceMean", "ReduceSum", "ReduceProd"],
  ...["Ceil", "Floor", "Round", "TopK", "CumSum", "Upsample", "LeakyRelu", "Elu", "PRelu", "Celu", "Selu"],
]);

/** ≥ 0 where all their inputs are. */
const joining = new Set(["Concat", "Add", "Mul", "Sum", "Mean", "Min", "Div"]);

/** Is every element of `value` provably ≥ 0? */
export function isNonNegative(value: Value, known = new Map<Value, boolean>()): boolean {
  const answer = known.get(value);
  if (answer !== undefined) return answer;
  const proven = value.constant !== undefined ? isConstantNonNegative(value) : prove(value, known);
  known.set(value, proven);
  return proven;
}

function isConstantNonNegative(value: Value): boolean {
  return value.constant!.dtype !== "string" && numbers(value.constant!).every((v) => v >= 0);
}

function prove(value: Value, known: Map<Value, boolean>): boolean {
  const node = value.producer;
  if (node === undefined) return false;
  const holds = (input: Value | undefined) => input !== undefined && isNonNegative(input, known);
  const [x] = node.inputs;
  if (positive.has(node.kind)) return true;
  if (keeping.has(node.kind)) return holds(x);
  if (joining.has(node.kind)) return node.inputs.every(holds);
  return rules[node.kind]?.(node, holds) ?? false;
}

type Rule = (node: Node, holds: (input: Value | undefined) => boolean) => boolean;

const rules: Readonly<Record<string, Rule>> = {
  Max: (node, holds) => node.inputs.some(holds),
  // With a bound below zero on top, nothing is left of the proof: ONNX lets the upper bound win.
  Clip: ({ inputs: [x, low, high] }, holds) => (high === undefined || holds(high)) && (holds(low) || holds(x)),
  Where: (node, holds) => holds(node.inputs[1]) && holds(node.inputs[2]),
  // Only padding with a constant (0 by default) can put in something new.
  Pad: (node, holds) =>
    holds(node.inputs[0]) &&
    ((node.attributes.mode?.value ?? "constant") !== "constant" ||
      node.inputs[2] === undefined ||
      holds(node.inputs[2])),
  // Cubic interpolation overshoots.
  Resize: (node, holds) => node.attributes.mode?.value !== "cubic" && holds(node.inputs[0]),
  Cast: (node, holds) => {
    const from = node.inputs[0]?.type?.dtype;
    return holds(node.inputs[0]) || (from !== undefined && (kindOf(from) === "uint" || kindOf(from) === "bool"));
  },
  DequantizeLinear: ({ inputs: [codes, scale, zero] }, holds) =>
    kindOf(codes!.type?.dtype ?? "int8") === "uint" &&
    holds(scale) &&
    (zero === undefined || (zero.constant !== undefined && numbers(zero.constant).every((v) => v === 0))),
  "femto.FakeQuant": (node, holds) => node.attributes.grid?.value === "unsigned" || holds(node.inputs[0]),
};
