/** @file Scattering: writing updates at positions of a tensor, replacing or joining what is there. */

import { isFloat } from "../base/dtype.ts";
import { numbers, type Tensor } from "../base/tensor.ts";
import { fromNumbers } from "./loops.ts";
import type { OpKind } from "./work.ts";

export type ScatterReduction = "none" | "add" | "mul" | "max" | "min";

// Works on numbers and on bigints alike: both sides are of one type.
type Join = (old: number, update: number) => number;
const joins: Record<ScatterReduction, Join> = {
  none: (_old, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: (old, update) => (update > old || Number.isNaN(update) ? update : old),
  min: (old, update) => (update < old || Number.isNaN(update) ? update : old),
};

/** The elementary operation of an update. */
export const scatterOperation: Record<ScatterReduction, Partial<Record<OpKind, number>>> = {
  none: {},
  add: { add: 1 },
  mul: { multiply: 1 },
  max: { compare: 1 },
  min: { compare: 1 },
};

/** A copy of `data` with `updates[i]` joined in at flat index `positions[i]`, in order. */
export function scatterInto(data: Tensor, positions: ArrayLike<number>, updates: Tensor, by: ScatterReduction): Tensor {
  const join = joins[by];
  const isSoft = isFloat(data.dtype) && data.dtype !== "float32" && data.dtype !== "float64";
  const out = (isSoft ? numbers(data) : data.data.slice()) as unknown as number[];
  const from = (isSoft ? numbers(updates) : updates.data) as unknown as number[];
  for (let i = 0; i < positions.length; i++) out[positions[i]!] = join(out[positions[i]!]!, from[i]!);
  if (isSoft) return fromNumbers(data.dtype, data.dims, out as unknown as Float64Array<ArrayBuffer>);
  return { ...data, data: out as unknown as Tensor["data"] };
}
