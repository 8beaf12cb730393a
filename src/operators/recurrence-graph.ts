/** @file Recurrent operators written out step by step, the body that their gradients go through. */

import { fail } from "../base/errors.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, type Emit } from "./emit.ts";
import { type RecurrentAttributes, type Way, waysOf } from "./recurrence.ts";

export interface RecurrentValues {
  readonly x: Value;
  readonly w: Value;
  readonly r: Value;
  readonly b: Value | undefined;
  readonly lengths: Value | undefined;
  readonly h0: Value | undefined;
  readonly c0: Value | undefined;
  readonly p: Value | undefined;
}

/** What a cell sees in one step, all [N, H]. */
export interface GraphStep {
  readonly h: Value;
  readonly c: Value;
  /** W·x + Wb of a gate. */
  input(gate: number): Value;
  /** R·v of a gate. */
  recur(gate: number, v: Value): Value;
  readonly recurBias: (gate: number) => Value | undefined;
  readonly peephole: (gate: number) => Value | undefined;
  readonly clip: (value: Value) => Value;
  readonly way: Way;
}

/** One entry of an axis, without that axis. */
const entry = (g: Emit, x: Value, axis: number, index: number): Value =>
  g.op("Squeeze", [g.op("Slice", [x, g.ints([index]), g.ints([index + 1]), g.ints([axis])]), g.ints([axis])]);

const part = (g: Emit, x: Value, axis: number, from: number, to: number): Value =>
  g.op("Slice", [x, g.ints([from]), g.ints([to]), g.ints([axis])]);

/** [Y, final h, final c] in the layout of the node. @throws FemtoError `gradient.symbol` for a sequence of unknown length */
export function unrolled(
  g: Emit,
  given: RecurrentValues,
  at: RecurrentAttributes,
  cell: { gates: number; defaults: readonly string[]; step: (g: Emit, step: GraphStep) => { h: Value; c: Value } },
): [Value, Value, Value] {
  const isBatchFirst = at.layout === 1;
  const sequence = isBatchFirst ? g.transpose(given.x, [1, 0, 2]) : given.x;
  const [length, batch] = dimsOf(sequence);
  const hidden = dimsOf(given.r)[2];
  if (typeof length !== "number" || typeof hidden !== "number") {
    return fail({
      code: "gradient.symbol",
      message: `a recurrence over ${length} steps of ${hidden} units cannot be unrolled`,
      hint: "bind the sequence length before asking for gradients",
    });
  }
  const rows = cell.gates * hidden;
  const ways = waysOf(at, cell.defaults).map((way) => {
    const turned = way.isReverse ? backwards(g, sequence, length, given.lengths) : sequence;
    const own = (x: Value, axis = 0) => entry(g, x, axis, way.index);
    const bias = given.b && own(given.b);
    const gateOf = (x: Value, axis: number, gate: number) => part(g, x, axis, gate * hidden, (gate + 1) * hidden);
    const products = g.matmul(turned, g.transpose(own(given.w), [1, 0]));
    const inputs = bias === undefined ? products : g.add(products, part(g, bias, 0, 0, rows));
    const recurrent = g.transpose(own(given.r), [1, 0]);
    const zeros = (): Value => {
      const one = entry(g, sequence, 0, 0);
      const shape = g.op(
        "Concat",
        [g.op("Slice", [g.op("Shape", [one]), g.ints([0]), g.ints([1])]), g.ints([hidden])],
        { axis: 0 },
      );
      return typeof batch === "number"
        ? g.tensorLike(given.x, [batch, hidden], new Array(batch * hidden).fill(0))
        : g.op("Expand", [g.scalar(given.x, 0), shape]);
    };
    const initial = (state: Value | undefined) => (state === undefined ? zeros() : own(state, isBatchFirst ? 1 : 0));
    let [h, c] = [initial(given.h0), initial(given.c0)];
    const steps: Value[] = [];
    for (let t = 0; t < length; t++) {
      const now = entry(g, inputs, 0, t);
      const next = cell.step(g, {
        h,
        c,
        input: (gate) => gateOf(now, 1, gate),
        recur: (gate, v) => g.matmul(v, gateOf(recurrent, 1, gate)),
        recurBias: (gate) => bias && gateOf(bias, 0, cell.gates + gate),
        peephole: (gate) => given.p && gateOf(own(given.p), 0, gate),
        clip: (value) =>
          at.clip === undefined ? value : g.op("Clip", [value, g.scalar(value, -at.clip), g.scalar(value, at.clip)]),
        way,
      });
      if (given.lengths === undefined) {
        ({ h, c } = next);
        steps.push(h);
        continue;
      }
      const ends = g.op("Unsqueeze", [g.cast(given.lengths, "int64"), g.ints([1])]);
      const isLive = g.op("Less", [g.ints([t]), ends]);
      steps.push(g.where(isLive, next.h, g.scalar(h, 0)));
      [h, c] = [g.where(isLive, next.h, h), g.where(isLive, next.c, c)];
    }
    const stacked = g.op(
      "Concat",
      steps.map((step) => g.op("Unsqueeze", [step, g.ints([0])])),
      { axis: 0 },
    );
    return { y: way.isReverse ? backwards(g, stacked, length, given.lengths) : stacked, h, c };
  });
  // Y [T, N, H] of each way side by side: [T, ways, N, H] or [N, T, ways, H]
  const join = (values: readonly Value[], axis: number) => {
    const wide = values.map((value) => g.op("Unsqueeze", [value, g.ints([axis])]));
    return wide.length === 1 ? wide[0]! : g.op("Concat", wide, { axis });
  };
  const y = join(
    ways.map((way) => (isBatchFirst ? g.transpose(way.y, [1, 0, 2]) : way.y)),
    isBatchFirst ? 2 : 1,
  );
  const stateAxis = isBatchFirst ? 1 : 0;
  return [
    y,
    join(
      ways.map(({ h }) => h),
      stateAxis,
    ),
    join(
      ways.map(({ c }) => c),
      stateAxis,
    ),
  ];
}

/** The sequences [T, N, …] from their ends to their beginnings. */
function backwards(g: Emit, x: Value, length: number, lengths: Value | undefined): Value {
  if (lengths !== undefined) {
    return g.op("ReverseSequence", [x, g.cast(lengths, "int64")], { time_axis: 0, batch_axis: 1 });
  }
  return g.op("Slice", [x, g.ints([-1]), g.ints([-length - 1]), g.ints([0]), g.ints([-1])]);
}

/** The sum of what is there. */
export const plus = (g: Emit, ...parts: (Value | undefined)[]): Value =>
  parts.filter((value) => value !== undefined).reduce((a, b) => g.add(a, b));
