/**
 * @file LSTM: i, f, o = σ(…), c' = f∘c + i∘g(…), h' = o∘h(c') over a sequence, with peepholes and coupled gates.
 * ONNX LSTM-14.
 */

import { f32, tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { flag } from "./attributes.ts";
import type { Emit } from "./emit.ts";
import { operator } from "./operator.ts";
import { recurrentAttributes } from "./recurrence.ts";
import { plus } from "./recurrence-graph.ts";
import { recurrent } from "./recurrent-rule.ts";
import { wave } from "./wave.ts";

/** Gates in the order of W and R; the first three have peepholes. */
const [input_, output, forget, cell] = [0, 1, 2, 3];

const through = (g: Emit, weight: Value | undefined, c: Value) => weight && g.mul(weight, c);

export const LSTM = operator(
  "LSTM",
  recurrent({
    since: 14,
    attributes: { ...recurrentAttributes, input_forget: flag(false) },
    gates: 4,
    defaults: ["Sigmoid", "Tanh", "Tanh"],
    hasMemory: true,
    run: ({ hidden, h, c, input, recur, recurBias, peephole, clip, way }, at) => {
      const [f, g, last] = way.activations;
      const sum = (gate: number, u: number) => input(gate, u) + recur(gate, u, h) + recurBias(gate, u);
      const open = (gate: number, u: number, memory: number) => f!.run(clip(sum(gate, u) + peephole(gate, u) * memory));
      const memory = Float64Array.from({ length: hidden }, (_, u) => {
        const i = open(input_, u, c[u]!);
        const kept = open(forget, u, c[u]!);
        return (at.input_forget ? 1 - i : kept) * c[u]! + i * g!.run(clip(sum(cell, u)));
      });
      return {
        h: Float64Array.from({ length: hidden }, (_, u) => open(output, u, memory[u]!) * last!.run(memory[u]!)),
        c: memory,
      };
    },
    emit: (g, { h, c, input, recur, recurBias, peephole, clip, way }, at) => {
      const [f, s, last] = way.activations;
      const sum = (gate: number) => plus(g, input(gate), recur(gate, h), recurBias(gate));
      const open = (gate: number, memory: Value) =>
        f!.emit(g, clip(plus(g, sum(gate), through(g, peephole(gate), memory))));
      const i = open(input_, c);
      const kept = at.input_forget ? g.sub(g.scalar(i, 1), i) : open(forget, c);
      const memory = g.add(g.mul(kept, c), g.mul(i, s!.emit(g, clip(sum(cell)))));
      return { h: g.mul(open(output, memory), last!.emit(g, memory)), c: memory };
    },
    examples: [
      {
        name: "one step by hand",
        inputs: [
          f32([1, 1, 1], [2]),
          f32([1, 4, 1], [0, 0, 0, 1]),
          f32([1, 4, 1], [0, 0, 0, 0]),
          undefined,
          undefined,
          f32([1, 1, 1], [0]),
          f32([1, 1, 1], [3]),
        ],
        attributes: {
          hidden_size: 1,
          activations: ["Sigmoid", "Affine", "Affine"],
          activation_alpha: [1, 1],
          activation_beta: [0, 0],
        },
        // all gates ½: c = ½·3 + ½·2, h = ½·c
        expected: [f32([1, 1, 1, 1], [1.25]), f32([1, 1, 1], [1.25]), f32([1, 1, 1], [2.5])],
      },
      {
        name: "both ways, biases, lengths, initial states, peepholes",
        inputs: [
          wave([3, 2, 2], 1),
          wave([2, 8, 2], 2),
          wave([2, 8, 2], 3),
          wave([2, 16], 4),
          tensor("int32", [2], [3, 2]),
          wave([2, 2, 2], 5),
          wave([2, 2, 2], 6),
          wave([2, 6], 7),
        ],
        attributes: { hidden_size: 2, direction: "bidirectional" },
        outputs: 3,
      },
      {
        name: "coupled gates, backwards",
        inputs: [wave([2, 1, 2], 1), wave([1, 8, 2], 2), wave([1, 8, 2], 3), wave([1, 16], 4)],
        attributes: { hidden_size: 2, input_forget: true, direction: "reverse" },
        outputs: 3,
      },
    ],
  }),
);
