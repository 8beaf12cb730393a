/** @file Attention in plain loops: scores, soft cap, mask, softmax, weighted values. */

import { numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import { type AttentionAttributes, type AttentionSizes, scaleOf } from "./attention-heads.ts";
import { broadcastIndices } from "./loops.ts";
import { doubles, multiplyRows, transposed } from "./matrix.ts";
import { softmaxOf } from "./softmax-rule.ts";

type Doubles = Float64Array<ArrayBuffer>;
type Sizes = AttentionSizes<number>;

/** [N, length, heads·size] as [N, heads, length, size]; with four axes nothing changes. */
export function splitHeads(x: Tensor, heads: number): Doubles {
  const values = doubles(x);
  if (x.dims.length === 4) return values;
  const [batch, length, width] = x.dims as [number, number, number];
  return swapAxes(values, [batch, length, heads, width / heads]);
}

/** [a, b, c, d] as [a, c, b, d]. */
export function swapAxes(values: Doubles, [a, b, c, d]: readonly [number, number, number, number]): Doubles {
  const out = new Float64Array(values.length);
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) {
        const from = ((i * b + j) * c + k) * d;
        out.set(values.subarray(from, from + d), ((i * c + k) * b + j) * d);
      }
    }
  }
  return out;
}

/** The past in front of the present, both [N, heads, length, size]. */
export function withPast(
  past: Tensor | undefined,
  present: Doubles,
  [batch, heads, all, size]: readonly number[],
): Doubles {
  if (past === undefined) return present;
  const old = doubles(past);
  const rows = batch! * heads!;
  const [before, total] = [old.length / rows, all! * size!];
  const out = new Float64Array(rows * total);
  for (let row = 0; row < rows; row++) {
    out.set(old.subarray(row * before, (row + 1) * before), row * total);
    out.set(present.subarray(row * (total - before), (row + 1) * (total - before)), row * total + before);
  }
  return out;
}

/**
 * What is added to the scores [N, heads, queries, keys]: the mask (false is −∞; keys beyond its end are masked), the
 * causal frontier j ≤ i + offset, and the end of the valid keys. The offset is the length of the past, or, for a cache
 * that is handed in whole, valid keys − queries.
 */
export function attentionBias(
  s: Sizes,
  { mask, valid, pastLength }: { mask: Tensor | undefined; valid: Tensor | undefined; pastLength: number | undefined },
  isCausal: boolean,
): Doubles {
  const dims = [s.batch, s.heads, s.queries, s.allKeys];
  const bias = new Float64Array(sizeOf(dims));
  const ends = valid && numbers(valid);
  const width = mask?.dims.at(-1) ?? 0;
  const from = mask && broadcastIndices(mask.dims, [...dims.slice(0, 3), width]);
  const given = mask && numbers(mask);
  for (let row = 0; row < s.batch * s.heads * s.queries; row++) {
    const batch = Math.floor(row / (s.heads * s.queries));
    const offset = pastLength ?? (ends === undefined ? 0 : ends[batch]! - s.queries);
    for (let key = 0; key < s.allKeys; key++) {
      const isHidden =
        (mask !== undefined && key >= width) ||
        (isCausal && key > (row % s.queries) + offset) ||
        (ends !== undefined && key >= ends[batch]!);
      const value = mask === undefined || key >= width ? 0 : given![from![row * width + key]!]!;
      const open = mask?.dtype === "bool" ? (value === 0 ? Number.NEGATIVE_INFINITY : 0) : value;
      bias[row * s.allKeys + key] = isHidden ? Number.NEGATIVE_INFINITY : open;
    }
  }
  return bias;
}

/** Y [N, heads, queries, valueSize] and the matrix that `qk_matmul_output_mode` asks for. */
export function attend(
  { q, k, v, bias }: { q: Doubles; k: Doubles; v: Doubles; bias: Doubles },
  s: Sizes,
  at: AttentionAttributes,
): { y: Doubles; shown: Doubles; macs: number } {
  const scores = new Float64Array(bias.length);
  const scale = scaleOf(at, s.size);
  const area = s.queries * s.allKeys;
  const keyOf = (head: number) => Math.floor(head / s.heads) * s.sharedHeads + Math.floor((head % s.heads) / s.repeats);
  let macs = 0;
  for (let head = 0; head < s.batch * s.heads; head++) {
    macs += multiplyRows(
      { values: q, start: head * s.queries * s.size },
      { values: k, start: keyOf(head) * s.allKeys * s.size },
      { values: scores, start: head * area },
      [s.queries, s.allKeys, s.size],
    );
  }
  const raw = scores.map((score) => score * scale);
  const capped = at.softcap > 0 ? raw.map((score) => at.softcap * Math.tanh(score / at.softcap)) : raw;
  const masked = capped.map((score, i) => score + bias[i]!);
  // A row of which everything is masked attends to nothing
  const weights = softmaxOf(masked, [masked.length / s.allKeys, s.allKeys], 1, false).map((p) =>
    Number.isNaN(p) ? 0 : p,
  );
  const columns = transposed(v, s.allKeys, s.valueSize);
  const y = new Float64Array(s.batch * s.heads * s.queries * s.valueSize);
  for (let head = 0; head < s.batch * s.heads; head++) {
    macs += multiplyRows(
      { values: weights, start: head * area },
      { values: columns, start: keyOf(head) * s.allKeys * s.valueSize },
      { values: y, start: head * s.queries * s.valueSize },
      [s.queries, s.valueSize, s.allKeys],
    );
  }
  return { y, shown: [raw, capped, masked, weights][at.qk_matmul_output_mode]!, macs };
}
