/** @file Gradient of BatchNormalization. It runs in every training step, so that it is the closed form in few nodes. */

import type { Value } from "../graph/value.ts";
import { channelAffine } from "./channel-affine.ts";
import { channelMeans, channelSums } from "./channel-sums.ts";
import { dimsOf, type Emit, rankOf } from "./emit.ts";
import { shareCount } from "./share-count.ts";

interface Attributes {
  readonly epsilon: number;
  readonly momentum: number;
  readonly training_mode: boolean;
}

/**
 * With r = 1/√(σ² + ε), sums over the m elements of a channel:
 *  - dB = Σ dy, dscale = r·Σ dy·(x − μ);
 *  - given statistics: dx = scale·r·dy, dμ = −scale·r·Σ dy, dσ² = −½·scale·r³·Σ dy·(x − μ);
 *  - statistics of the batch: dx = scale·r·(dy − Σ dy/m − (x − μ)·r²·Σ dy·(x − μ)/m).
 * A loss that reads the running statistics (training does not) adds (1 − momentum)·(dmean + 2·(x − μ)·dvar)/m to dx.
 */
export function batchNormalizationGradient(
  g: Emit,
  [x, scale, , mean, variance]: readonly Value[],
  [dy, dMean, dVar]: readonly (Value | undefined)[],
  { epsilon, momentum, training_mode }: Attributes,
): (Value | undefined)[] {
  const perChannel = [dimsOf(scale!)[0]!, ...new Array<number>(Math.max(0, rankOf(x!) - 2)).fill(1)];
  const wide = (value: Value) => g.reshape(value, perChannel);
  const mu = training_mode ? channelMeans(g, x!) : mean!;
  const centred = channelAffine(g, x!, undefined, mu);
  const m = shareCount(g, x!, scale!);
  const carried = [
    dMean && g.op("Expand", [wide(g.scale(g.div(dMean, m), 1 - momentum)), g.op("Shape", [x])]),
    dVar && channelAffine(g, centred, g.scale(g.div(dVar, m), 2 * (1 - momentum)), undefined),
  ];
  const rest = [dMean && g.scale(dMean, momentum), dVar && g.scale(dVar, momentum)];
  if (dy === undefined) return [total(g, carried), undefined, undefined, ...rest];
  const sigma2 = training_mode ? channelMeans(g, g.mul(centred, centred)) : variance!;
  const r = g.op("Reciprocal", [g.op("Sqrt", [g.add(sigma2, g.scalar(x!, epsilon))])]);
  const factor = g.mul(scale!, r);
  const sumDy = channelSums(g, dy);
  const sumDyCentred = channelSums(g, g.mul(dy, centred));
  const dScale = g.mul(sumDyCentred, r);
  if (!training_mode) {
    const dVariance = g.scale(g.mul(g.mul(factor, g.mul(r, r)), sumDyCentred), -0.5);
    return [channelAffine(g, dy, factor, undefined), dScale, sumDy, g.neg(g.mul(factor, sumDy)), dVariance];
  }
  const slope = g.div(g.mul(g.mul(r, r), sumDyCentred), m);
  const dx = g.sub(
    channelAffine(g, dy, factor, g.div(sumDy, m)),
    channelAffine(g, centred, g.mul(factor, slope), undefined),
  );
  return [total(g, [dx, ...carried]), dScale, sumDy, ...rest];
}

/** The sum of what is there. */
function total(g: Emit, parts: readonly (Value | undefined)[]): Value | undefined {
  const present = parts.filter((part) => part !== undefined);
  return present.length === 0 ? undefined : present.reduce((a, b) => g.add(a, b));
}
