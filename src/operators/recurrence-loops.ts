/** @file Recurrent operators in plain loops: one way, one sequence, one step at a time. */

import { numbers, type Tensor } from "../base/tensor.ts";
import { doubles } from "./matrix.ts";
import { type RecurrentAttributes, type Way, waysOf } from "./recurrence.ts";

type Doubles = Float64Array<ArrayBuffer>;

/** What a cell sees in one step. Gates are numbered as in W and R. */
export interface Step {
  readonly hidden: number;
  /** State before the step; `c` is the memory of an LSTM. */
  readonly h: Doubles;
  readonly c: Doubles;
  /** W·x + Wb for a gate and a unit. */
  input(gate: number, unit: number): number;
  /** R·v for a gate and a unit. */
  recur(gate: number, unit: number, v: Doubles): number;
  /** Rb for a gate and a unit. */
  recurBias(gate: number, unit: number): number;
  /** Peephole weight. */
  peephole(gate: number, unit: number): number;
  /** Clipped to ±clip where the node asks for it. */
  clip(x: number): number;
  readonly way: Way;
}

export interface Recurrent {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly r: Tensor;
  readonly b: Tensor | undefined;
  readonly lengths: Tensor | undefined;
  readonly h0: Tensor | undefined;
  readonly c0: Tensor | undefined;
  readonly p: Tensor | undefined;
}

/** Y in [T, ways, N, H] and the final states in [ways, N, H], whatever the layout. */
export function recur(
  given: Recurrent,
  at: RecurrentAttributes,
  cell: { gates: number; defaults: readonly string[]; step: (step: Step) => { h: Doubles; c: Doubles } },
): { y: Doubles; h: Doubles; c: Doubles; macs: number } {
  const [w, r, x] = [doubles(given.w), doubles(given.r), doubles(given.x)];
  const [b, p] = [given.b && numbers(given.b), given.p && numbers(given.p)];
  const isBatchFirst = at.layout === 1;
  const [length, batch] = isBatchFirst ? [given.x.dims[1]!, given.x.dims[0]!] : [given.x.dims[0]!, given.x.dims[1]!];
  const width = given.x.dims[2]!;
  const hidden = given.r.dims[2]!;
  const ways = waysOf(at, cell.defaults);
  const rows = cell.gates * hidden;
  const y = new Float64Array(length * ways.length * batch * hidden);
  const finals = {
    h: new Float64Array(ways.length * batch * hidden),
    c: new Float64Array(ways.length * batch * hidden),
  };
  let macs = 0;
  for (const way of ways) {
    for (let n = 0; n < batch; n++) {
      const state = (way.index * batch + n) * hidden;
      const start = (isBatchFirst ? n * ways.length + way.index : way.index * batch + n) * hidden;
      const initial = (t: Tensor | undefined) =>
        t === undefined ? new Float64Array(hidden) : doubles(t).slice(start, start + hidden);
      let [h, c] = [initial(given.h0), initial(given.c0)];
      const end = given.lengths === undefined ? length : numbers(given.lengths)[n]!;
      for (let t = 0; t < length; t++) {
        const time = way.isReverse && t < end ? end - 1 - t : t;
        const from = (isBatchFirst ? n * length + time : time * batch + n) * width;
        const next = cell.step({
          hidden,
          h,
          c,
          input: (gate, unit) => {
            const row = way.index * rows + gate * hidden + unit;
            let sum = b?.[2 * way.index * rows + gate * hidden + unit] ?? 0;
            for (let k = 0; k < width; k++, macs++) sum += w[row * width + k]! * x[from + k]!;
            return sum;
          },
          recur: (gate, unit, v) => {
            const row = way.index * rows + gate * hidden + unit;
            let sum = 0;
            for (let k = 0; k < hidden; k++, macs++) sum += r[row * hidden + k]! * v[k]!;
            return sum;
          },
          recurBias: (gate, unit) => b?.[(2 * way.index + 1) * rows + gate * hidden + unit] ?? 0,
          peephole: (gate, unit) => p?.[(way.index * 3 + gate) * hidden + unit] ?? 0,
          clip: (value) => (at.clip === undefined ? value : Math.max(-at.clip, Math.min(at.clip, value))),
          way,
        });
        // Steps behind the end of a sequence leave its state alone and give zeros
        if (t >= end) continue;
        ({ h, c } = next);
        y.set(h, ((time * ways.length + way.index) * batch + n) * hidden);
      }
      finals.h.set(h, state);
      finals.c.set(c, state);
    }
  }
  return { y, ...finals, macs };
}
