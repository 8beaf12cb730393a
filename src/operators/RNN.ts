/** @file RNN: h' = f(W·x + Wb + R·h + Rb) over a sequence. ONNX RNN-14. */

import { f32, tensor } from "../base/tensor.ts";
import { operator } from "./operator.ts";
import { recurrentAttributes } from "./recurrence.ts";
import { plus } from "./recurrence-graph.ts";
import { recurrent } from "./recurrent-rule.ts";
import { wave } from "./wave.ts";

export const RNN = operator(
  "RNN",
  recurrent({
    since: 14,
    attributes: recurrentAttributes,
    gates: 1,
    defaults: ["Tanh"],
    hasMemory: false,
    run: ({ hidden, h, c, input, recur, recurBias, clip, way }) => ({
      h: Float64Array.from({ length: hidden }, (_, u) =>
        way.activations[0]!.run(clip(input(0, u) + recur(0, u, h) + recurBias(0, u))),
      ),
      c,
    }),
    emit: (g, { h, c, input, recur, recurBias, clip, way }) => ({
      h: way.activations[0]!.emit(g, clip(plus(g, input(0), recur(0, h), recurBias(0)))),
      c,
    }),
    examples: [
      {
        name: "sums with an affine function",
        inputs: [f32([3, 1, 1], [1, 2, 3]), f32([1, 1, 1], [2]), f32([1, 1, 1], [0.5])],
        attributes: { hidden_size: 1, activations: ["Affine"], activation_alpha: [1], activation_beta: [0] },
        // 2, 4 + 1, 6 + 2.5
        expected: [f32([3, 1, 1, 1], [2, 5, 8.5]), f32([1, 1, 1], [8.5])],
      },
      {
        name: "both ways, biases, lengths, an initial state",
        inputs: [
          wave([3, 2, 2], 1),
          wave([2, 2, 2], 2),
          wave([2, 2, 2], 3),
          wave([2, 4], 4),
          tensor("int32", [2], [3, 2]),
          wave([2, 2, 2], 5),
        ],
        attributes: { hidden_size: 2, direction: "bidirectional" },
        outputs: 2,
      },
      {
        name: "batch first, clipped",
        inputs: [wave([2, 3, 2], 1), wave([1, 2, 2], 2), wave([1, 2, 2], 3)],
        attributes: { hidden_size: 2, layout: 1, direction: "reverse", clip: 0.9 },
        outputs: 2,
        notInRuntime: "ONNX Runtime has layout 0 only",
      },
    ],
  }),
);
