/**
 * @file Adadelta (Zeiler 2012, algorithm 1): s ← ρs + (1−ρ)g², δ = g·√(u+ε)/√(s+ε), u ← ρu + (1−ρ)δ², θ ← θ − η·δ.
 */

import { zeros } from "../../base/tensor.ts";
import type { Optimizer } from "./optimizer.ts";

export interface AdadeltaOptions {
  rho?: number;
  epsilon?: number;
  weightDecay?: number;
}

export function adadelta({ rho = 0.9, epsilon = 1e-6, weightDecay = 0 }: AdadeltaOptions = {}): Optimizer {
  return {
    id: `adadelta(ρ ${rho}, ε ${epsilon}, decay ${weightDecay})`,
    state: ({ dtype, dims }) => ({ square: zeros(dtype, dims), change: zeros(dtype, dims) }),
    shared: () => ({}),
    advance: () => ({}),
    update(g, { parameter, gradient, state, rate, decays }) {
      const slope = decays && weightDecay > 0 ? g.add(gradient, g.scale(parameter, weightDecay)) : gradient;
      const root = (x: typeof slope) => g.op("Sqrt", [g.add(x, g.scalar(x, epsilon))]);
      const mix = (old: typeof slope, fresh: typeof slope) =>
        g.add(g.scale(old, rho), g.scale(g.mul(fresh, fresh), 1 - rho));
      const square = mix(state.square!, slope);
      const delta = g.mul(slope, g.div(root(state.change!), root(square)));
      return { parameter: g.sub(parameter, g.mul(rate, delta)), state: { square, change: mix(state.change!, delta) } };
    },
  };
}
