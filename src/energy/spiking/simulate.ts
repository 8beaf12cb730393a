/**
 * @file A fully connected network as spikes and as its twin, neuron by neuron: what a rate code loses where currents are
 * uneven, measured instead of assumed. Slow and obvious.
 */

import { fail } from "../../base/errors.ts";
import { integrateAndFire, type NeuronOptions, twinActivation } from "./integrate-and-fire.ts";

/** One layer. Weights, bias and threshold share a unit, in which hardware has whole numbers. */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Row-major [outputs, inputs]. */
  readonly weights: ArrayLike<number>;
  /** One an output; injected in equal parts at each step. */
  readonly bias: ArrayLike<number>;
  /** θ of each output; `undefined` for the last layer, which is read off as sums. */
  readonly thresholds: ArrayLike<number> | undefined;
}

export interface Simulation {
  /** For each layer with thresholds the spikes (or the code) of each neuron. */
  readonly counts: readonly Uint16Array[];
  /** Sums of the last layer. */
  readonly outputs: Float64Array;
}

/**
 * Runs the network over T steps on one example. The first layer takes numbers, the same ones at each step; its currents
 * are a T-th of its sums. Every neuron starts at θ/2, which rounds its twin to the nearest level.
 */
export function simulateSpikes(
  layers: readonly DenseLayer[],
  example: ArrayLike<number>,
  steps: number,
  delay: NonNullable<NeuronOptions["delay"]>,
): Simulation {
  const counts: Uint16Array[] = [];
  /** currents[t] of each neuron, out of the spikes of the layer before. */
  let trains: Uint8Array[] | undefined;
  let outputs: Float64Array = new Float64Array();
  for (const [index, layer] of layers.entries()) {
    checkLayer(layer, index === 0 ? example.length : layers[index - 1]!.outputs, index);
    const { thresholds } = layer;
    const currents = trains === undefined ? steady(layer, example, steps) : driven(layer, trains, steps);
    if (thresholds === undefined) {
      outputs = Float64Array.from(currents, (parts) => parts.reduce((sum, part) => sum + part, 0));
      break;
    }
    const fired = currents.map((parts, neuron) => {
      const threshold = thresholds[neuron]!;
      return integrateAndFire(parts, { threshold, start: threshold / 2, delay });
    });
    counts.push(Uint16Array.from(fired, ({ count }) => count));
    trains = fired.map(({ spikes }) => spikes);
  }
  return { counts, outputs };
}

/** The twin on the same example: the same sums, each neuron's activation a code of T + 1 levels. */
export function simulateTwin(layers: readonly DenseLayer[], example: ArrayLike<number>, steps: number): Simulation {
  const counts: Uint16Array[] = [];
  let entering: ArrayLike<number> = example;
  let outputs: Float64Array = new Float64Array();
  for (const [index, layer] of layers.entries()) {
    checkLayer(layer, entering.length, index);
    const sums = sumsOf(layer, entering, 1);
    if (layer.thresholds === undefined) {
      outputs = sums;
      break;
    }
    const { thresholds } = layer;
    const parts = new Float64Array(steps);
    const codes = Uint16Array.from(sums, (sum, neuron) => {
      const threshold = thresholds[neuron]!;
      parts[0] = sum;
      return twinActivation(parts, { threshold, start: threshold / 2 });
    });
    counts.push(codes);
    entering = codes;
  }
  return { counts, outputs };
}

/** Σ w·x + share·bias of every neuron. */
function sumsOf({ inputs, outputs, weights, bias }: DenseLayer, x: ArrayLike<number>, share: number): Float64Array {
  const sums = new Float64Array(outputs);
  for (let neuron = 0; neuron < outputs; neuron++) {
    let sum = 0;
    for (let i = 0; i < inputs; i++) if (x[i] !== 0) sum += weights[neuron * inputs + i]! * x[i]!;
    sums[neuron] = sum + share * bias[neuron]!;
  }
  return sums;
}

/** Currents of each neuron: the same at each step. */
const steady = (layer: DenseLayer, example: ArrayLike<number>, steps: number): Float64Array[] =>
  Array.from(sumsOf(layer, example, 1), (sum) => new Float64Array(steps).fill(sum / steps));

/** Currents of each neuron out of the spikes that arrive at each step. */
function driven(layer: DenseLayer, trains: readonly Uint8Array[], steps: number): Float64Array[] {
  const currents = Array.from({ length: layer.outputs }, () => new Float64Array(steps));
  for (let step = 0; step < steps; step++) {
    const spikes = Uint8Array.from(trains, (train) => train[step]!);
    for (const [neuron, sum] of sumsOf(layer, spikes, 1 / steps).entries()) currents[neuron]![step] = sum;
  }
  return currents;
}

function checkLayer({ inputs, outputs, weights, bias, thresholds }: DenseLayer, entering: number, index: number): void {
  const isSound = weights.length === inputs * outputs && bias.length === outputs;
  if (inputs === entering && isSound && (thresholds === undefined || thresholds.length === outputs)) return;
  fail({
    code: "energy.spiking",
    where: `layer ${index}`,
    message: "its parts do not fit together",
    expected: `${entering} inputs, weights [${outputs}, ${entering}], ${outputs} biases and thresholds`,
    got: `${inputs} inputs, ${weights.length} weights, ${bias.length} biases, ${thresholds?.length ?? "no"} thresholds`,
  });
}
