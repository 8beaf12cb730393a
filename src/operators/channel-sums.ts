/** @file Sums over everything but the channel, as gradients of biases and normalizations need them in every step. */

import type { Value } from "../graph/value.ts";
import { type Emit, rankOf } from "./emit.ts";

/**
 * Σ over the batch and the spatial axes of [N, C, …]: [C], or [1, C, 1 …] with `keepdims`. First each plane, then the
 * batch: up to three times as fast in ONNX Runtime as one reduction over axes that do not touch.
 */
export function channelSums(g: Emit, x: Value, keepdims = false): Value {
  const spatial = Array.from({ length: rankOf(x) - 2 }, (_, axis) => axis + 2);
  return g.sum(g.sum(x, spatial, keepdims), [0], keepdims);
}

/** The means over the same axes, [1, C, 1 …]. */
export function channelMeans(g: Emit, x: Value): Value {
  const spatial = Array.from({ length: rankOf(x) - 2 }, (_, axis) => axis + 2);
  return g.mean(g.mean(x, spatial, true), [0], true);
}
