/** @file Gradient of BatchNormalization. It runs in every training step, so that it is the closed form in few nodes. */

import type { Value } from "../graph/value.ts";
import { channelMeans, channelSums } from "./channel-sums.ts";
import { dimsOf, type Emit, rankOf } from "./emit.ts";
import { shareCount } from "./share-count.ts";

interface Attributes {
  readonly epsilon: number;
  readonly training_mode: boolean;
}

/**
 * With r = 1/√(σ² + ε), sums over the m elements of a channel:
 *  - dB = Σ dy, dscale = r·Σ dy·(x − μ);
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
  const perChannel = [dimsOf(scale!)[0]!, ...new Array<number>(Math.max(0, rankOf(x!) - 2)).fill(1)];
  const wide = (value: Value) => g.reshape(value, perChannel);
  const flat = (value: Value) => g.reshapeLike(value, scale!);
  const mu = training_mode ? channelMeans(g, x!) : wide(mean!);
  const centred = g.sub(x!, mu);
  const sigma2 = training_mode ? channelMeans(g, g.mul(centred, centred)) : wide(variance!);
  const r = g.op("Reciprocal", [g.op("Sqrt", [g.add(sigma2, g.scalar(x!, epsilon))])]);
  const factor = g.mul(wide(scale!), r);
  const sumDy = channelSums(g, dy, true);
  const sumDyCentred = channelSums(g, g.mul(dy, centred), true);
  const dScale = flat(g.mul(sumDyCentred, r));
  if (!training_mode) {
    const dVariance = g.scale(g.mul(g.mul(factor, g.mul(r, r)), sumDyCentred), -0.5);
    return [g.mul(dy, factor), dScale, flat(sumDy), flat(g.neg(g.mul(factor, sumDy))), flat(dVariance)];
  }
  const m = shareCount(g, x!, scale!);
  const slope = g.div(g.mul(g.mul(r, r), sumDyCentred), m);
  const dx = g.mul(factor, g.sub(g.sub(dy, g.div(sumDy, m)), g.mul(centred, slope)));
  return [dx, dScale, flat(sumDy), undefined, undefined];
}
