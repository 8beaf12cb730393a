/** @file Gradient of Attention, written out in standard operators: the weights are computed again, then the chain is walked back. */

import { scalar } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { type AttentionAttributes, type AttentionSizes, attentionSizes, headDims, scaleOf } from "./attention-heads.ts";
import { dimsOf, dtypeOf, type Emit, rankOf } from "./emit.ts";

type Sizes = AttentionSizes<Dim>;

/** [N, length, heads·size] → [N, heads, length, size] */
function split(g: Emit, x: Value, heads: number | undefined, name: string): Value {
  if (rankOf(x) === 4) return x;
  const [n, h, length, size] = headDims(dimsOf(x), heads, name) as [Dim, Dim, Dim, Dim];
  return g.transpose(g.reshape(x, [n, length, h, size]), [0, 2, 1, 3]);
}

/** The way back. */
const join = (g: Emit, x: Value, like: Value): Value =>
  rankOf(like) === 4 ? x : g.reshapeLike(g.transpose(x, [0, 2, 1, 3]), like);

/** [N, shared heads, …] → [N, heads, …]: each head of K and V serves several of Q. */
function repeat(g: Emit, x: Value, s: Sizes): Value {
  if (s.repeats === 1) return x;
  const [n, , length, size] = dimsOf(x) as [Dim, Dim, Dim, Dim];
  const wide = g.op("Expand", [g.op("Unsqueeze", [x, g.ints([2])]), g.ints([1, 1, s.repeats, 1, 1])]);
  return g.reshape(wide, [n, s.heads, length, size]);
}

/** The adjoint of {@link repeat}. */
function gather(g: Emit, dx: Value, s: Sizes): Value {
  if (s.repeats === 1) return dx;
  const [n, , length, size] = dimsOf(dx) as [Dim, Dim, Dim, Dim];
  return g.sum(g.reshape(dx, [n, s.sharedHeads, s.repeats, length, size]), [2]);
}

/** One dimension of a value as an int64 scalar. */
const length = (g: Emit, x: Value, axis: number): Value =>
  g.op("Gather", [g.op("Shape", [x]), g.constant(scalar("int64", axis))]);

/** 0 … count − 1 */
const range = (g: Emit, count: Value): Value =>
  g.op("Range", [g.constant(scalar("int64", 0)), count, g.constant(scalar("int64", 1))]);

/** What is added to the scores; `undefined` where nothing is. */
function biasOf(g: Emit, given: Given, queries: Value, keys: Value): Value | undefined {
  const { mask, valid, past, q } = given;
  const hidden = g.scalar(q, Number.NEGATIVE_INFINITY);
  const zero = g.scalar(q, 0);
  const parts: Value[] = [];
  if (mask !== undefined) {
    const added = dtypeOf(mask) === "bool" ? g.where(mask, zero, hidden) : mask;
    const gap = g.op("Reshape", [g.sub(length(g, keys, 2), length(g, mask, rankOf(mask) - 1)), g.ints([1])]);
    const isWhole = dimsOf(mask).at(-1) === dimsOf(keys)[2];
    const pads = g.op("Concat", [g.ints([0]), gap], { axis: 0 });
    parts.push(isWhole ? added : g.op("Pad", [added, pads, hidden, g.ints([-1])]));
  }
  const columns = range(g, length(g, keys, 2));
  const ends = valid && g.op("Unsqueeze", [valid, g.ints([1, 2, 3])]);
  if (given.isCausal) {
    const rows = g.op("Unsqueeze", [range(g, length(g, queries, 2)), g.ints([1])]);
    const offset = past !== undefined ? length(g, past, 2) : ends && g.sub(ends, length(g, queries, 2));
    const frontier = offset === undefined ? rows : g.add(rows, offset);
    parts.push(g.where(g.op("LessOrEqual", [columns, frontier]), zero, hidden));
  }
  if (ends !== undefined) parts.push(g.where(g.op("Less", [columns, ends]), zero, hidden));
  return parts.length === 0 ? undefined : parts.reduce((a, b) => g.add(a, b));
}

interface Given {
  readonly q: Value;
  readonly mask: Value | undefined;
  readonly past: Value | undefined;
  readonly valid: Value | undefined;
  readonly isCausal: boolean;
}

/**
 * S = scale·Q·Kᵀ, C = cap·tanh(S/cap), P = softmax(C + bias), Y = P·V, hence
 * dV = Pᵀ·dY, dP = dY·Vᵀ, dC = P·(dP − Σ dP·P) = dbias, dS = dC·(1 − (C/cap)²), dQ = scale·dS·K, dK = scale·dSᵀ·Q;
 * the gradient of the shown matrix (S, C, C + bias or P) joins where it belongs.
 */
export function attentionGradient(
  g: Emit,
  [q, k, v, mask, pastKey, pastValue, valid]: readonly (Value | undefined)[],
  [dY, dPresentKey, dPresentValue, dShown]: readonly (Value | undefined)[],
  at: AttentionAttributes,
): (Value | undefined)[] {
  const s = attentionSizes([q!, k!, v!].map(dimsOf), pastKey && dimsOf(pastKey), at);
  const scale = scaleOf(at, s.size as number);
  const queries = split(g, q!, at.q_num_heads, "Q");
  const present = (x: Value, past: Value | undefined, name: string) => {
    const own = split(g, x, at.kv_num_heads, name);
    return past === undefined ? own : g.op("Concat", [past, own], { axis: 2 });
  };
  const [allKeys, allValues] = [present(k!, pastKey, "K"), present(v!, pastValue, "V")];
  const [keys, values] = [repeat(g, allKeys, s), repeat(g, allValues, s)];
  const turn = (x: Value) => g.transpose(x, [0, 1, 3, 2]);
  const scores = g.scale(g.matmul(queries, turn(keys)), scale);
  const ratio = at.softcap > 0 ? g.op("Tanh", [g.scale(scores, 1 / at.softcap)]) : undefined;
  const capped = ratio === undefined ? scores : g.scale(ratio, at.softcap);
  const bias = biasOf(g, { q: q!, mask, past: pastKey, valid, isCausal: at.is_causal }, queries, keys);
  const isEmpty =
    bias && g.op("Equal", [g.op("ReduceMax", [bias, g.ints([-1])]), g.scalar(q!, Number.NEGATIVE_INFINITY)]);
  // A row of which everything is masked attends to nothing; its softmax must not become NaN, or NaN spreads from there
  const open = bias && isEmpty && g.where(isEmpty, g.scalar(q!, 0), bias);
  const soft = g.op("Softmax", [open === undefined ? capped : g.add(capped, open)]);
  const weights = isEmpty === undefined ? soft : g.where(isEmpty, g.scalar(q!, 0), soft);
  const shownAt = (mode: number) => (at.qk_matmul_output_mode === mode ? dShown : undefined);
  const plus = (...parts: (Value | undefined)[]): Value | undefined => {
    const there = parts.filter((part) => part !== undefined);
    return there.length === 0 ? undefined : there.reduce((a, b) => g.add(a, b));
  };
  const dHeads = dY && split(g, dY, s.heads, "Q");
  const dWeights = plus(dHeads && g.matmul(dHeads, turn(values)), shownAt(3));
  const dSoft = dWeights && g.mul(weights, g.sub(dWeights, g.sum(g.mul(dWeights, weights), [3], true)));
  const dMasked = plus(dSoft, shownAt(2));
  const dCapped = plus(dMasked, shownAt(1));
  const slope = ratio && g.sub(g.scalar(q!, 1), g.mul(ratio, ratio));
  const dScores = plus(dCapped && slope ? g.mul(dCapped, slope) : dCapped, shownAt(0));
  const dInner = dScores && g.scale(dScores, scale);
  const dKeys = plus(dInner && gather(g, g.matmul(turn(dInner), queries), s), dPresentKey);
  const dValues = plus(dHeads && gather(g, g.matmul(turn(weights), dHeads), s), dPresentValue);
  const [dPastKey, dK] = parted(g, dKeys, pastKey, k!);
  const [dPastValue, dV] = parted(g, dValues, pastValue, v!);
  const dMask = mask !== undefined && dtypeOf(mask) !== "bool" && dMasked ? maskGradient(g, dMasked, mask) : undefined;
  return [dInner && join(g, g.matmul(dInner, keys), q!), dK, dV, dMask, dPastKey, dPastValue, undefined];
}

/** Splits the gradient of [past, present] along the length. */
function parted(
  g: Emit,
  dx: Value | undefined,
  past: Value | undefined,
  x: Value,
): [Value | undefined, Value | undefined] {
  if (dx === undefined) return [undefined, undefined];
  if (past === undefined) return [undefined, join(g, dx, x)];
  const border = g.op("Reshape", [length(g, past, 2), g.ints([1])]);
  const end = g.op("Reshape", [length(g, dx, 2), g.ints([1])]);
  const slice = (from: Value, to: Value, like: Value) => {
    const part = g.op("Slice", [dx, from, to, g.ints([2])]);
    return rankOf(like) === 4 ? g.reshapeLike(part, like) : part;
  };
  const own = slice(border, end, x);
  return [slice(g.ints([0]), border, past), rankOf(x) === 4 ? own : g.reshapeLike(g.transpose(own, [0, 2, 1, 3]), x)];
}

/** Sums over what the mask was stretched along; keys beyond its end fall away. */
function maskGradient(g: Emit, dMasked: Value, mask: Value): Value {
  const width = dimsOf(mask).at(-1)!;
  const isWhole = width === dimsOf(dMasked)[3] || width === 1;
  const ends = g.op("Reshape", [length(g, mask, rankOf(mask) - 1), g.ints([1])]);
  const kept = isWhole ? dMasked : g.op("Slice", [dMasked, g.ints([0]), ends, g.ints([3])]);
  return g.sumTo(kept, mask);
}
