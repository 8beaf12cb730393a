/**
 * @file Dropout: in training mode each element becomes 0 with probability `ratio`, and the others grow by 1/(1 − ratio)
 * (Srivastava et al. 2014); else y = x. The second output says which elements were kept. ONNX Dropout-13.
 */

import { f32, numbers, scalar, type Tensor, tensor, zeros } from "../base/tensor.ts";
import { Value } from "../graph/value.ts";
import { int } from "./attributes.ts";
import { checkTypes } from "./element-types.ts";
import { dtypeOf, type Emit } from "./emit.ts";
import { inferNode } from "./infer.ts";
import { fromNumbers } from "./loops.ts";
import { masked } from "./masks.ts";
import { operator } from "./operator.ts";
import { rngOf } from "./random.ts";
import { checkRank } from "./shapes.ts";
import { streaming } from "./work.ts";

const DEFAULT_RATIO = 0.5;

/** The mask of the very draw that y came from; a node that does not give it out yet is asked to. */
function maskOf(g: Emit, y: Value): Value {
  const node = y.producer!;
  const known = node.outputs[1];
  if (known !== undefined) return known;
  const mask = new Value(g.graph.freshName(`${y.name}/mask`));
  node.addOutput(mask);
  inferNode(node);
  return mask;
}

/** 1/(1 − ratio) in training mode, else 1. */
function growth(g: Emit, x: Value, ratio: Value | undefined, isTraining: Value): Value {
  const one = g.scalar(x, 1);
  const dropped = ratio === undefined ? g.scalar(x, DEFAULT_RATIO) : g.cast(ratio, dtypeOf(x));
  return g.div(one, g.sub(one, g.where(isTraining, dropped, g.scalar(x, 0))));
}

function run(x: Tensor, ratio: number, draw: () => number): Tensor[] {
  const values = numbers(x);
  const out = new Float64Array(values.length);
  const mask = zeros("bool", x.dims);
  for (let i = 0; i < out.length; i++) {
    const isKept = draw() >= ratio;
    (mask.data as Uint8Array)[i] = isKept ? 1 : 0;
    out[i] = isKept ? values[i]! / (1 - ratio) : 0;
  }
  return [fromNumbers(x.dtype, x.dims, out), mask];
}

const x = f32([2, 2], [1.5, -2, 0.25, 4]);
const kept = tensor("bool", [2, 2], [1, 1, 1, 1]);

export const Dropout = operator("Dropout", {
  since: 12,
  arity: [1, 3],
  outputs: 2,
  attributes: { seed: int() },
  shape: ([x, ratio, training]) => {
    checkTypes([x, ratio], "float");
    checkTypes([training], "bool");
    if (ratio !== undefined) checkRank(ratio, 0, "ratio");
    if (training !== undefined) checkRank(training, 0, "training_mode");
    return [
      { dtype: x!.dtype, dims: x!.dims },
      { dtype: "bool", dims: x!.dims },
    ];
  },
  run: ([x, ratio, training], { seed }, context) => {
    const share = ratio === undefined ? DEFAULT_RATIO : numbers(ratio)[0]!;
    if (training === undefined || training.data[0] === 0 || share === 0) return run(x!, 0, () => 1);
    const rng = rngOf(seed, context);
    return run(x!, share, () => rng.uniform());
  },
  // ∂L/∂x = dy · mask / (1 − ratio) in training mode, else dy
  gradient: (g, [x, ratio, training], [dy], _at, [y]) => {
    const isOff = training === undefined || (training.producer === undefined && training.constant?.data[0] === 0);
    if (isOff) return [dy];
    return [g.mul(masked(g, dy!, maskOf(g, y!)), growth(g, x!, ratio, training))];
  },
  // A pass-through unless it trains, and no machine runs it then.
  work: (inputs, outputs) => streaming(inputs, outputs),
  isRandom: true,
  examples: [
    { name: "without training", inputs: [x], outputs: 2, expected: [x, kept] },
    { name: "a ratio without training", inputs: [x, scalar("float32", 0.3)], outputs: 2, expected: [x, kept] },
    {
      name: "training with ratio zero",
      inputs: [x, scalar("float32", 0), scalar("bool", true)],
      outputs: 2,
      expected: [x, kept],
      gradientOf: [0],
    },
    {
      name: "training",
      inputs: [x, scalar("float32", 0.5), scalar("bool", true)],
      gradientOf: [0],
      notInRuntime: "it draws other numbers there",
    },
  ],
});
