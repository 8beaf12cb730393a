/** @file Gradients of RotaryEmbedding with respect to its tables of cosines and sines. */

import { divideDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, type Emit, rankOf } from "./emit.ts";
import { gatherGradient } from "./gather-gradient.ts";

interface Attributes {
  readonly interleaved: boolean;
  readonly num_heads: number;
  readonly rotary_embedding_dim: number;
}

/** Σ over heads of the products, laid onto the tables: by position where positions are given. */
export function rotaryCacheGradient(
  g: Emit,
  { x, dy, cos, positions }: { x: Value; dy: Value; cos: Value; positions: Value | undefined },
  at: Attributes,
): [Value, Value] {
  const isFlat = rankOf(x) === 3;
  const dims = dimsOf(x);
  const size = (isFlat ? divideDims(dims[2]!, at.num_heads)! : dims[3]!) as number;
  const turned = at.rotary_embedding_dim || size;
  /** [N, length, heads, size] */
  const spread = (value: Value) =>
    isFlat ? g.reshape(value, [dims[0]!, dims[1]!, at.num_heads, size]) : g.transpose(value, [0, 2, 1, 3]);
  const pairs = (value: Value): [Value, Value] => {
    const part = (from: number, to: number) => {
      const step = at.interleaved ? 2 : 1;
      return g.op("Slice", [value, g.ints([from]), g.ints([to]), g.ints([3]), g.ints([step])]);
    };
    return at.interleaved ? [part(0, turned), part(1, turned)] : [part(0, turned / 2), part(turned / 2, turned)];
  };
  const [a, b] = pairs(spread(x));
  const [da, db] = pairs(spread(dy));
  const overHeads = (value: Value) => g.sum(value, [2]);
  const dCos = overHeads(g.add(g.mul(da, a), g.mul(db, b)));
  const dSin = overHeads(g.sub(g.mul(db, a), g.mul(da, b)));
  return [laid(g, dCos, cos, positions), laid(g, dSin, cos, positions)];
}

/** Adds [N, length, half] to the rows of a table that the positions name; without positions the table has that shape. */
const laid = (g: Emit, value: Value, table: Value, positions: Value | undefined): Value =>
  positions === undefined ? value : gatherGradient(g, table, positions, value, 0);
