/** @file Trains a fully connected network on the levels of a spiking twin, and reads it back as layers to simulate. */

import { f32, numbers, scalar, type Tensor } from "../src/base/tensor.ts";
import { loadDataSet, take } from "../src/data/index.ts";
import { ActivityRecorder, layerCosts, type spiking } from "../src/energy/index.ts";
import { type Feeds, OrtEngine, observe } from "../src/engine/index.ts";
import { readQuantised } from "../src/export/index.ts";
import { cloneModel } from "../src/graph/clone.ts";
import type { Model } from "../src/graph/model.ts";
import { loadMachine } from "../src/machines/index.ts";
import { float } from "../src/methods/float/index.ts";
import { inlineModel, insertQuantizers, quantizableLayers, trainableParameters } from "../src/rewrites/index.ts";
import {
  adam,
  batchAccuracy,
  blockSteps,
  buildStep,
  cosine,
  crossEntropy,
  evaluate,
  type Parameter,
  planBatches,
  type StepContext,
  train,
  withNormalisation,
  withParameters,
} from "../src/training/index.ts";
import { mlp } from "../src/zoo/index.ts";

const [trainSize, testSize] = [12_000, 3_000];
const whole = loadDataSet("mnist");
const part = (name: "train" | "test", size: number) => {
  const { inputs, labels, ...rest } = take(whole[name]!, size);
  const flat: Tensor = { ...inputs, dims: [size, 784] };
  // the same figures for every pixel: rows of features have no channels
  const { mean, std, scale } = rest.normalisation!;
  return { inputs: flat, labels: labels!, normalisation: { scale, mean: [mean[0]!], std: [std[0]!] } };
};
export const data = { train: part("train", trainSize), test: part("test", testSize) };

const seed = 1;
const macs = (model: Model) => layerCosts(model, { N: 1 }).reduce((sum, layer) => sum + layer.macs, 0);

/** The float network from which all twins start. */
export async function trainFloat(epochs: number): Promise<Model> {
  const start = mlp({ inputs: 784, hidden: [256, 128], classes: 10, seed });
  const machine = loadMachine("snn-paper-22nm");
  const options = float.options.parse({ epochs, evaluateEvery: epochs });
  return (await float.apply({ data, machine, seed, threads: 1, identity: "bench" }, start, options)).model;
}

/** The quantile of each hidden activation that becomes the top level. */
async function tops(model: Model): Promise<number[]> {
  const probe = withNormalisation(model, data.train);
  const names = quantizableLayers(probe).map(({ input }) => input.name);
  const engine = new OrtEngine();
  const recorder = new ActivityRecorder(
    names.map((value) => ({ value })),
    { text: "calibration" },
  );
  const raw: Tensor = {
    ...data.train.inputs,
    dims: [1000, 784],
    data: data.train.inputs.data.slice(0, 784_000) as never,
  };
  await observe(engine, probe, [{ raw }] as Feeds[], recorder);
  await engine.close();
  const { values } = recorder.finish();
  return names.map((name) => {
    const { bins = [], most = 1 } = values[name]!;
    const total = bins.reduce((sum, { count }) => sum + count, 0);
    let below = 0;
    for (const { to, count } of bins) {
      below += count;
      if (below >= 0.99 * total) return Math.min(to, most);
    }
    return most;
  });
}

export interface Trained {
  readonly model: Model;
  /** Of the quantised network in ONNX Runtime. */
  readonly accuracy: number;
}

/**
 * Weights of 4 bits, hidden activations of `bits`, the input 8; cross-entropy plus λ times the spike rate of both hidden
 * layers. Tops of the activations are learned.
 */
export async function trainTwin(start: Model, bits: number, lambda: number, epochs: number): Promise<Trained> {
  const model = cloneModel(start);
  const highs = await tops(start);
  const layers = quantizableLayers(model);
  insertQuantizers(
    model,
    layers.map(({ name, weight }, i) => {
      const { dims, data: values } = weight.constant!;
      const rows = Array.from({ length: dims[0]! }, (_, row) => {
        let most = 0;
        for (let c = 0; c < dims[1]!; c++) most = Math.max(most, Math.abs(values[row * dims[1]! + c] as number));
        return most;
      });
      return {
        layer: name,
        mode: "round",
        weightBits: 4,
        weightRange: f32([dims[0]!], rows),
        weightAxis: 0,
        inputBits: i === 0 ? 8 : bits,
        inputGrid: i === 0 ? "affine" : "unsigned",
        inputHigh: i === 0 ? 2.83 : highs[i]!,
        ...(i === 0 && { inputLow: -0.43 }),
        container: 8,
        rangeGradient: "lsq",
      } as const;
    }),
  );
  const hidden = quantizableLayersOf(model).slice(1);
  const trainee = cloneModel(model);
  const traineeHidden = quantizableLayersOf(trainee).slice(1);
  trainee.graph.outputs.push(...traineeHidden.map(({ input }) => input));
  const ranges = hidden.map(({ name }) => `${name}.input_high`);
  const parameters: Parameter[] = [
    ...trainableParameters(model).map(({ value }) => ({
      name: value.name,
      value: value.constant!,
      group: "weights",
      decays: false,
    })),
    ...ranges.map((name, i) => ({ name, value: scalar("float32", highs[i + 1]!), group: "ranges", decays: false })),
  ];
  const batches = planBatches(data.train, 64, {});
  const objective = ({ g, parameters: bound, batch }: StepContext) => {
    const bind = new Map([[trainee.graph.inputs[0]!.name, batch.x!], ...bound]);
    const [logits, ...activations] = inlineModel(g, trainee, bind);
    let loss = crossEntropy(g, logits!, batch.y!, {});
    for (const [i, activation] of activations.entries()) {
      const rate = g.op("Div", [g.mean(activation, [0, 1]), bound.get(ranges[i]!)!]);
      loss = g.add(loss, g.scale(rate, lambda));
    }
    return { loss, metrics: { accuracy: batchAccuracy(g, logits!, batch.y!) } };
  };
  const groups = { weights: { optimizer: adam() }, ranges: { optimizer: adam() } };
  const step = buildStep({ name: "twin", parameters, groups, ...batches, objective });
  const [weights, top] = [cosine(1e-3), cosine(1e-2)];
  const trained = await train<number>({
    seed,
    resident: batches.tensors,
    examples: trainSize,
    batchSize: 64,
    phases: [
      {
        name: "twin",
        epochs,
        controls: (moment) => ({ "rate:weights": weights(moment), "rate:ranges": top(moment) }),
        plan: () => ({ step, parameters }),
      },
    ],
    blockSteps: blockSteps(macs(start), 64),
    threads: 1,
    fingerprint: "bench",
    onEpoch: async ({ metrics }) => ({ record: metrics.accuracy! }),
  });
  const made = withParameters(model, trained.parameters);
  const engine = new OrtEngine();
  const { accuracy } = await evaluate(engine, made, data.test);
  await engine.close();
  return { model: made, accuracy };
}

/** Layers behind their quantisers, in order. */
function quantizableLayersOf(model: Model) {
  return model.graph.nodes
    .filter(({ op }) => op === "Gemm")
    .map((node) => ({ name: node.name, input: node.inputs[0]! }));
}

/** The quantised network as layers to simulate, on the real numbers that its codes stand for. */
export function denseLayers(model: Model): {
  layers: spiking.DenseLayer[];
  encode(example: ArrayLike<number>): Float64Array;
} {
  const found = readQuantised(model).layers;
  const layers = found.map(({ weight, input, bias }, i): spiking.DenseLayer => {
    const [outputs, inputs] = weight!.dims as [number, number];
    // Spikes are counts: one is a level of the input. The first layer takes real numbers.
    const unit = i === 0 ? 1 : input!.scale;
    const next = found[i + 1]?.input;
    const scale = (row: number) => weight!.scales[weight!.axis < 0 ? 0 : row]!;
    return {
      inputs,
      outputs,
      weights: Float64Array.from(weight!.codes, (code, k) => code * scale(Math.floor(k / inputs)) * unit),
      bias: bias!.values,
      thresholds: next && new Float64Array(outputs).fill(next.scale),
    };
  });
  const { scale, zero, least, most } = found[0]!.input!;
  const { mean, std, scale: shrink } = data.test.normalisation;
  const encode = (example: ArrayLike<number>) =>
    Float64Array.from(example, (pixel) => {
      const x = (pixel * shrink - mean[0]!) / std[0]!;
      return (Math.min(Math.max(Math.round(x / scale) + zero, least), most) - zero) * scale;
    });
  return { layers, encode };
}

export const testExample = (i: number): Float64Array => {
  const { inputs } = data.test;
  return Float64Array.from(
    numbers({ ...inputs, dims: [784], data: inputs.data.slice(i * 784, (i + 1) * 784) as never }),
  );
};
