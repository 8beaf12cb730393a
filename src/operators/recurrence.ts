/** @file What RNN, GRU and LSTM share: attributes, shapes, the order of their inputs, counts. */

import { fail } from "../base/errors.ts";
import { sizeOf } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { float, floats, int, text, texts } from "./attributes.ts";
import { type Activation, gateActivations } from "./gate-activations.ts";
import type { Known } from "./operator.ts";
import { checkRank } from "./shapes.ts";
import type { Bound, Work } from "./work.ts";

export const recurrentAttributes = {
  activation_alpha: floats(),
  activation_beta: floats(),
  activations: texts(),
  clip: float(),
  direction: text("forward", "reverse", "bidirectional"),
  hidden_size: int(),
  layout: int(0),
};

export interface RecurrentAttributes {
  readonly activation_alpha: readonly number[] | undefined;
  readonly activation_beta: readonly number[] | undefined;
  readonly activations: readonly string[] | undefined;
  readonly clip: number | undefined;
  readonly direction: "forward" | "reverse" | "bidirectional";
  readonly hidden_size: number | undefined;
  readonly layout: number;
}

/** One way through the sequence: its index among the directions and whether it starts at the end. */
export interface Way {
  readonly index: number;
  readonly isReverse: boolean;
  readonly activations: readonly Activation[];
}

/** The ways of a node; `defaults` are the names of the functions of one way. */
export function waysOf(at: RecurrentAttributes, defaults: readonly string[]): Way[] {
  const count = at.direction === "bidirectional" ? 2 : 1;
  const names = at.activations ?? Array.from({ length: count }, () => defaults).flat();
  if (names.length !== count * defaults.length) {
    fail({
      code: "attribute.activations",
      where: "attribute activations",
      message: `needs ${count * defaults.length} names`,
      got: names.join(", "),
    });
  }
  const all = gateActivations(names, at.activation_alpha, at.activation_beta);
  return Array.from({ length: count }, (_, index) => ({
    index,
    isReverse: index === 1 || at.direction === "reverse",
    activations: all.slice(index * defaults.length, (index + 1) * defaults.length),
  }));
}

/** Shapes of Y and of each final state. @throws FemtoError `shape.*` */
export function recurrentDims(
  [x, w, r]: readonly Known[],
  at: RecurrentAttributes,
  gates: number,
): { y: readonly Dim[] | undefined; state: readonly Dim[] | undefined } {
  checkRank(x!, 3, "X");
  checkRank(w!, 3, "W");
  checkRank(r!, 3, "R");
  const ways = at.direction === "bidirectional" ? 2 : 1;
  const hidden = r!.dims?.[2] ?? at.hidden_size;
  if (typeof hidden === "number" && at.hidden_size !== undefined && hidden !== at.hidden_size) {
    fail({
      code: "shape.hidden",
      where: "attribute hidden_size",
      message: "differs from R",
      expected: `${hidden}`,
      got: `${at.hidden_size}`,
    });
  }
  const rows = w!.dims?.[1];
  if (typeof rows === "number" && typeof hidden === "number" && rows !== gates * hidden) {
    fail({ code: "shape.hidden", where: "input W", message: `has ${rows} rows, expected ${gates * hidden}` });
  }
  if (x!.dims === undefined || hidden === undefined) return { y: undefined, state: undefined };
  const [first, second] = x!.dims as [Dim, Dim];
  return at.layout === 0
    ? { y: [first, ways, second, hidden], state: [ways, second, hidden] }
    : { y: [first, second, ways, hidden], state: [first, ways, hidden] };
}

/** Every step of every sequence counts, those behind its length, too. */
export function recurrentWork(inputs: readonly (Bound | undefined)[], outputs: readonly (Bound | undefined)[]): Work {
  const [x, w, r] = inputs as readonly [Bound, Bound, Bound];
  const steps = x.dims[0]! * x.dims[1]!;
  const access = [
    ...inputs.flatMap((type, input) =>
      type === undefined ? [] : [{ tensor: { input }, role: "read" as const, elements: sizeOf(type.dims) }],
    ),
    ...outputs.flatMap((type, output) =>
      type === undefined ? [] : [{ tensor: { output }, role: "write" as const, elements: sizeOf(type.dims) }],
    ),
  ];
  const gates = w.dims[0]! * w.dims[1]!;
  return {
    loops: [
      { name: "step", size: steps },
      { name: "gate", size: gates },
      { name: "k", size: w.dims[2]! + r.dims[2]! },
    ],
    ops: [
      { op: "mac", count: steps * (sizeOf(w.dims) + sizeOf(r.dims)) },
      { op: "add", count: 2 * steps * gates },
      { op: "exponential", count: steps * gates },
    ],
    access,
  };
}
