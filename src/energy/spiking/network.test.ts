/** Whole networks: sums of layers, shapes that give fan-in and reuse, analogue inputs, hybrids, measured rates. */

import { describe, expect, test } from "vitest";
import { tensor } from "../../base/tensor.ts";
import { loadMachine } from "../../machines/index.ts";
import { mlp, resnet8 } from "../../zoo/index.ts";
import { ActivityRecorder, assumedActivity, countWork } from "../index.ts";
import {
  compareNetwork,
  compareTwin,
  layerRates,
  type NetworkTwin,
  pointOf,
  shortcutPrices,
  spikingPrices,
  twinBits,
  varyPrices,
} from "./index.ts";
import { paper, paperPrices } from "./paper.fixture.ts";

const counts = countWork(mlp({ inputs: 784, hidden: [256, 128], classes: 10 }), { N: 1 });
const conv = countWork(resnet8({}), { N: 1 });
const options = { steps: 5, spikeRate: 0.05, weightBits: 4 } as const;
const compare = (twin: Partial<NetworkTwin> = {}, costs = counts.layers) =>
  compareNetwork(costs, { options, ...twin }, () => paperPrices);

describe("layers", () => {
  test("a layer is its synapse, as often as it multiplies; fan-in and reuse follow from its shape", () => {
    const { layers, snn, qnn, ratio } = compare();
    expect(layers.map(({ macs }) => macs)).toEqual([784 * 256, 256 * 128, 128 * 10]);
    expect(layers.map(({ parameters }) => [parameters.fanIn, parameters.weightReuse])).toEqual([
      [784, 1],
      [256, 1],
      [128, 1],
    ]);
    for (const layer of layers) {
      const alone = compareTwin({ ...options, fanIn: layer.parameters.fanIn }, paper);
      expect(layer.energy.snn).toBeCloseTo(alone.snn.total * layer.macs, 9);
      expect(layer.ratio).toBeCloseTo(alone.ratio, 12);
      expect(layer.breakEven).toEqual(alone.breakEven);
    }
    expect(snn).toBeCloseTo(
      layers.reduce((sum, { energy }) => sum + energy.snn, 0),
      9,
    );
    expect(ratio).toBeCloseTo(snn / qnn, 12);
    // the ratio of sums lies between those of the layers
    expect(ratio).toBeGreaterThanOrEqual(Math.min(...layers.map((layer) => layer.ratio)));
    expect(ratio).toBeLessThanOrEqual(Math.max(...layers.map((layer) => layer.ratio)));
  });

  test("a convolution shares its weights between positions, which takes them out of the comparison", () => {
    const { layers } = compare({}, conv.layers);
    const first = layers[0]!;
    expect(first.parameters).toMatchObject({ fanIn: 27, weightReuse: 32 * 32 });
    expect(first.qnn.terms.weights).toBeCloseTo((4 * 0.0388) / 1024, 12);
    const stated = compare({ options: { ...options, weightReuse: 1, fanIn: 4096 } }, conv.layers).layers[0]!;
    expect(stated.ratio).toBeCloseTo(compareTwin(options, paper).ratio, 12);
  });

  test("parameters of one layer stand above those of all", () => {
    const name = counts.layers[1]!.name;
    const { layers } = compare({ layers: { [name]: { steps: 3, spikeRate: 0.2, hops: 2, active: 0.4 } } });
    expect(layers[1]!.parameters).toMatchObject({ steps: 3, spikeRate: 0.2, hops: 2, active: 0.4, activationBits: 2 });
    expect(layers[0]!.parameters).toMatchObject({ steps: 5, spikeRate: 0.05, hops: 1 });
  });
});

test("an analogue input is a layer of multiply-accumulates on both sides", () => {
  const name = counts.layers[0]!.name;
  const { layers, shortcut } = compare({ layers: { [name]: { analogueBits: 8, analogueActive: 0.19 } } });
  const [first, second] = layers;
  expect(first!.isAnalogue).toBe(true);
  expect(first!.breakEven).toBeUndefined();
  for (const term of ["compute", "weights", "movement"] as const) {
    expect(first!.snn.terms[term]).toBe(first!.qnn.terms[term]);
  }
  expect(first!.qnn.terms.compute).toBeCloseTo(0.19 * 0.096, 12);
  expect(first!.qnn.terms.movement).toBe(8 * 0.25);
  // its neurons still run T steps
  expect(first!.snn.terms.state).toBeCloseTo((2 * 5 * 8 * 0.0388) / 784, 12);
  expect(first!.ratio).toBeGreaterThan(1);
  expect(first!.ratio).toBeLessThan(1.01);
  expect(second!.isAnalogue).toBe(false);
  const { synapticOperation, multiplyAccumulate } = shortcutPrices;
  expect(shortcut.snn).toBeCloseTo(
    784 * 256 * multiplyAccumulate.value + (256 * 128 + 1280) * 0.25 * synapticOperation.value,
    6,
  );
});

test("a hybrid takes the cheaper side of each layer and is never dearer than either network", () => {
  const [first, second, third] = counts.layers.map(({ name }) => name) as [string, string, string];
  const made = compare({ layers: { [first]: { spikeRate: 0.01 }, [second]: { spikeRate: 0.3 } } });
  expect(made.hybrid.spikingLayers).toEqual([first, third]);
  expect(made.hybrid.energy).toBeLessThan(Math.min(made.snn, made.qnn));
  expect(made.layers.map(({ choice }) => choice)).toEqual(["spiking", "quantised", "spiking"]);
});

describe("rates out of activity", () => {
  const codes = [0, 0, 0, 5, 0, 0, 2, 0, 0, 0, 0, 1];
  const recorder = new ActivityRecorder([{ value: "q", grid: { bits: 3, isSigned: false } }], { text: "a test" });
  recorder.add({ q: tensor("uint8", [2, 6], codes) }, 2);
  const layers = [
    { name: "fc1", input: { value: "x" } },
    { name: "fc2", input: { value: "q" } },
    { name: "fc3", input: { value: "z" } },
    { name: "fc4", input: { value: "s" } },
  ];
  const measured = recorder.finish();
  const activity = {
    ...measured,
    values: { ...measured.values, z: { zeros: 0.8 }, s: { zeros: 0.5, eventsPerStep: [0.4, 0.2] } },
  };

  test("codes, spikes, or zeros alone; a value that nobody watched says nothing", () => {
    expect(layerRates(activity, layers, 7)).toEqual({
      fc2: {
        spikeRate: expect.closeTo(8 / 12 / 7, 12),
        active: expect.closeTo(3 / 12, 12),
        onesPerActivation: expect.closeTo(4 / 12, 12),
      },
      fc3: { active: expect.closeTo(0.2, 12) },
      fc4: { spikeRate: expect.closeTo(0.3, 12), active: 0.5 },
    });
  });

  test("rates from codes never break theorem 2; a rate given as a case follows the measured zeros", () => {
    const [, { name }] = counts.layers as [unknown, { name: string }];
    const rates = layerRates(activity, [{ name, input: { value: "q" } }], 7);
    expect(compare({ options: { ...options, steps: 7, spikeRate: "average" }, layers: rates }).warnings).toEqual([]);
    const assumed = layerRates(assumedActivity("a guess", { z: 0.6 }), [{ name, input: { value: "z" } }], 5);
    const { layers: made } = compare({ options: { ...options, spikeRate: "average" }, layers: assumed });
    expect(made[1]!.parameters.spikeRate).toBeCloseTo((0.4 * (1 / 5 + 1)) / 2, 12);
  });
});

test("warnings name their layers once", () => {
  const name = counts.layers[2]!.name;
  const { warnings } = compare({ layers: { [name]: { spikeRate: 0.5 } } });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(new RegExp(`^${name}: a spike rate of 0.5 contradicts`));
});

test("refused: no layer, an unknown layer", () => {
  expect(() => compare({}, [])).toThrow(expect.objectContaining({ code: "energy.none" }));
  expect(() => compare({ layers: { fc9: {} } })).toThrow(
    expect.objectContaining({ code: "energy.spiking", where: "layer fc9" }),
  );
});

test("prices by the widths of each layer, and how sure the order is", () => {
  const machine = loadMachine("snn-paper-22nm");
  const asked: number[] = [];
  const twin = { options: { ...options, steps: 3 }, layers: { [counts.layers[0]!.name]: { analogueBits: 8 } } };
  const pricesOf = ({ weightBits, activationBits }: { weightBits: number; activationBits: number }) => {
    asked.push(activationBits);
    return spikingPrices(machine, { weightBits, activationBits });
  };
  const made = compareNetwork(counts.layers, twin, pricesOf);
  expect(asked).toEqual([8, twinBits(3), twinBits(3)]);
  const list = spikingPrices(machine, { weightBits: 4, activationBits: 2 });
  const varied = varyPrices([list], (at) => compareNetwork(counts.layers, twin, () => list, at).ratio);
  expect(varied.range.mid).toBeCloseTo(made.ratio, 12);
  expect(varied.range.hi - varied.range.lo).toBeGreaterThan(0);
  expect(varied.holds).toBe(1);
  expect(pointOf(list).weightBit).toBe(0.0388);
});
