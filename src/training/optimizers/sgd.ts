/** @file SGD with momentum: v ← μ·v + (g + λ·θ), θ ← θ − η·v (Nesterov: θ ← θ − η·(g + μ·v)). */

import { type Tensor, zeros } from "../../base/tensor.ts";
import type { Moved, Optimizer } from "./optimizer.ts";

export interface SgdOptions {
  momentum?: number;
  weightDecay?: number;
  nesterov?: boolean;
}

export function sgd({ momentum = 0, weightDecay = 0, nesterov = false }: SgdOptions = {}): Optimizer {
  return {
    id: `sgd(momentum ${momentum}, decay ${weightDecay}${nesterov ? ", nesterov" : ""})`,
    state({ dtype, dims }): Record<string, Tensor> {
      return momentum === 0 ? {} : { velocity: zeros(dtype, dims) };
    },
    shared: () => ({}),
    advance: () => ({}),
    update(g, { parameter, gradient, state, rate, decays }): Moved {
      const slope = decays && weightDecay > 0 ? g.add(gradient, g.scale(parameter, weightDecay)) : gradient;
      if (momentum === 0) return { parameter: g.sub(parameter, g.mul(rate, slope)), state: {} };
      const velocity = g.add(g.scale(state.velocity!, momentum), slope);
      const direction = nesterov ? g.add(slope, g.scale(velocity, momentum)) : velocity;
      return { parameter: g.sub(parameter, g.mul(rate, direction)), state: { velocity } };
    },
  };
}
