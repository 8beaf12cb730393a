/** @file The sizes of an Attention node: heads, lengths, and how [N, length, heads·size] splits into heads. */

import { fail } from "../base/errors.ts";
import { addDims, type Dim, divideDims, multiplyDims } from "../graph/dims.ts";
import { flag, float, int } from "./attributes.ts";

export const attentionAttributes = {
  is_causal: flag(false),
  kv_num_heads: int(),
  q_num_heads: int(),
  qk_matmul_output_mode: int(0),
  scale: float(),
  softcap: float(0),
  softmax_precision: int(),
};

export interface AttentionAttributes {
  readonly is_causal: boolean;
  readonly kv_num_heads: number | undefined;
  readonly q_num_heads: number | undefined;
  readonly qk_matmul_output_mode: number;
  readonly scale: number | undefined;
  readonly softcap: number;
}

/** [N, heads, length, size] of Q, K or V. @throws FemtoError `attribute.missing`, `shape.*` */
export function headDims<D extends Dim>(dims: readonly D[], heads: number | undefined, name: string): D[] {
  if (dims.length === 4) return [...dims];
  if (dims.length !== 3) {
    fail({
      code: "shape.rank",
      where: `input ${name}`,
      message: `has ${dims.length} dimensions, expected 3 or 4`,
      got: `[${dims.join(", ")}]`,
    });
  }
  if (heads === undefined) {
    return fail({
      code: "attribute.missing",
      where: name === "Q" ? "attribute q_num_heads" : "attribute kv_num_heads",
      message: "is needed where the heads are not an axis of their own",
    });
  }
  const [n, length, width] = dims as readonly [D, D, D];
  const size = divideDims(width, heads);
  if (size === undefined) {
    return fail({
      code: "shape.heads",
      where: `input ${name}`,
      message: `${width} elements do not divide into ${heads} heads`,
    });
  }
  return [n, heads as D, length, size as D];
}

export interface AttentionSizes<D extends Dim> {
  readonly batch: D;
  /** Heads of Q, and of K and V; each of the latter serves `repeats` of the former. */
  readonly heads: number;
  readonly sharedHeads: number;
  readonly repeats: number;
  readonly queries: D;
  /** Keys of this call, and of all with the past. */
  readonly keys: D;
  readonly allKeys: D;
  readonly size: D;
  readonly valueSize: D;
}

/** @param past dimensions of past_key, where there is one */
export function attentionSizes<D extends Dim>(
  [q, k, v]: readonly (readonly D[])[],
  past: readonly D[] | undefined,
  at: AttentionAttributes,
): AttentionSizes<D> {
  const [batch, heads, queries, size] = headDims(q!, at.q_num_heads, "Q") as [D, D, D, D];
  const [, sharedHeads, keys] = headDims(k!, at.kv_num_heads, "K") as [D, D, D, D];
  const valueSize = headDims(v!, at.kv_num_heads, "V")[3]!;
  if (typeof heads !== "number" || typeof sharedHeads !== "number" || heads % sharedHeads !== 0) {
    return fail({
      code: "shape.heads",
      message: `${heads} heads of Q cannot share ${sharedHeads} heads of K and V`,
      expected: "known numbers, the first a multiple of the second",
    });
  }
  const allKeys = past === undefined ? keys : (addDims(past[2]!, keys) as D);
  return { batch, heads, sharedHeads, repeats: heads / sharedHeads, queries, keys, allKeys, size, valueSize };
}

/** The dimensions of Y, present_key, present_value and qk_matmul_output. */
export function attentionDims<D extends Dim>(s: AttentionSizes<D>, rank: number): Dim[][] {
  return [
    rank === 4 ? [s.batch, s.heads, s.queries, s.valueSize] : [s.batch, s.queries, multiplyDims(s.heads, s.valueSize)],
    [s.batch, s.sharedHeads, s.allKeys, s.size],
    [s.batch, s.sharedHeads, s.allKeys, s.valueSize],
    [s.batch, s.heads, s.queries, s.allKeys],
  ];
}

/** What scores are multiplied by. */
export const scaleOf = (at: AttentionAttributes, size: number): number => at.scale ?? 1 / Math.sqrt(size);
