/** @file GRU: z = f(…), r = f(…), h̃ = g(W·x + Wb + R·(r∘h) + Rb), h' = (1 − z)∘h̃ + z∘h over a sequence. ONNX GRU-14. */

import { f32, tensor } from "../base/tensor.ts";
import { flag } from "./attributes.ts";
import { operator } from "./operator.ts";
import { recurrentAttributes } from "./recurrence.ts";
import { plus } from "./recurrence-graph.ts";
import { recurrent } from "./recurrent-rule.ts";
import { wave } from "./wave.ts";

/** Gates in the order of W and R. */
const [update, reset, candidate] = [0, 1, 2];

export const GRU = operator(
  "GRU",
  recurrent({
    since: 14,
    attributes: { ...recurrentAttributes, linear_before_reset: flag(false) },
    gates: 3,
    defaults: ["Sigmoid", "Tanh"],
    hasMemory: false,
    run: ({ hidden, h, c, input, recur, recurBias, clip, way }, at) => {
      const [f, g] = way.activations;
      const gate = (index: number) =>
        Float64Array.from({ length: hidden }, (_, u) =>
          f!.run(clip(input(index, u) + recur(index, u, h) + recurBias(index, u))),
        );
      const [z, r] = [gate(update), gate(reset)];
      const kept = h.map((value, u) => value * r[u]!) as typeof h;
      const next = Float64Array.from({ length: hidden }, (_, u) => {
        const memory = at.linear_before_reset
          ? r[u]! * (recur(candidate, u, h) + recurBias(candidate, u))
          : recur(candidate, u, kept) + recurBias(candidate, u);
        return (1 - z[u]!) * g!.run(clip(input(candidate, u) + memory)) + z[u]! * h[u]!;
      });
      return { h: next, c };
    },
    emit: (g, { h, c, input, recur, recurBias, clip, way }, at) => {
      const [f, s] = way.activations;
      const gate = (index: number) => f!.emit(g, clip(plus(g, input(index), recur(index, h), recurBias(index))));
      const [z, r] = [gate(update), gate(reset)];
      const memory = at.linear_before_reset
        ? g.mul(r, plus(g, recur(candidate, h), recurBias(candidate)))
        : plus(g, recur(candidate, g.mul(r, h)), recurBias(candidate));
      const fresh = s!.emit(g, clip(g.add(input(candidate), memory)));
      return { h: g.add(g.mul(g.sub(g.scalar(z, 1), z), fresh), g.mul(z, h)), c };
    },
    examples: [
      {
        name: "two steps by hand, no recurrence in the gates",
        inputs: [f32([2, 1, 1], [1, 2]), f32([1, 3, 1], [0, 0, 1]), f32([1, 3, 1], [0, 0, 1])],
        attributes: { hidden_size: 1, activations: ["Sigmoid", "Affine"], activation_alpha: [1], activation_beta: [0] },
        // z = r = ½: h = ½, then ½·(2 + ¼) + ¼
        expected: [f32([2, 1, 1, 1], [0.5, 1.375]), f32([1, 1, 1], [1.375])],
      },
      {
        name: "both ways, biases, lengths, an initial state",
        inputs: [
          wave([3, 2, 2], 1),
          wave([2, 6, 2], 2),
          wave([2, 6, 2], 3),
          wave([2, 12], 4),
          tensor("int32", [2], [2, 3]),
          wave([2, 2, 2], 5),
        ],
        attributes: { hidden_size: 2, direction: "bidirectional" },
        outputs: 2,
      },
      {
        name: "the linear part before the reset",
        inputs: [wave([2, 1, 2], 1), wave([1, 6, 2], 2), wave([1, 6, 2], 3), wave([1, 12], 4)],
        attributes: { hidden_size: 2, linear_before_reset: true },
        outputs: 2,
      },
    ],
  }),
);
