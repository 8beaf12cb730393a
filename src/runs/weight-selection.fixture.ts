/**
 * @file Restricted weights of a real network: the int8 LeNet-5 of golden/weight-selection, its layers traced on real digits, every
 * table characterised, every accuracy measured. Nothing is trained after the weights were restricted, and the loss is taken to be
 * the squared error of the weights: these are figures to draw, not the method's results.
 */

import { fileURLToPath } from "node:url";
import { rowsOf, tensor } from "../base/tensor.ts";
import {
  Characteriser,
  collectStatistics,
  defaultArray,
  drawTransitions,
  inPicojoules,
  mergeStatistics,
  type WeightTable,
} from "../circuits/characterise/index.ts";
import { type Calibration, calibrate } from "../circuits/gates/index.ts";
import { buildMac } from "../circuits/netlist/index.ts";
import { loadDataSet } from "../data/index.ts";
import { OrtEngine } from "../engine/index.ts";
import { readQuantised } from "../export/index.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import {
  globalTable,
  powerPruningSet,
  projectWeights,
  pruneByMagnitude,
  type SwitchedLayer,
  selectionFigures,
  selectWeights,
  traceNetwork,
} from "../methods/index.ts";
import { readModelFile } from "../onnx/index.ts";
import type { SelectionBasis, SelectionMethod, SelectionRow, WeightSelection } from "../reports/index.ts";
import { evaluate, withNormalisation } from "../training/index.ts";

export const goldenFolder = fileURLToPath(new URL("../../golden/weight-selection/", import.meta.url));

/** Unsigned codes need a ninth bit as signed operands; 16 rows of 127 · 256 fit in 21 bits. */
export const array = { ...defaultArray, rows: 16, columns: 16, activationBits: 9, accumulatorBits: 21 };
export const images = 6;

/** Units of one kind, ready to characterise. */
export class Bench {
  readonly isZeroGated: boolean;
  readonly unit: Characteriser;
  readonly calibration: Calibration;

  private constructor(isZeroGated: boolean, unit: Characteriser, calibration: Calibration) {
    this.isZeroGated = isZeroGated;
    this.unit = unit;
    this.calibration = calibration;
  }

  static async of(isZeroGated: boolean): Promise<Bench> {
    const { activationBits, accumulatorBits } = array;
    const mac = buildMac({ activationBits, accumulatorBits, isZeroGated });
    const unit = await Characteriser.compile(mac, "unit");
    return new Bench(isZeroGated, unit, await calibrate(mac, { delay: "unit", published: "mac8 45nm" }));
  }

  /** The network's layers with tables of their own traces, on the first test digits. */
  layersOf(model: Model): SwitchedLayer[] {
    const { inputs, labels, normalisation } = loadDataSet("mnist10k").test!;
    const whole = withNormalisation(model, { inputs, labels: labels!, normalisation });
    const { layers } = traceNetwork(whole, readQuantised(whole), { raw: rowsOf(inputs, 0, images) }, array);
    return layers.map(({ name, groups: [trace] }) => ({
      ...{ name, outputs: trace!.outputs, inputs: trace!.inputs, steps: trace!.steps, weights: trace!.weights },
      table: this.#table(drawTransitions(mergeStatistics([collectStatistics(trace!, array)], name))),
    }));
  }

  #table = (draws: Parameters<Characteriser["table"]>[0]): WeightTable =>
    inPicojoules(this.unit.table(draws), this.calibration);

  basis(): SelectionBasis {
    const { netlist, netlistHash, delay, node, source, stimulus, spread, caveats } = this.calibration;
    const { isZeroGated } = this;
    return {
      ...{ id: isZeroGated ? "gated" : "ungated", netlist, netlistHash, isZeroGated, areIdleGated: true, delay, array },
      scale: { nodeNm: node, source, stimulus, spread, caveats: [...caveats] },
      stimulus: `${images} test digits of mnist10k, 2048 transitions drawn from each layer's statistics, seed 1`,
    };
  }
}

export const readNetwork = (): Model => readModelFile(`${goldenFolder}model.int.onnx`, { weights: "read" });

/** Weights as outputs × inputs; the integer form stores bytes around 128, and matrices inputs × outputs. */
export function withWeights(model: Model, weights: ReadonlyMap<string, ArrayLike<number>>): Model {
  const copy = cloneModel(model);
  for (const { name, node, weight } of readQuantised(model).layers) {
    const rows = weights.get(name);
    if (rows === undefined) continue;
    const own = copy.graph.nodes.find((one) => one.name === node.name)!.inputs[1]!;
    const { dims } = weight!;
    const [inputs, outputs] = dims as [number, number];
    const at = (i: number) => (dims.length === 2 ? rows[(i % outputs) * inputs + Math.floor(i / outputs)]! : rows[i]!);
    own.constant = tensor(
      "uint8",
      own.constant!.dims,
      Array.from({ length: rows.length }, (_, i) => 128 + at(i)),
    );
  }
  return copy;
}

interface Candidate {
  readonly name: string;
  readonly method: SelectionMethod;
  readonly detail: string;
  readonly sets: ReadonlyMap<string, readonly number[]>;
  readonly weights: ReadonlyMap<string, ArrayLike<number>>;
}

type Sets = ReadonlyMap<string, readonly number[]>;

const projected = (layers: readonly SwitchedLayer[], sets: Sets) =>
  new Map(layers.map(({ name, weights, table }) => [name, projectWeights(weights, sets.get(name)!, table)]));

/** k values for each layer, by energy against squared error. */
export function ownSets(layers: readonly SwitchedLayer[], size: number): Sets {
  return new Map(
    layers.map(({ name, weights, outputs, table }) => {
      const gradient = new Float64Array(weights.length);
      const layer = { name, weights, outputs, scales: [1], gradient, fisher: gradient.map(() => 1) };
      return [name, selectWeights(layer, table, { size }).values];
    }),
  );
}

export function candidates(layers: readonly SwitchedLayer[]): Candidate[] {
  const bySet = (name: string, method: SelectionMethod, size: number, sets: Sets): Candidate => ({
    ...{ name: `${name} ${size}`, method, detail: `k = ${size}, no training`, sets, weights: projected(layers, sets) },
  });
  const mean = globalTable(layers);
  return [
    { name: "int8", method: "int8", detail: "as trained", sets: new Map(), weights: new Map() },
    ...[64, 32, 16].map((size) => bySet("LWS", "lws", size, ownSets(layers, size))),
    ...[96, 64, 48].map((size) => {
      const set = powerPruningSet(mean, { size });
      return bySet("PowerPruning", "powerpruning", size, new Map(layers.map(({ name }) => [name, set])));
    }),
    ...[0.4, 0.6, 0.8].map(
      (share): Candidate => ({
        ...{ name: `magnitude ${share}`, method: "magnitude", detail: `${100 * share} % zeros, no training` },
        sets: new Map(),
        weights: new Map(layers.map(({ name, weights }) => [name, pruneByMagnitude(weights, [1], share)])),
      }),
    ),
  ];
}

/** @param sets by layer */
export const figuresOf = (
  before: readonly SwitchedLayer[],
  after: readonly SwitchedLayer[],
  sets: Sets,
  withHeat: boolean,
) => selectionFigures({ before, after, sets: (layer) => sets.get(layer), array, images, withHeat });

/** Rows on one kind of unit; layers with a map of the array for the baseline and the middle set of LWS. */
export async function rowsOn(
  bench: Bench,
  engine: OrtEngine,
): Promise<{ basis: SelectionBasis; rows: SelectionRow[] }> {
  const model = readNetwork();
  const { inputs, labels, normalisation } = loadDataSet("mnist10k").test!;
  const accuracyOf = async (network: Model) =>
    (await evaluate(engine, network, { inputs, labels: labels!, normalisation })).accuracy;
  const baseline = bench.layersOf(model);
  const basis = bench.basis();
  const own = await accuracyOf(model);
  const rows: SelectionRow[] = [];
  for (const { name, method, detail, sets, weights } of candidates(baseline)) {
    const network = withWeights(model, weights);
    const now = weights.size === 0 ? baseline : bench.layersOf(network);
    const isShown = name === "LWS 32";
    const { layers, ...figures } = figuresOf(baseline, now, sets, isShown);
    rows.push({
      ...{
        name,
        method,
        detail,
        seed: 1,
        basis: basis.id,
        ...figures,
        layers: isShown ? (structuredClone(layers) as SelectionRow["layers"]) : [],
      },
      accuracy: { value: await accuracyOf(network), baseline: own, examples: inputs.dims[0]! },
    });
  }
  return { basis, rows };
}

export async function realSelection(): Promise<WeightSelection> {
  const engine = new OrtEngine();
  try {
    const parts = [];
    for (const isZeroGated of [false, true]) parts.push(await rowsOn(await Bench.of(isZeroGated), engine));
    return { bases: parts.map(({ basis }) => basis), rows: parts.flatMap(({ rows }) => rows), beside: [] };
  } finally {
    await engine.close();
  }
}
