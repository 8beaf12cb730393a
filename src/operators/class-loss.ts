/**
 * @file The loss of picking classes, L = −w[t]·x[n, t, …]: what NegativeLogLikelihoodLoss and SoftmaxCrossEntropyLoss
 * share (the latter takes the logarithm of a softmax first).
 */

import { isInteger } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { int, text } from "./attributes.ts";
import { dimsOf, dtypeOf, type Emit, rankOf } from "./emit.ts";
import type { Known } from "./operator.ts";
import { checkRank } from "./shapes.ts";

export const classLossAttributes = { ignore_index: int(), reduction: text("mean", "none", "sum") };

export interface ClassLossAttributes {
  readonly ignore_index: number | undefined;
  readonly reduction: "mean" | "none" | "sum";
}

/** The shape of the loss. @throws FemtoError `shape.*` */
export function classLossDims(
  x: Known,
  labels: Known,
  weights: Known | undefined,
  at: ClassLossAttributes,
): readonly Dim[] | undefined {
  if (!isInteger(labels.dtype)) {
    fail({
      code: "shape.dtype",
      where: "labels",
      message: "must be integers",
      expected: "int32 or int64",
      got: labels.dtype,
    });
  }
  if (weights !== undefined) checkRank(weights, 1, "weights");
  if (x.dims !== undefined && labels.dims !== undefined) {
    const expected = x.dims.filter((_, axis) => axis !== 1);
    const fits =
      labels.dims.length === expected.length &&
      labels.dims.every(
        (dim, axis) => typeof dim === "string" || typeof expected[axis] === "string" || dim === expected[axis],
      );
    if (!fits) {
      fail({
        code: "shape.labels",
        where: "labels",
        message: "must have the shape of the scores without the class axis",
        expected: `[${expected.join(", ")}]`,
        got: `[${labels.dims.join(", ")}]`,
      });
    }
  }
  return at.reduction === "none" ? (labels.dims ?? x.dims?.filter((_, axis) => axis !== 1)) : [];
}

/** L and its reduction. @throws FemtoError `run.label` for a label that is no class */
export function classLoss(
  logs: ArrayLike<number>,
  dims: readonly number[],
  labels: Tensor,
  weights: Tensor | undefined,
  at: ClassLossAttributes,
): Float64Array<ArrayBuffer> {
  const classes = dims[1]!;
  const plane = sizeOf(dims.slice(2));
  const picked = numbers(labels);
  const weight = weights && numbers(weights);
  const losses = new Float64Array(picked.length);
  let total = 0;
  let mass = 0;
  for (let i = 0; i < picked.length; i++) {
    const label = picked[i]!;
    if (label === at.ignore_index) continue;
    if (label < 0 || label >= classes) {
      fail({
        code: "run.label",
        where: `label ${i}`,
        message: `${label} is not a class`,
        expected: `0 to ${classes - 1}`,
      });
    }
    const w = weight?.[label] ?? 1;
    losses[i] = -w * logs[(Math.floor(i / plane) * classes + label) * plane + (i % plane)]!;
    total += losses[i]!;
    mass += w;
  }
  if (at.reduction === "none") return losses;
  return Float64Array.of(at.reduction === "sum" ? total : total / mass);
}

/**
 * With M[n, c, …] = [c = label and not ignored] and W = w[c]·M: L = −Σ_c W·x (and Σ, or Σ / Σ W), hence
 * ∂L/∂x = −W·dL (divided by Σ W for the mean) and ∂L/∂w[c] = −Σ M·(x + L)·dL / Σ W, without L and Σ W unless it is the mean.
 */
export function classLossGradient(
  g: Emit,
  {
    x,
    labels,
    weights,
    loss,
    dLoss,
  }: { x: Value; labels: Value; weights?: Value | undefined; loss: Value; dLoss: Value },
  at: ClassLossAttributes,
): { dx: Value; dWeights: Value | undefined; mass: Value } {
  const classes = dimsOf(x)[1];
  if (typeof classes !== "number") {
    return fail({ code: "gradient.symbol", message: `the number of classes ${classes} must be a number` });
  }
  const perClass = [classes, ...new Array<number>(rankOf(x) - 2).fill(1)];
  const range = Array.from({ length: classes }, (_, c) => c);
  const column = g.constant(tensor(dtypeOf(labels), perClass, range));
  const hit = g.cast(g.op("Equal", [g.op("Unsqueeze", [labels, g.ints([1])]), column]), dtypeOf(x));
  const ignored = at.ignore_index;
  const isKept = ignored === undefined || ignored < 0 || ignored >= classes;
  const mask = isKept
    ? hit
    : g.mul(
        hit,
        g.tensorLike(
          x,
          perClass,
          range.map((c) => (c === ignored ? 0 : 1)),
        ),
      );
  const mass = weights === undefined ? mask : g.mul(mask, g.reshape(weights, perClass));
  const axes = Array.from({ length: rankOf(x) }, (_, axis) => axis);
  const isMean = at.reduction === "mean";
  const wide = at.reduction === "none" ? g.op("Unsqueeze", [dLoss, g.ints([1])]) : dLoss;
  const share = g.neg(isMean ? g.div(wide, g.sum(mass, axes)) : wide);
  const inner = g.mul(mask, isMean ? g.add(x, loss) : x);
  const dWeights = g.sum(
    g.mul(inner, share),
    axes.filter((axis) => axis !== 1),
  );
  return { dx: g.mul(mass, share), dWeights, mass };
}
