/**
 * @file The experiments that stand beside the DWN paper (arXiv 2410.11112) and the table of LUT networks around it, at
 * three sizes. Data, not code: `femto reproduce dwn` runs it. The network named is what energies are relative to.
 */

import type { Recipe } from "../method.ts";
import type { DwnOptions } from "./options.ts";

const published = (experiment: string, variant: string, percent: number, place: string) => ({
  experiment,
  variant,
  accuracy: percent / 100,
  relative: null,
  bits: null,
  place,
});

const shifted = { augmentation: { shift: 1, flip: false } };
const mnist = {
  data: "mnist",
  network: { zoo: "lenet5", options: {} },
  machine: "lut-asic-45nm",
  float: { rate: 2e-3 },
};
/** A byte above 127 is its highest bit: the encoder takes no logic at all. */
const bright = {
  bits: 1,
  thermometer: "uniform",
  featureWise: false,
  candidates: 256,
  schedule: "cosine",
} as const;
/** A perceptron of 8 bits stands beside: what such a table allows. */
const table = { machine: "lut-asic-45nm", float: { rate: 2e-3, batchSize: 32 }, uniform: [8] };
/** Tables of few examples: every bit may matter. */
const rows = { bits: 8, leastShare: 0, batchSize: 32, schedule: "cosine" } as const;

export const recipe: Recipe<Partial<DwnOptions>> = {
  id: "dwn",
  published: {
    rows: [
      published("MNIST, Zynq 7045", "DWN small, n = 6, 2100 LUT, 2.5 nJ", 97.8, "DWN, table of FPGA results"),
      published("MNIST, Zynq 7045", "DWN large, n = 6, 4600 LUT, 19 nJ", 98.31, "DWN, table of FPGA results"),
      published("MNIST, Zynq 7045", "FINN, 5445 nJ", 98.4, "DWN, table of FPGA results"),
      published("MNIST, Zynq 7045", "ULEEN, 823 nJ", 98.46, "DWN, table of FPGA results"),
      published("Keyword spotting", "DWN, 4800 LUT, 42.3 nJ", 71.52, "DWN, table of FPGA results"),
      published("CIFAR-10", "DWN, 16.7 k LUT, 3972 nJ", 57.42, "DWN, table of FPGA results"),
      published("JSC, OpenML", "DWN large, 4972 LUT without the encoder", 76.3, "DWN, table of jets"),
      published("JSC, OpenML", "DWN small-50, 311 LUT without the encoder", 74.0, "DWN, table of jets"),
    ],
    inconsistencies: [
      "The LUT counts of jets leave the thermometer encoder out; with it the large network takes 7011 instead of 4972, a tiny one up to 3.2 times as many.",
      "The jet figures are of the OpenML set; those of LogicNets, PolyLUT and NeuraLUT are of the harder CERNBox set, about a point lower.",
      "The paper gives the extended finite difference with weights 1/(h + 1), the authors' code with α·β^h; the two differ, and for some addresses in sign.",
      "The spectral regulariser, in the Frobenius norm, is decay of the table entries.",
    ],
  },
  experiments: [
    {
      ...mnist,
      id: "mnist",
      title: "MNIST, 2000 + 1000 tables",
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      epochs: { minutes: [4, 6], hours: [8, 30], full: [20, 60] },
      common: { layers: [2000, 1000], ...shifted },
      uniform: [8],
      learned: { DWN: {} },
    },
    {
      ...mnist,
      id: "mnist-small",
      title: "MNIST, 1000 + 500 tables on bright pixels (one threshold at half)",
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      epochs: { minutes: [0, 6], hours: [0, 30], full: [0, 60] },
      common: { layers: [1000, 500], ...bright, ...shifted },
      uniform: [],
      learned: { DWN: {} },
    },
    {
      ...mnist,
      id: "mnist-circuit",
      title: "MNIST, which shape for a circuit of 2100 lookup tables",
      heldOut: 5000,
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      epochs: { minutes: [0, 6], hours: [0, 20], full: [0, 60] },
      // A table of the last layer costs about 2.2 (its own and a share of the counters), one of the first 1.
      common: { ...bright, candidates: 128, ...shifted },
      uniform: [],
      learned: {
        "1000 + 440": { layers: [1000, 440] },
        "1250 + 320": { layers: [1250, 320] },
      },
    },
    {
      ...mnist,
      id: "mnist-large",
      title: "MNIST, 2000 + 1000 tables, what half an hour and what an hour and a half of training are enough for",
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      epochs: { minutes: [0, 30], hours: [0, 30], full: [0, 30] },
      common: { layers: [2000, 1000], ...shifted },
      uniform: [],
      learned: {
        // Ends with the small rate that the longer training has after 14 epochs.
        "DWN, 12 epochs": { epochs: 12, step: { every: 8, factor: 0.1 } },
        "DWN, 30 epochs": {},
      },
    },
    {
      ...mnist,
      id: "mnist-wide",
      title: "MNIST, 4000 + 2000 tables",
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      epochs: { minutes: [0, 6], hours: [0, 40], full: [0, 60] },
      common: { layers: [4000, 2000], step: { every: 18, factor: 0.1 }, ...shifted },
      uniform: [],
      learned: { DWN: {} },
    },
    {
      ...mnist,
      id: "mnist-table-bits",
      title: "MNIST, 19 200 bits of tables of 6, 4 and 2 inputs, and as many gates",
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      epochs: { minutes: [0, 6], hours: [0, 20], full: [0, 60] },
      // Sixteen entries less for each table, four times as many tables; wires grow with tables.
      common: shifted,
      uniform: [],
      learned: {
        "n = 6, 200 + 100": { inputs: 6, layers: [200, 100] },
        "n = 4, 800 + 400": { inputs: 4, layers: [800, 400] },
        "n = 2, 3200 + 1600": { inputs: 2, layers: [3200, 1600] },
        "gates, 3200 + 1600": { inputs: 2, layers: [3200, 1600], tables: "gates" },
      },
    },
    {
      ...mnist,
      id: "mnist-forms",
      title: "MNIST, 1000 + 500 tables of 2, 4 and 6 inputs, and gates",
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      epochs: { minutes: [0, 6], hours: [0, 20], full: [0, 60] },
      common: { layers: [1000, 500], ...shifted },
      uniform: [],
      learned: {
        "n = 6": { inputs: 6 },
        "n = 6, random mapping": { inputs: 6, mapping: "random" },
        "n = 4": { inputs: 4 },
        "n = 2": { inputs: 2 },
        "gates (n = 2)": { inputs: 2, tables: "gates" },
      },
    },
    {
      ...table,
      id: "isolet",
      title: "ISOLET, 1560 + 780 tables",
      data: "isolet",
      network: { zoo: "mlp", options: { inputs: 617, hidden: [128], classes: 26 } },
      seeds: { minutes: [1], hours: [1, 2, 3], full: [1, 2, 3, 4, 5] },
      epochs: { minutes: [30, 40], hours: [30, 60], full: [30, 100] },
      common: { ...rows, layers: [1560, 780], influence: 1e-3 },
      learned: { DWN: {} },
    },
    {
      ...table,
      id: "digits",
      title: "Digits 8×8, 400 + 200 tables",
      data: "digits",
      network: { zoo: "cnn5", options: { channels: 1, size: 8, classes: 10 } },
      seeds: { minutes: [1], hours: [1, 2, 3], full: [1, 2, 3, 4, 5] },
      epochs: { minutes: [30, 40], hours: [30, 60], full: [30, 100] },
      common: { ...rows, layers: [400, 200] },
      learned: { DWN: {} },
    },
    {
      ...table,
      id: "breast-cancer",
      title: "Breast cancer, 100 + 50 tables",
      data: "breast-cancer",
      network: { zoo: "mlp", options: { inputs: 30, hidden: [32], classes: 2 } },
      seeds: { minutes: [1], hours: [1, 2, 3], full: [1, 2, 3, 4, 5] },
      epochs: { minutes: [30, 40], hours: [30, 60], full: [30, 100] },
      common: { ...rows, layers: [100, 50] },
      learned: { DWN: {} },
    },
    {
      ...table,
      id: "phoneme",
      title: "Phonemes, 400 + 200 tables, 16 thresholds",
      data: "phoneme",
      network: { zoo: "mlp", options: { inputs: 5, hidden: [32], classes: 2 } },
      seeds: { minutes: [1], hours: [1, 2, 3], full: [1, 2, 3, 4, 5] },
      epochs: { minutes: [30, 40], hours: [30, 60], full: [30, 100] },
      common: { ...rows, bits: 16, layers: [400, 200] },
      learned: { DWN: {} },
    },
    {
      ...table,
      id: "keywords",
      title: "Keyword spotting, 12 words, 3200 + 1560 tables, 3 thresholds",
      data: "speech-commands-12",
      brought: {
        contents:
          "x_train and x_test [examples, 1, 49, 10] (features as MLPerf Tiny's kws01 has them), y_train and y_test (0 to 11)",
        homepage: "https://github.com/mlcommons/tiny (keyword spotting; the catalogue's kws01 is its test part alone)",
        examples: 36_923,
      },
      network: { zoo: "dsCnn", options: { frames: 49, coefficients: 10, classes: 12 } },
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      epochs: { minutes: [2, 6], hours: [8, 30], full: [20, 60] },
      common: { bits: 3, layers: [3200, 1560] },
      learned: { DWN: {} },
    },
    {
      ...table,
      id: "jets",
      title: "Jets of the LHC (OpenML), 50 and 1000 tables, 200 thresholds",
      data: "jets",
      brought: {
        contents: "16 features and the class (g, q, t, w, z) in the last column",
        homepage: "https://www.openml.org/d/42468 (hls4ml_lhc_jets_hlf; the CERNBox set is another, harder one)",
        examples: 664_000,
      },
      network: { zoo: "mlp", options: { inputs: 16, hidden: [64, 32, 32], classes: 5 } },
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      epochs: { minutes: [4, 6], hours: [8, 16], full: [16, 32] },
      common: { bits: 200 },
      learned: {
        "50 tables": { layers: [50], tau: 1 / 0.3 },
        "1000 tables": { layers: [1000], tau: 1 / 0.05 },
      },
    },
  ],
};
