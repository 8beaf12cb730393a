/**
 * @file Kullback–Leibler divergence between the softmax of two logits, mean over the batch, no temperature.
 * `reverse` is KL(p‖f) = Σ p·ln(p/f) with p of the student (EQAT eq. 9 [source]); its gradient to the student's logits
 * is p_j(ln(p_j/f_j) − KL). `forward` is KL(f‖p), the usual distillation loss, with gradient p_j − f_j.
 */

import type { Value } from "../../graph/value.ts";
import type { Emit } from "../../operators/index.ts";

export type KlDirection = "reverse" | "forward";

/**
 * @param student float [batch, classes], where the gradient goes
 * @param teacher float [batch, classes]; stop its gradient in the caller
 * @returns a scalar
 */
export function klDivergence(g: Emit, student: Value, teacher: Value, direction: KlDirection = "reverse"): Value {
  const [from, to] = direction === "reverse" ? [student, teacher] : [teacher, student];
  const logFrom = g.op("LogSoftmax", [from], { axis: 1 });
  const logTo = g.op("LogSoftmax", [to], { axis: 1 });
  const p = g.op("Exp", [logFrom]);
  return g.mean(g.sum(g.mul(p, g.sub(logFrom, logTo)), [1]), [0]);
}
