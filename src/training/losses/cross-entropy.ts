/** @file Cross-entropy of logits against class indices: −Σ_c t_c·log softmax(z)_c, mean over the batch and its tokens. */

import type { Value } from "../../graph/value.ts";
import { dimsOf, type Emit } from "../../operators/index.ts";

export interface CrossEntropyOptions {
  /** Label smoothing ε: targets (1−ε)·onehot + ε/classes (Szegedy et al. 2016). */
  smoothing?: number;
}

/**
 * @param logits float [batch, classes], or [batch, tokens, classes]
 * @param labels int64 [batch], or [batch, tokens]
 * @returns a scalar
 */
export function crossEntropy(
  g: Emit,
  logits: Value,
  labels: Value,
  { smoothing = 0 }: CrossEntropyOptions = {},
): Value {
  const classes = dimsOf(logits).at(-1) as number;
  const logp = g.op("LogSoftmax", [logits], { axis: -1 });
  const range = g.tensorLike(logits, [2], [smoothing / classes, 1 - smoothing + smoothing / classes]);
  const target = g.op("OneHot", [labels, g.ints([classes]), range], { axis: -1 });
  const right = g.sum(g.mul(target, logp), [-1]);
  return g.neg(
    g.mean(
      right,
      dimsOf(labels).map((_, axis) => axis),
    ),
  );
}
