/** @file The activation functions that recurrent operators name by strings, with their α and β. */

import { fail } from "../base/errors.ts";
import type { Value } from "../graph/value.ts";
import type { Emit } from "./emit.ts";

export interface Activation {
  readonly run: (x: number) => number;
  readonly emit: (g: Emit, x: Value) => Value;
}

interface Family {
  /** α and β where the node says nothing; `undefined` where the function has none. */
  readonly defaults: readonly [alpha?: number, beta?: number];
  readonly run: (x: number, alpha: number, beta: number) => number;
  readonly emit: (g: Emit, x: Value, alpha: number, beta: number) => Value;
}

const families: Readonly<Record<string, Family>> = {
  affine: {
    defaults: [1, 0],
    run: (x, a, b) => a * x + b,
    emit: (g, x, a, b) => g.add(g.scale(x, a), g.scalar(x, b)),
  },
  elu: {
    defaults: [1],
    run: (x, a) => (x >= 0 ? x : a * (Math.exp(x) - 1)),
    emit: (g, x, alpha) => g.op("Elu", [x], { alpha }),
  },
  hardsigmoid: {
    defaults: [0.2, 0.5],
    run: (x, a, b) => Math.max(0, Math.min(1, a * x + b)),
    emit: (g, x, alpha, beta) => g.op("HardSigmoid", [x], { alpha, beta }),
  },
  leakyrelu: {
    defaults: [0.01],
    run: (x, a) => (x >= 0 ? x : a * x),
    emit: (g, x, alpha) => g.op("LeakyRelu", [x], { alpha }),
  },
  relu: { defaults: [], run: (x) => Math.max(0, x), emit: (g, x) => g.op("Relu", [x]) },
  scaledtanh: {
    defaults: [1, 1],
    run: (x, a, b) => a * Math.tanh(b * x),
    emit: (g, x, a, b) => g.scale(g.op("Tanh", [g.scale(x, b)]), a),
  },
  sigmoid: { defaults: [], run: (x) => 1 / (1 + Math.exp(-x)), emit: (g, x) => g.op("Sigmoid", [x]) },
  softplus: { defaults: [], run: (x) => Math.log1p(Math.exp(x)), emit: (g, x) => g.op("Softplus", [x]) },
  softsign: { defaults: [], run: (x) => x / (1 + Math.abs(x)), emit: (g, x) => g.op("Softsign", [x]) },
  tanh: { defaults: [], run: Math.tanh, emit: (g, x) => g.op("Tanh", [x]) },
  thresholdedrelu: {
    defaults: [1],
    run: (x, a) => (x > a ? x : 0),
    emit: (g, x, alpha) => g.op("ThresholdedRelu", [x], { alpha }),
  },
};

/**
 * The named functions in order; α and β are handed out to those that take them.
 * @throws FemtoError `attribute.choice`
 */
export function gateActivations(
  names: readonly string[],
  alphas: readonly number[] = [],
  betas: readonly number[] = [],
): Activation[] {
  const [alpha, beta] = [[...alphas], [...betas]];
  return names.map((name) => {
    const family = families[name.toLowerCase()];
    if (family === undefined) {
      return fail({
        code: "attribute.choice",
        where: "attribute activations",
        message: `"${name}" is not known`,
        expected: Object.keys(families).join(", "),
      });
    }
    const [a0, b0] = family.defaults;
    const a = a0 === undefined ? 0 : (alpha.shift() ?? a0);
    const b = b0 === undefined ? 0 : (beta.shift() ?? b0);
    return { run: (x) => family.run(x, a, b), emit: (g, x) => family.emit(g, x, a, b) };
  });
}
