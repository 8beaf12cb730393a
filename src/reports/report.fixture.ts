/**
 * @file A report for tests of the pictures. SYNTHETIC: every number here is made up by the formulas below; nothing was
 * trained, measured or modelled.
 */

import type { Report, ReportLayer, ReportRow } from "./schema.ts";

const layers = [
  { name: "conv1", operator: "Conv", mac: 117_600, weights: 156, inputs: 784 },
  { name: "conv2", operator: "Conv", mac: 240_000, weights: 2_416, inputs: 1_176 },
  { name: "fc1", operator: "Gemm", mac: 48_000, weights: 48_120, inputs: 400 },
  { name: "fc2", operator: "Gemm", mac: 10_080, weights: 10_164, inputs: 120 },
  { name: "fc3", operator: "Gemm", mac: 840, weights: 850, inputs: 84 },
];

type Widths = readonly { readonly weight: number; readonly input: number }[];

function layerRows(widths: Widths): ReportLayer[] {
  return layers.map(({ name, operator, mac, weights, inputs }, i) => {
    const bits = widths[i]!;
    const byCause = {
      compute: 0.003 * mac * bits.weight * bits.input,
      weights: 0.15 * weights * bits.weight,
      activations: 0.15 * inputs * bits.input,
      "partial sums": 0,
    };
    return { name, operator, mac, bits, byCause, pJ: Object.values(byCause).reduce((sum, pJ) => sum + pJ, 0) };
  });
}

function total(rows: readonly ReportLayer[], cause: string): number {
  return rows.reduce((sum, { byCause }) => sum + byCause[cause]!, 0);
}

const uniform = (bits: number): Widths => layers.map(() => ({ weight: bits, input: bits }));
const atEight = layerRows(uniform(8)).reduce((sum, { pJ }) => sum + pJ, 0);

function row(name: string, kind: string, accuracy: number, widths: Widths, bytes: number): ReportRow {
  const own = layerRows(widths);
  const pJ = own.reduce((sum, layer) => sum + layer.pJ, 0);
  const folder = name.replaceAll(" ", "-");
  const isFloat = kind === "float";
  return {
    name,
    kind,
    seed: 1,
    bytes,
    accuracy: {
      value: accuracy,
      metric: "top-1",
      split: "test",
      examples: 2_000,
      label: "measured",
      artefact: `${folder}/model.onnx`,
    },
    energy: {
      pJ,
      range: { lo: 0.8 * pJ, mid: pJ, hi: 1.6 * pJ },
      relative: pJ / atEight,
      label: "modelled",
      byCause: Object.fromEntries(Object.keys(own[0]!.byCause).map((cause) => [cause, total(own, cause)])),
      isComplete: true,
      unmodelled: [],
    },
    layers: own,
    equivalence: isFloat
      ? []
      : [
          {
            artefact: "model.int.onnx",
            examples: 2_000,
            argmaxDiffers: 0,
            codes: 5_128_000,
            codesDiffer: 0,
            accumulators: 13_220_000,
            accumulatorsDiffer: 0,
            verdict: "bit-exact",
          },
          {
            artefact: "model.onnx",
            examples: 2_000,
            argmaxDiffers: 0,
            codes: 5_128_000,
            codesDiffer: 17,
            accumulators: 0,
            accumulatorsDiffer: 0,
            verdict: "argmax-equal",
          },
        ],
    artefacts: { "model.onnx": { path: `${folder}/model.onnx`, bytes, sha256: "0".repeat(64) } },
    stepSeconds: isFloat ? 21.5 : 33.25,
  };
}

const epochs = 6;
const freezeAt = 5;
const finalBits = [
  { weight: 6, input: 8 },
  { weight: 4, input: 5 },
  { weight: 3, input: 4 },
  { weight: 4, input: 5 },
  { weight: 6, input: 7 },
];

function records(kind: string, accuracy: number): Report["history"][string] {
  return Array.from({ length: epochs }, (_, i) => {
    const epoch = i + 1;
    const way = Math.min(1, epoch / freezeAt);
    const bits = layers.map(({ name }, at) => ({
      layer: name,
      weight: epoch >= freezeAt ? finalBits[at]!.weight : 7.5 + (finalBits[at]!.weight - 7.5) * way,
      input: at === 0 ? 8 : epoch >= freezeAt ? finalBits[at]!.input : 7.5 + (finalBits[at]!.input - 7.5) * way,
    }));
    return {
      phase: kind === "eqat" && epoch > freezeAt ? "tune" : "learn",
      epoch,
      loss: 0.5 / epoch + 0.02 * (1 - accuracy),
      testAccuracy: accuracy - 0.05 / epoch ** 2,
      ...(kind === "eqat" && { bits, ...(epoch === freezeAt && { fixed: finalBits.flatMap(Object.values) }) }),
    };
  });
}

/** Six rows on a made-up machine. */
export function syntheticReport(): Report {
  const rows = [
    row("float32", "float", 0.9875, uniform(32), 248_000),
    row("EQAT", "eqat", 0.986, finalBits, 36_400),
    row("uniform 8 bit", "uniform", 0.987, uniform(8), 66_100),
    row("uniform 6 bit", "uniform", 0.9865, uniform(6), 66_200),
    row("uniform 5 bit", "uniform", 0.983, uniform(5), 66_200),
    row("uniform 4 bit", "uniform", 0.969, uniform(4), 35_000),
  ];
  return {
    schema: "femto.report/1",
    command: "synthetic report for tests: no run made these numbers",
    created: "2025-01-01T00:00:00.000Z",
    seed: 1,
    environment: {
      femto: "0.0.0",
      node: "v20.19.0",
      onnxruntime: "1.30.0",
      threads: 1,
      platform: "synthetic",
      lowerings: "1",
      sessionOptions: { executionMode: "sequential", extra: { session: { intra_op: { allow_spinning: "0" } } } },
    },
    model: { name: "lenet5", parameters: 61_706, macs: 416_520, sha256: "1".repeat(64) },
    data: {
      name: "synthetic digits",
      train: 8_000,
      test: 2_000,
      classes: 10,
      checksum: "2".repeat(64),
      notes: ["synthetic: no such data set exists"],
    },
    machine: {
      name: "synthetic-machine",
      title: "Synthetic machine with an 8 KB SRAM",
      nodeNm: 45,
      computeShare: 0.7342,
      unit: { kind: "picojoules", label: "pJ" },
      prices: [
        {
          id: "multiplier.multiply.int8",
          energy: { lo: 0.15, mid: 0.2, hi: 0.3 },
          per: "operation",
          stated: "0.2 pJ",
          source: "made up for this test",
          rangeSource: "made up as well",
          place: "synthetic.yaml:9",
        },
        {
          id: "sram.read",
          energy: { lo: 0.15625, mid: 0.15625, hi: 0.15625 },
          per: "bit",
          stated: "10 pJ for 64 bits",
          source: "made up for this test",
          rangeSource: null,
          place: "synthetic.yaml:14",
        },
      ],
    },
    method: {
      id: "eqat",
      paper: "A synthetic citation (nobody, 2025)",
      options: { epochs, beta: 0.01 },
      published: {
        rows: [
          {
            experiment: "made-up experiment",
            variant: "EQAT",
            accuracy: 0.9123,
            relative: 0.65,
            bits: { weight: 5.8, input: 5.9 },
            place: "Table 0",
          },
          {
            experiment: "made-up experiment",
            variant: "uniform 8 bit",
            accuracy: 0.92,
            relative: null,
            bits: null,
            place: "Table 0",
          },
        ],
        inconsistencies: ["A made-up table says 1 where a made-up text says 2."],
      },
    },
    rows,
    history: Object.fromEntries(rows.map(({ name, kind, accuracy }) => [name, records(kind, accuracy.value)])),
    warnings: ["EQAT: a made-up warning, so that the page has one to show"],
  };
}
