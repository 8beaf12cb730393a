/** @file The recipes that can be reproduced: how a method's experiments become rows, and how long they take. */

import type { Model } from "../graph/model.ts";
import {
  type DwnOptions,
  dwn,
  dwnRecipe,
  type EqatOptions,
  type Experiment,
  eqat,
  eqatRecipe,
  type LwsOptions,
  lws,
  lwsRecipe,
  type Method,
  mostSteps,
  type QuweitOptions,
  quweit,
  quweitRecipe,
  type Recipe,
} from "../methods/index.ts";
import { dimsOf } from "../operators/index.ts";
import type { ReportRow } from "../reports/index.ts";
import { oneExample, transformerMlps } from "../rewrites/index.ts";
import { countModel } from "../zoo/index.ts";
import { gapSentences } from "./gap.ts";
import { buildNetwork } from "./network.ts";
import { restrictedRows } from "./restricted.ts";
import type { RowSpec } from "./spec.ts";
import { comparisonRows } from "./start.ts";

export interface RecipeEntry<Options> {
  readonly recipe: Recipe<Partial<Options>>;
  // biome-ignore lint/suspicious/noExplicitAny: methods of different options stand in one table
  readonly method: Method<any>;
  rows(experiment: Experiment<Partial<Options>>, epochs: Epochs, seed: number): RowSpec[];
  /** What the rows say about the paper's claim, in sentences. */
  findings?(rows: readonly ReportRow[]): string[];
  /** Processor seconds of all rows at one seed, of which `alone` come before the others. */
  seconds(experiment: Experiment<Partial<Options>>, epochs: Epochs, examples: number): { alone: number; rows: number };
}

export type Epochs = readonly [float: number, own: number];

/**
 * Multiply-accumulates a second, for the estimate that is printed first and nothing else: under half of the 22 to 23
 * billion that the float steps of cnn5 and ResNet-20 reach on one idle core (docs/bench.md), since two rows run side by
 * side, and evaluation, export and measuring are not counted.
 */
const MACS_PER_SECOND = 1.0e10;

const eqatEntry: RecipeEntry<EqatOptions> = {
  recipe: eqatRecipe,
  method: eqat,
  rows: ({ float: options, common, uniform, learned }, [floatEpochs, epochs], seed) =>
    comparisonRows({
      seed,
      float: { ...options, epochs: floatEpochs },
      common: { ...common, epochs },
      uniform,
      learned,
    }),
  seconds(experiment, [floatEpochs, epochs], examples) {
    const model = buildNetwork(experiment, 1);
    const pass = (countModel(model, oneExample(model)).macs * examples) / MACS_PER_SECOND;
    // A float step is three passes (forward, two products backward), a quantised one six at most.
    const rows = experiment.uniform.length + Object.keys(experiment.learned).length;
    return { alone: 3 * floatEpochs * pass, rows: 6 * epochs * rows * pass };
  },
};

/** Processor seconds of one input of one table for one example: 20 ms a step of 3000 tables of 6 and 100 examples. */
const SECONDS_PER_INPUT = 1.1e-8;

const dwnEntry: RecipeEntry<DwnOptions> = {
  recipe: dwnRecipe,
  method: dwn,
  // What stands beside: the network that energies are relative to, in whole bits, trained from the start.
  rows: ({ float: options, common, uniform, learned }, [otherEpochs, epochs], seed) => [
    ...Object.entries(learned).map(
      ([name, own]): RowSpec => ({ name, kind: "dwn", method: dwn, options: { ...common, epochs, ...own }, seed }),
    ),
    ...uniform.map((bits): RowSpec => {
      const own = { ...options, epochs: otherEpochs, fixedBits: bits, warmup: 0, alpha: 0 };
      return { name: `uniform ${bits} bit`, kind: "uniform", method: eqat, options: own, seed };
    }),
  ],
  seconds(experiment, [otherEpochs, epochs], examples) {
    const { common, learned, uniform } = experiment;
    const model = buildNetwork(experiment, 1);
    const pass = (countModel(model, oneExample(model)).macs * examples) / MACS_PER_SECOND;
    const secondsOf = (own: Partial<DwnOptions>) => {
      const { layers, inputs, ...parsed } = dwn.options.parse({ ...common, epochs, ...own });
      const slots = inputs * layers.reduce((sum, tables) => sum + tables, 0);
      return slots * examples * parsed.epochs * SECONDS_PER_INPUT;
    };
    const own = Object.values(learned).reduce((sum, options) => sum + secondsOf(options), 0);
    return { alone: 0, rows: own + 3 * otherEpochs * uniform.length * pass };
  },
};

/**
 * What a row of LWS costs besides training: sessions, gates and tables; then, as passes of one image, accuracies on validation and
 * test examples, traces, sensitivities, export, the file in a fresh process and images in the reference engine. 4.5 minutes of
 * one core for a seed of LeNet-5 at size `minutes`, six rows (docs/status.md), less 1.6 minutes of training by the rate above,
 * are 29 s a row; a row of ResNet-20 takes 5 to 8 minutes of it where it has steps, 2 to 3 where it has none.
 */
const LWS_OTHER = { seconds: 20, images: 3e5, imagesWithoutSteps: 1e5 };

/** The last steps of a ladder are seldom reached: it ends where too much is lost. */
const LWS_STEPS_TAKEN = 0.75;

/** A network of this many multiply-accumulates keeps a core busy: the float step of ResNet-20 does 2.3 to 3.9e10 a second. */
const LARGE = { macs: 1e7, perSecond: 3e10 };

const lwsEntry: RecipeEntry<LwsOptions> = {
  recipe: lwsRecipe,
  method: lws,
  rows: ({ float: options, quantised, common, learned }, [otherEpochs, epochs], seed) => {
    // As many epochs as the float row where bits are learned, half of them where they are given.
    const isLearned = !Object.hasOwn(quantised ?? {}, "fixedBits");
    const tuned = isLearned ? otherEpochs : Math.max(1, Math.ceil(otherEpochs / 2));
    return restrictedRows({
      seed,
      float: { ...options, epochs: otherEpochs },
      quantised: { ...quantised, epochs: tuned },
      common: { ...common, epochs },
      rows: learned,
    });
  },
  seconds({ common, learned, ...experiment }, [otherEpochs, epochs], examples) {
    const model = buildNetwork(experiment, 1);
    const { macs, layers } = countModel(model, oneExample(model));
    const image = macs / (macs >= LARGE.macs ? LARGE.perSecond : MACS_PER_SECOND);
    const rows = Object.values(learned).map((own) => {
      const options = lws.options.parse({ ...common, ...own }) as LwsOptions;
      const { tuneEpochs, tuneExamples = examples } = options;
      const steps = mostSteps(
        options,
        layers.map((layer) => layer.macs),
      );
      const tuning = LWS_STEPS_TAKEN * steps * tuneEpochs * Math.min(tuneExamples, examples);
      // Four passes a training step.
      return LWS_OTHER.seconds + image * (4 * (tuning + epochs * examples) + LWS_OTHER.images);
    });
    const before = LWS_OTHER.seconds + image * LWS_OTHER.imagesWithoutSteps;
    return {
      // Float, 8 bits, int8.
      alone: (4.5 * otherEpochs + 4 * epochs) * examples * image + 3 * before,
      rows: rows.reduce((sum, seconds) => sum + seconds, 0),
    };
  },
};

/** Processor seconds of one input of one table for one token: 37 µs a token for a block of 768 tables of 6. */
const SECONDS_PER_TOKEN_INPUT = 8e-9;

const quweitEntry: RecipeEntry<QuweitOptions> = {
  recipe: quweitRecipe,
  method: quweit,
  rows: ({ common, learned, starts, longer }, [, epochs], seed) =>
    Object.entries(learned).map(([name, own]): RowSpec => {
      const options = { ...common, ...own };
      const isDense = options.variant === "dense" || options.variant === "no-mlp";
      const from = starts?.[name];
      const row = {
        name,
        kind: isDense ? "float" : "quweit",
        method: quweit,
        seed,
        options: { ...options, epochs: epochs * (longer?.[name] ?? 1) },
      };
      return { ...row, ...(from !== undefined && { from }) };
    }),
  findings: gapSentences,
  seconds(experiment, [, epochs], examples) {
    const model = buildNetwork(experiment, 1);
    const tokens = tokensOf(model);
    const pass = countModel(model, oneExample(model)).macs / MACS_PER_SECOND;
    const blocks = transformerMlps(model).length;
    const each = Object.entries(experiment.learned).map(([name, own]) => {
      const { variant, layers, inputs, distillation } = quweit.options.parse({ ...experiment.common, ...own });
      const slots = variant === "weightless" ? inputs * layers.reduce((sum, tables) => sum + tables, 0) : 0;
      // Distillation is one more pass, of the given model.
      const passes = distillation > 0 ? 4 : 3;
      const times = experiment.longer?.[name] ?? 1;
      return times * (passes * pass + blocks * tokens * slots * SECONDS_PER_TOKEN_INPUT);
    });
    return { alone: 0, rows: epochs * examples * each.reduce((sum, seconds) => sum + seconds, 0) };
  },
};

/** Tokens of an example: rows of what the first MLP reads. */
function tokensOf(model: Model): number {
  const dims = dimsOf(transformerMlps(model)[0]!.first.input).slice(1, -1);
  return dims.reduce<number>((product, dim) => product * Number(dim), 1);
}

/** By the id of the method. */
export const recipes: Readonly<Record<string, RecipeEntry<object>>> = {
  eqat: eqatEntry as unknown as RecipeEntry<object>,
  dwn: dwnEntry as unknown as RecipeEntry<object>,
  lws: lwsEntry as unknown as RecipeEntry<object>,
  quweit: quweitEntry as unknown as RecipeEntry<object>,
};
