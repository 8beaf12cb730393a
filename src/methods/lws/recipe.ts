/**
 * @file The experiments that stand for the LWS paper (arXiv 2511.17123), with PowerPruning, pruning by magnitude and the ablations
 * as rows of the same run. Data, not code: `femto reproduce lws` runs it.
 */

import type { Recipe } from "../method.ts";
import type { LwsOptions } from "./options.ts";
import { defaultSupply } from "./timing.ts";

const published = (experiment: string, variant: string, place: string) => ({
  experiment,
  variant,
  accuracy: null,
  relative: null,
  bits: null,
  place,
});

/** Every row has the same loss of accuracy to spend, on the same validation examples. */
const rows: Readonly<Record<string, Partial<LwsOptions>>> = {
  LWS: { sizes: [16, 8, 5] },
  // More accurate points of its curve, for savings at the accuracy of the others, which use up the loss less often.
  "LWS, half a point": { sizes: [16, 8, 5], maxDrop: 0.5 },
  "LWS, quarter point": { sizes: [16, 8, 5], maxDrop: 0.25 },
  "LWS, tenth of a point": { sizes: [16, 8, 5], maxDrop: 0.1 },
  // Without pruning, as PowerPruning is: next to nothing is lost.
  "LWS, sets alone": { sizes: [16, 8], prune: [], maxDrop: 0.25 },
  PowerPruning: { strategy: "powerpruning" },
  // Its step (d), too: without the slowest values, and what lower supply that allows.
  "PowerPruning, with timing": { strategy: "powerpruning", timing: { share: 0.8, ...defaultSupply } },
  magnitude: { strategy: "magnitude" },
};

/** What the parts of the method are worth, and sets that are chosen for a unit with zero-gating. */
const ablations: Readonly<Record<string, Partial<LwsOptions>>> = {
  ...{ LWS: rows.LWS! },
  "LWS, no schedule": { ...rows.LWS, schedule: false },
  "LWS, no pruning": { ...rows.LWS, prune: [] },
  "LWS, gradient term": { ...rows.LWS, prune: [], gradientTerm: true },
  "LWS, energy only": { ...rows.LWS, prune: [], score: "energy-only" },
  "LWS, loss only": { ...rows.LWS, prune: [], score: "loss-only" },
  "LWS, zero-gated": { ...rows.LWS, zeroGating: true },
};

const lenet5 = {
  network: { zoo: "lenet5", options: {} },
  machine: "horowitz-45nm-sram8k",
  seeds: { minutes: [1, 2, 3], hours: [1, 2, 3], full: [1, 2, 3, 4, 5] },
  epochs: { minutes: [8, 3], hours: [5, 2], full: [20, 10] },
  sized: {
    minutes: { tuneEpochs: 2 },
    hours: { tuneEpochs: 1, tuneExamples: 30_000 },
    full: { tuneEpochs: 4 },
  },
  uniform: [8],
  learned: rows,
  validation: 5000,
  checked: 1000,
} as const;

/** Of a deep network: short tunings, few images, since every layer has its steps. */
const briefly = { tuneEpochs: 1, images: 4, calibration: 128 } as const;

const [mnist, fashion, cifar] = [
  { augmentation: { shift: 2, flip: false } },
  { augmentation: { shift: 1, flip: true } },
  { augmentation: { shift: 4, flip: true } },
];

const resnet20 = {
  data: "cifar10",
  network: { file: "resnet20-cifar10/resnet20.onnx" },
  machine: "horowitz-45nm-sram8k",
  epochs: { minutes: [1, 1], hours: [1, 1], full: [10, 10] },
  float: { rate: 5e-4, batchSize: 128, ...cifar },
  quantised: { fixedBits: 8, rate: 5e-4, batchSize: 128, warmup: 0, alpha: 0, ...cifar },
  common: { batchSize: 128, rate: 2.5e-4, ...cifar },
  uniform: [8],
  validation: 2500,
  checked: 200,
} as const;

export const recipe: Recipe<Partial<LwsOptions>> = {
  id: "lws",
  published: {
    rows: [
      published("LeNet-5, ResNets, CIFAR", "LWS: up to 58.6 % less MAC energy at 2 to 3 points", "LWS, abstract"),
      published(
        "networks of the paper",
        "PowerPruning with voltage scaling: up to 78.3 % less power",
        "arXiv 2303.13997",
      ),
      published("networks of the paper", "PowerPruning with voltage scaling: up to 73.9 % less power", "DAC 2023"),
    ],
    inconsistencies: [
      "The abstract of LWS is all that was at hand: no table by network, no size of sets, no technology node.",
      "PowerPruning states 78.3 % on arXiv and 73.9 % in the proceedings; both with a lower supply voltage: the row with timing models one by gates of unit delay and the alpha-power law.",
    ],
  },
  experiments: [
    {
      ...lenet5,
      id: "mnist-lenet5",
      title: "MNIST, LeNet-5",
      data: "mnist",
      float: { rate: 2e-3, ...mnist },
      quantised: { fixedBits: 8, rate: 1e-3, warmup: 0, alpha: 0, ...mnist },
      common: { maxDrop: 1, ...mnist },
    },
    {
      ...lenet5,
      id: "fashion-lenet5",
      title: "Fashion-MNIST, LeNet-5",
      data: "fashion-mnist",
      float: { rate: 2e-3, ...fashion },
      quantised: { fixedBits: 8, rate: 1e-3, warmup: 0, alpha: 0, ...fashion },
      common: { maxDrop: 1, ...fashion },
    },
    ...(["mnist", "fashion-mnist"] as const).map((data) => {
      const augmented = data === "mnist" ? mnist : fashion;
      const [id, name] = data === "mnist" ? ["mnist", "MNIST"] : ["fashion", "Fashion-MNIST"];
      return {
        ...lenet5,
        id: `${id}-lenet5-ablations`,
        title: `${name}, LeNet-5: parts of the method, and sets for gated units`,
        data,
        seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
        float: { rate: 2e-3, ...augmented },
        quantised: { fixedBits: 8, rate: 1e-3, warmup: 0, alpha: 0, ...augmented },
        common: { maxDrop: 1, ...augmented },
        learned: ablations,
      };
    }),
    {
      ...lenet5,
      id: "mnist-lenet5-eqat",
      title: "MNIST, LeNet-5 with bits learned by EQAT, then LWS",
      data: "mnist",
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      epochs: { minutes: [8, 3], hours: [5, 2], full: [20, 10] },
      float: { rate: 2e-3, ...mnist },
      quantised: { budget: 0.42, qInit: 6, freezeAt: 0.6, rate: 1e-3, warmup: 1, ...mnist },
      common: { maxDrop: 1, ...mnist },
      learned: { LWS: {}, PowerPruning: { strategy: "powerpruning" } },
    },
    {
      ...resnet20,
      id: "cifar10-resnet20",
      title: "CIFAR-10 (JPEG copy), ResNet-20 from trained weights: all layers together, in a few long tunings",
      seeds: { minutes: [1], hours: [1, 2, 3], full: [1, 2, 3] },
      sized: {
        minutes: { ...briefly, tuneExamples: 5000 },
        hours: { ...briefly, tuneExamples: 25_000 },
        full: { tuneEpochs: 2, images: 8 },
      },
      // The source weights have seen the validation part, so that a loss there is more than one on the test.
      common: { ...resnet20.common, maxDrop: 3 },
      learned: {
        LWS: { schedule: false, sizes: [16, 8], prune: [60, 40, 30, 20] },
        "LWS, sets alone": { schedule: false, sizes: [32, 16, 8], prune: [] },
        // Ladders of their own: the sizes above are values of a layer's set.
        PowerPruning: { strategy: "powerpruning", sizes: [32, 16, 8] },
        magnitude: { strategy: "magnitude", sizes: [60, 40, 30, 20] },
      },
    },
    {
      ...resnet20,
      id: "cifar10-resnet20-by-layer",
      title: "CIFAR-10 (JPEG copy), ResNet-20 from trained weights: layer by layer, in dozens of short tunings",
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      // Eighteen layers worth a set, each with every size: a step of tuning is a ninth of an epoch.
      sized: {
        minutes: { ...briefly, tuneExamples: 1000, sizes: [16], prune: [50, 30] },
        hours: { ...briefly, tuneExamples: 5000, sizes: [16, 8], prune: [70, 50, 40, 35, 30, 25, 20] },
        full: { tuneEpochs: 1, images: 8, sizes: [32, 16, 8] },
      },
      common: { ...resnet20.common, maxDrop: 2 },
      learned: {
        LWS: {},
        PowerPruning: { strategy: "powerpruning", sizes: [64, 48, 32, 24, 16, 12, 8] },
        magnitude: { strategy: "magnitude", sizes: [70, 60, 50, 40, 35, 30, 25, 20] },
      },
    },
  ],
};
