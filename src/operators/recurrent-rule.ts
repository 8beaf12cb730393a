/** @file The specification of a recurrent operator, made from its cell. */

import type { Tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import type { AttributeSpecs, AttributeValues } from "./attributes.ts";
import { bodyGradient } from "./body-gradient.ts";
import type { Emit } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import type { Example, Known, OperatorSpec } from "./operator.ts";
import { type RecurrentAttributes, recurrentDims, recurrentWork } from "./recurrence.ts";
import { type GraphStep, unrolled } from "./recurrence-graph.ts";
import { recur, type Step } from "./recurrence-loops.ts";

type Doubles = Float64Array<ArrayBuffer>;

export interface CellRule<A extends AttributeSpecs> {
  readonly since: number;
  readonly attributes: A;
  readonly gates: number;
  /** Activation functions of one way. */
  readonly defaults: readonly string[];
  /** Only an LSTM has a memory beside its state. */
  readonly hasMemory: boolean;
  run(step: Step, at: AttributeValues<A>): { h: Doubles; c: Doubles };
  emit(g: Emit, step: GraphStep, at: AttributeValues<A>): { h: Value; c: Value };
  readonly examples: readonly Example<A>[];
}

/** [T, ways, N, H] → [N, T, ways, H], and [ways, N, H] → [N, ways, H]: `lead` axes in front of N. */
function batchFirst(values: Doubles, lead: number, batch: number, hidden: number): Doubles {
  const out = new Float64Array(values.length);
  for (let i = 0; i < lead; i++) {
    for (let n = 0; n < batch; n++) {
      const from = (i * batch + n) * hidden;
      out.set(values.subarray(from, from + hidden), (n * lead + i) * hidden);
    }
  }
  return out;
}

export function recurrent<A extends AttributeSpecs>(rule: CellRule<A>): OperatorSpec<A> {
  const { gates, defaults, hasMemory } = rule;
  return {
    since: rule.since,
    arity: hasMemory ? [3, 8] : [3, 6],
    outputs: hasMemory ? 3 : 2,
    attributes: rule.attributes,
    shape: (inputs: readonly Known[], at) => {
      const { y, state } = recurrentDims(inputs, at as unknown as RecurrentAttributes, gates);
      return [y, state, state].map((dims) => ({ dtype: inputs[0]!.dtype, dims }));
    },
    run: ([x, w, r, b, lengths, h0, c0, p]: readonly (Tensor | undefined)[], at, context) => {
      const options = at as unknown as RecurrentAttributes;
      const results = recur({ x: x!, w: w!, r: r!, b, lengths, h0, c0, p }, options, {
        gates,
        defaults,
        step: (step) => rule.run(step, at),
      });
      context.tally.mac += results.macs;
      const { y, state } = recurrentDims([x!, w!, r!], options, gates);
      const [hidden, ways] = [r!.dims[2]!, w!.dims[0]!];
      const batch = x!.dims[options.layout === 1 ? 0 : 1]!;
      const arranged = (values: Doubles, lead: number) =>
        options.layout === 1 ? batchFirst(values, lead, batch, hidden) : values;
      return [
        fromNumbers(x!.dtype, y as number[], arranged(results.y, results.y.length / (batch * hidden))),
        fromNumbers(x!.dtype, state as number[], arranged(results.h, ways)),
        fromNumbers(x!.dtype, state as number[], arranged(results.c, ways)),
      ];
    },
    // Back through time: the recurrence written out step by step, then the rules of its nodes
    gradient: (g, inputs, dys, at) => {
      const [x, w, r, b, lengths, h0, c0, p] = inputs as readonly (Value | undefined)[];
      return bodyGradient(g, inputs, dys, () =>
        unrolled(g, { x: x!, w: w!, r: r!, b, lengths, h0, c0, p }, at as unknown as RecurrentAttributes, {
          gates,
          defaults,
          step: (emit, step) => rule.emit(emit, step, at),
        }),
      );
    },
    work: recurrentWork,
    examples: rule.examples,
  };
}
