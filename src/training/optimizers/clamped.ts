/** @file An optimizer whose parameters are brought back into an interval after every step. */

import type { Optimizer } from "./optimizer.ts";

/** `inner`, its parameters clipped to −bound..bound; gradients are not touched. */
export const clamped = (inner: Optimizer, bound: number): Optimizer => ({
  ...inner,
  id: `${inner.id}, clamped to ±${bound}`,
  update(g, update) {
    const { parameter, state } = inner.update(g, update);
    return { parameter: g.op("Clip", [parameter, g.scalar(parameter, -bound), g.scalar(parameter, bound)]), state };
  },
});
