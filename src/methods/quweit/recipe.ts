/**
 * @file The experiments that stand beside the QuWeiT paper (arXiv 2411.01818): three rows at equal training tokens, and
 * the same three gone on from a trained dense model. Data, not code: `femto reproduce quweit` runs it.
 */

import type { Recipe } from "../method.ts";
import type { QuweitOptions } from "./options.ts";

const published = (experiment: string, variant: string, percent: number, place: string) => ({
  experiment,
  variant,
  accuracy: percent / 100,
  relative: null,
  bits: null,
  place,
});

/** From the start: all three, the same tokens. */
const fromStart = {
  dense: { variant: "dense" },
  "no MLP": { variant: "no-mlp" },
  weightless: {},
} satisfies Rows;

type Rows = Readonly<Record<string, Partial<QuweitOptions>>>;

const continued = (dense: string) => ({
  "weightless, warm start": dense,
  "dense, continued": dense,
  "no MLP, continued": dense,
});

export const recipe: Recipe<Partial<QuweitOptions>> = {
  id: "quweit",
  published: {
    rows: [
      published("CIFAR-10", "QuWeiT on I-ViT-T", 95.64, "QuWeiT, table of accuracies"),
      published("CIFAR-10", "I-ViT-T", 94.8, "QuWeiT, table of accuracies"),
      published("CIFAR-10", "LL-ViT", 95.5, "LL-ViT, arXiv 2511.00812"),
      published("CIFAR-100", "LL-ViT", 78.8, "LL-ViT, arXiv 2511.00812"),
    ],
    inconsistencies: [
      "CIFAR-10 is given as 95.64 % in one table and 95.5 % in another.",
      "About 66 % of the parameters are said to go; the MLPs hold 64.2 % of those of ViT-T.",
      "2.2× for the whole model is the limit by Amdahl's law, since 55.6 % of the multiplications are in the MLPs: 1/(1 − 0.556) = 2.25.",
      "The blocks are free of multiplications, not of weights: their vectors must be stored and added.",
    ],
  },
  experiments: [
    {
      id: "char-gpt",
      title: "Character GPT, 2 layers of 64, tiny Shakespeare",
      data: "tiny-shakespeare",
      network: { zoo: "charGpt", options: { width: 64, depth: 2, heads: 4, context: 32 } },
      machine: "lut-asic-45nm",
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      epochs: { minutes: [0, 2], hours: [0, 2], full: [0, 30] },
      float: {},
      common: { batchSize: 16, candidates: 32, rate: 3e-3, warmup: 0.1 },
      uniform: [],
      // From the trained dense one: all three again, the same tokens once more; the blocks learn their MLPs in the first of these
      // steps, some 300. Two layers of tables are the paper's.
      learned: {
        ...fromStart,
        "weightless, two layers": { layers: [256, 512] },
        "weightless, warm start": { warmStart: 0.15 },
        "dense, continued": { variant: "dense" },
        "no MLP, continued": { variant: "no-mlp" },
      },
      starts: continued("dense"),
    },
    {
      id: "vit-cifar10",
      title: "Vision transformer, 2 layers of 64, patches of 8×8, CIFAR-10",
      data: "cifar10",
      network: { zoo: "vitTiny", options: { width: 64, depth: 2, heads: 4, patch: 8 } },
      machine: "lut-asic-45nm",
      seeds: { minutes: [1], hours: [1], full: [1, 2, 3] },
      epochs: { minutes: [0, 4], hours: [0, 6], full: [0, 60] },
      float: {},
      common: {
        ...{ batchSize: 32, candidates: 32, rate: 2e-3, warmup: 0.1, integer: true, evaluateEvery: 2 },
        augmentation: { shift: 0, flip: true },
      },
      uniform: [],
      // From a dense one that has nearly all it can learn: all three again, the same pictures, with its logits as a second target, at
      // rates that do not throw away what is there; without MLPs, half the full rate was better than a quarter.
      learned: {
        ...fromStart,
        "dense, long": { variant: "dense" },
        "weightless, warm start": {
          ...{ warmStart: 0.3, distillation: 1 },
          ...{ rate: 5e-4, tableRate: 5e-3, vectorRate: 1.5e-3, thresholdRate: 1e-3 },
        },
        "dense, continued": { variant: "dense", distillation: 1, rate: 5e-4 },
        "no MLP, continued": { variant: "no-mlp", distillation: 1, rate: 1e-3 },
      },
      longer: { "dense, long": 4 },
      starts: continued("dense, long"),
    },
  ],
};
