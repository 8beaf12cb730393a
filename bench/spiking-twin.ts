/**
 * @file The spiking twin of an MNIST network, 784-256-128-10, weights of 4 bits: how accurate it is, how many spikes it
 * needs, and what it costs, for T = 1, 3, 7, 15 and, at T = 3, with the spike rate pressed down by λ. The first 12 000
 * training and 3000 test images, one epoch in float, 4 on the levels of the twin. Some minutes.
 *
 *   node bench/run.mjs spiking-twin [lambda]
 */

import { numbers } from "../src/base/tensor.ts";
import { layerCosts, spiking } from "../src/energy/index.ts";
import { loadMachine } from "../src/machines/index.ts";
import { argmax } from "../src/training/index.ts";
import { data, denseLayers, type Trained, testExample, trainFloat, trainTwin } from "./spiking-network.ts";

const machine = loadMachine("snn-paper-22nm");
const examples = data.test.inputs.dims[0]!;
const labels = numbers(data.test.labels);

interface Tally {
  right: number;
  agree: number;
  spikes: number;
  active: number;
  neurons: number;
}

interface Measured {
  readonly stream: Tally;
  readonly accumulate: Tally;
  readonly twin: Tally;
  /** Of each hidden layer's twin. */
  readonly rates: readonly { readonly spikeRate: number; readonly active: number }[];
  readonly streamRates: readonly number[];
}

function measure({ model }: Trained, steps: number): Measured {
  const { layers, encode } = denseLayers(model);
  const tally = (): Tally => ({ right: 0, agree: 0, spikes: 0, active: 0, neurons: 0 });
  const [stream, accumulate, twin] = [tally(), tally(), tally()];
  const perLayer = layers.slice(0, -1).map(() => ({ spikes: 0, active: 0, neurons: 0, streamed: 0 }));
  for (let i = 0; i < examples; i++) {
    const x = encode(testExample(i));
    const right = spiking.simulateTwin(layers, x, steps);
    const runs = [
      [twin, right],
      [stream, spiking.simulateSpikes(layers, x, steps, "stream")],
      [accumulate, spiking.simulateSpikes(layers, x, steps, "accumulate")],
    ] as const;
    for (const [sum, { counts, outputs }] of runs) {
      if (argmax(outputs) === labels[i]) sum.right++;
      for (const [layer, codes] of counts.entries()) {
        sum.neurons += codes.length;
        codes.forEach((count, n) => {
          if (count === right.counts[layer]![n]) sum.agree++;
          sum.spikes += count;
          if (count > 0) sum.active++;
          if (sum === stream) perLayer[layer]!.streamed += count;
          if (sum !== twin) return;
          perLayer[layer]!.neurons++;
          perLayer[layer]!.spikes += count;
          if (count > 0) perLayer[layer]!.active++;
        });
      }
    }
  }
  return {
    stream,
    accumulate,
    twin,
    rates: perLayer.map(({ spikes, active, neurons }) => ({
      spikeRate: spikes / neurons / steps,
      active: active / neurons,
    })),
    streamRates: perLayer.map(({ streamed, neurons }) => streamed / neurons / steps),
  };
}

const costs = layerCosts((await import("../src/zoo/index.ts")).mlp({ inputs: 784, hidden: [256, 128], classes: 10 }), {
  N: 1,
});

function energies(rates: Measured["rates"], steps: number, temporalReuse: number) {
  const options = { steps, weightBits: 4, spikeRate: "average" as const, temporalReuse };
  const layers = Object.fromEntries(
    costs.map(({ name }, i) => [name, i === 0 ? { analogueBits: 8, spikeRate: rates[0]!.spikeRate } : rates[i - 1]!]),
  );
  const pricesOf: spiking.PricesOf = ({ weightBits, activationBits }) =>
    spiking.spikingPrices(machine, { weightBits, activationBits });
  return spiking.compareNetwork(costs, { options, layers }, pricesOf);
}

const share = (value: number) => value.toFixed(4);
const cells = (row: readonly (string | number)[]) => row.map((cell) => String(cell).padStart(12)).join("");
console.log(
  cells([
    "T",
    "lambda",
    "ORT",
    "twin",
    "stream",
    "accumulate",
    "agree str.",
    "agree acc.",
    "sr",
    "a",
    "sr stream",
    "hidden",
    "rT = T",
    "network",
    "break-even",
  ]),
);

async function row(steps: number, lambda: number, start: Awaited<ReturnType<typeof trainFloat>>, epochs: number) {
  const trained = await trainTwin(start, spiking.twinBits(steps), lambda, epochs);
  const found = measure(trained, steps);
  const { layers, ratio, warnings } = energies(found.rates, steps, 1);
  for (const warning of warnings) console.log(`  ${warning}`);
  for (const { spikeRate, active } of found.rates) {
    const { low, high } = spiking.spikeRateBounds(steps, active);
    if (spikeRate < low - 1e-12 || spikeRate > high + 1e-12)
      console.log(`  theorem 2 is broken: ${spikeRate} outside ${low} … ${high}`);
  }
  const hidden = layers.slice(1);
  const ratioOf = (layers: typeof hidden) => {
    const sum = (side: "snn" | "qnn") => layers.reduce((total, { energy }) => total + energy[side], 0);
    return (sum("snn") / sum("qnn")).toFixed(3);
  };
  const kept = energies(found.rates, steps, steps).layers.slice(1);
  console.log(
    cells([
      steps,
      lambda,
      share(trained.accuracy),
      ...[found.twin, found.stream, found.accumulate].map(({ right }) => share(right / examples)),
      (found.stream.agree / found.stream.neurons).toFixed(6),
      (found.accumulate.agree / found.accumulate.neurons).toFixed(6),
      share(found.twin.spikes / found.twin.neurons / steps),
      share(found.twin.active / found.twin.neurons),
      share(found.stream.spikes / found.stream.neurons / steps),
      ratioOf(hidden),
      ratioOf(kept),
      ratio.toFixed(3),
      share(hidden[0]!.breakEven!.spikeRate),
    ]),
  );
}

const start = await trainFloat(1);
if (process.argv.includes("lambda")) {
  for (const lambda of [0, 0.1, 0.3, 1, 3, 10, 30]) await row(3, lambda, start, 4);
} else {
  for (const steps of [1, 3, 7, 15]) await row(steps, 0, start, 4);
}
