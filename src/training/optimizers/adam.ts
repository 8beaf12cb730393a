/**
 * @file Adam (Kingma and Ba, ICLR 2015, algorithm 1) and AdamW (Loshchilov and Hutter, ICLR 2019, algorithm 2):
 * m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − η·(m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε). The state holds m/(1−β₁) and
 * v/(1−β₂), which saves three of thirteen passes over every parameter.
 */

import { scalar, zeros } from "../../base/tensor.ts";
import type { Optimizer } from "./optimizer.ts";

export interface AdamOptions {
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  weightDecay?: number;
  /** AdamW: decay θ directly (θ ← θ − η·λ·θ) instead of through the gradient. */
  isDecoupled?: boolean;
}

export function adam(options: AdamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, isDecoupled = false } = options;
  return {
    id: `${isDecoupled ? "adamw" : "adam"}(β ${beta1} ${beta2}, ε ${epsilon}, decay ${weightDecay})`,
    state: ({ dtype, dims }) => ({ m: zeros(dtype, dims), v: zeros(dtype, dims) }),
    // βᵗ is carried as a product: exact to float32 rounding for any t, and no Pow in the graph.
    shared: () => ({ beta1_power: scalar("float32", 1), beta2_power: scalar("float32", 1) }),
    advance: (g, { beta1_power, beta2_power }) => ({
      beta1_power: g.scale(beta1_power!, beta1),
      beta2_power: g.scale(beta2_power!, beta2),
    }),
    update(g, { parameter, gradient, state, shared, rate, decays }) {
      const isDecayed = decays && weightDecay > 0;
      const slope = isDecayed && !isDecoupled ? g.add(gradient, g.scale(parameter, weightDecay)) : gradient;
      const m = g.add(g.scale(state.m!, beta1), slope);
      const v = g.add(g.scale(state.v!, beta2), g.mul(slope, slope));
      // With r = √((1−β₂)/(1−β₂ᵗ)) the step is η·(1−β₁)/((1−β₁ᵗ)·r) · m / (√v + ε/r): what is left to the group's scalars
      // need not be done for every element.
      const one = g.scalar(parameter, 1);
      const root = g.op("Sqrt", [g.div(g.scalar(parameter, 1 - beta2), g.sub(one, shared.beta2_power!))]);
      const factor = g.div(g.scale(rate, 1 - beta1), g.mul(g.sub(one, shared.beta1_power!), root));
      const bottom = g.add(g.op("Sqrt", [v]), g.div(g.scalar(parameter, epsilon), root));
      const step = g.mul(factor, g.div(m, bottom));
      const kept = isDecayed && isDecoupled ? g.mul(parameter, g.sub(one, g.scale(rate, weightDecay))) : parameter;
      return { parameter: g.sub(kept, step), state: { m, v } };
    },
  };
}

export const adamw = (options: AdamOptions = {}): Optimizer =>
  adam({ weightDecay: 0.01, ...options, isDecoupled: true });
