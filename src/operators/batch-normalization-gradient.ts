/** @file Gradient of BatchNormalization. It runs in every training step, so that it is the closed form in few nodes. */

import type { Value } from "../graph/value.ts";
import { dimsOf, dtypeOf, type Emit, rankOf } from "./emit.ts";

interface Attributes {
  readonly epsilon: number;
  readonly training_mode: boolean;
}

/** The number of elements of each channel as a scalar of the type of `x`; counted at run time where the shape is symbolic. */
function elementsPerChannel(g: Emit, x: Value): Value {
  const dims = dimsOf(x).filter((_, axis) => axis !== 1);
  if (dims.every((dim) => typeof dim === "number")) {
    return g.scalar(
      x,
      (dims as number[]).reduce((product, dim) => product * dim, 1),
    );
  }
  const shape = g.op("Shape", [x]);
  const counted = g.op("Gather", [shape, g.ints(dimsOf(x).flatMap((_, axis) => (axis === 1 ? [] : [axis])))]);
  return g.cast(g.op("ReduceProd", [counted], { keepdims: false }), dtypeOf(x));
}

/**
 * With x̂ = (x − μ)·r, r = 1/√(σ² + ε), sums over the m elements of a channel:
 *  - dB = Σ dy, dscale = Σ dy·x̂;
 *  - given statistics: dx = scale·r·dy, dμ = −scale·r·Σ dy, dσ² = −½·scale·r³·Σ dy·(x − μ);
 *  - statistics of the batch: dx = scale·r·(dy − Σ dy/m − (x − μ)·r²·Σ dy·(x − μ)/m).
 * The running statistics carry no gradient.
 */
export function batchNormalizationGradient(
  g: Emit,
  [x, scale, , mean, variance]: readonly Value[],
  [dy]: readonly Value[],
  { epsilon, training_mode }: Attributes,
): (Value | undefined)[] {
  if (dy === undefined) return [];
  const axes = Array.from({ length: rankOf(x!) }, (_, axis) => axis).filter((axis) => axis !== 1);
  const perChannel = [dimsOf(scale!)[0]!, ...axes.slice(1).map(() => 1)];
  const wide = (value: Value) => g.reshape(value, perChannel);
  const flat = (value: Value) => g.reshapeLike(value, scale!);
  const mu = training_mode ? g.mean(x!, axes, true) : wide(mean!);
  const centred = g.sub(x!, mu);
  const sigma2 = training_mode ? g.mean(g.mul(centred, centred), axes, true) : wide(variance!);
  const r = g.op("Reciprocal", [g.op("Sqrt", [g.add(sigma2, g.scalar(x!, epsilon))])]);
  const sumDy = g.sum(dy, axes, true);
  const sumDyCentred = g.sum(g.mul(dy, centred), axes, true);
  const dScale = g.mul(sumDyCentred, r);
  const factor = g.mul(wide(scale!), r);
  if (!training_mode) {
    const dVariance = g.scale(g.mul(g.mul(factor, g.mul(r, r)), sumDyCentred), -0.5);
    return [g.mul(dy, factor), flat(dScale), flat(sumDy), flat(g.neg(g.mul(factor, sumDy))), flat(dVariance)];
  }
  const m = elementsPerChannel(g, x!);
  const slope = g.div(g.mul(g.mul(r, r), sumDyCentred), m);
  const dx = g.mul(factor, g.sub(g.sub(dy, g.div(sumDy, m)), g.mul(centred, slope)));
  return [dx, flat(dScale), flat(sumDy), undefined, undefined];
}
