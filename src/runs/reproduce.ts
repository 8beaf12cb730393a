/**
 * @file Runs a method's recipe: every experiment and seed is a run in a folder of its own. A finished one is not run again,
 * a killed one goes on from its checkpoints, and the results are summed up in one small file.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FemtoError, fail } from "../base/errors.ts";
import { count, makeFolder, splitAtEnd, take } from "../data/index.ts";
import { loadMachine } from "../machines/index.ts";
import type { Experiment, Recipe, RecipeSize } from "../methods/index.ts";
import { type Report, reportSchema, type WeightStorage } from "../reports/index.ts";
import { isHere, partsOf } from "./experiment-data.ts";
import { buildNetwork } from "./network.ts";
import { writeJson } from "./output.ts";
import { type RecipeEntry, recipes } from "./recipes.ts";
import { run } from "./run.ts";
import type { RunHooks, RunSpec } from "./spec.ts";
import { asExamples } from "./text-examples.ts";

export interface ReproduceOptions {
  readonly size: RecipeSize;
  /** Results go here, a folder for each experiment and seed. */
  readonly folder: string;
  readonly dataDir?: string;
  /** Only these experiments. */
  readonly only?: readonly string[];
  readonly jobs?: number;
}

export interface Reproduction {
  readonly recipe: Recipe<unknown>;
  readonly results: readonly ExperimentResult[];
}

export interface ExperimentResult {
  readonly experiment: string;
  readonly title: string;
  readonly seed: number;
  readonly data: Report["data"];
  readonly computeShare: number;
  readonly rows: readonly {
    readonly name: string;
    readonly kind: string;
    readonly accuracy: number;
    /** What `accuracy` is: `top-1`, or `nats per character`. */
    readonly metric: string;
    readonly energy: number;
    readonly bytes: number;
    readonly bits: string;
    readonly verdict: string;
    /** Seconds spent in training steps. */
    readonly stepSeconds: number;
  }[];
  /** Of rows that restrict weights: savings of switching energy beside their ceilings. */
  readonly selection?: readonly SelectionResult[];
  /** Of the same rows: their weights in store, as codes and as codebooks. */
  readonly storage?: readonly WeightStorage[];
  readonly findings: readonly string[];
  readonly warnings: readonly string[];
}

export type SelectionResult = Omit<NonNullable<Report["weightSelection"]>["rows"][number], "layers"> & {
  /** Sizes of the layers' sets; null where a layer has all values. */
  readonly sets: readonly (number | null)[];
};

/** The recipe of a method. @throws FemtoError `recipe.unknown` */
export const findRecipe = (id: string): Recipe<object> => entryOf(id).recipe;

function entryOf(id: string): RecipeEntry<object> {
  if (Object.hasOwn(recipes, id)) return recipes[id]!;
  return fail({
    code: "recipe.unknown",
    message: `there is no recipe "${id}"`,
    expected: Object.keys(recipes).join(", "),
  });
}

/** Experiments that a call would run: those named, else all but those whose data a user would have to bring first. */
export function experimentsOf(id: string, only?: readonly string[], dataDir?: string): readonly Experiment<object>[] {
  const { experiments } = findRecipe(id);
  const unknown = only?.find((name) => !experiments.some((experiment) => experiment.id === name));
  if (unknown !== undefined) {
    fail({
      code: "recipe.experiment",
      message: `the recipe has no experiment "${unknown}"`,
      expected: experiments.map((experiment) => experiment.id).join(", "),
    });
  }
  return experiments.filter((experiment) => only?.includes(experiment.id) ?? isHere(experiment, dataDir));
}

/** Hours that an experiment will take with so many rows at a time. */
export function estimateHours(
  id: string,
  experiment: Experiment<object>,
  size: RecipeSize,
  examples: number,
  jobs: number,
): number {
  const { alone, rows } = entryOf(id).seconds(sized(experiment, size), experiment.epochs[size], examples);
  return (experiment.seeds[size].length * (alone + rows / jobs)) / 3600;
}

/** The experiment with the options that its size asks for. */
const sized = (experiment: Experiment<object>, size: RecipeSize): Experiment<object> => ({
  ...experiment,
  common: { ...experiment.common, ...experiment.sized?.[size] },
});

/** One experiment at one seed as a run. */
export async function experimentSpec(
  id: string,
  given: Experiment<object>,
  seed: number,
  { size, folder, dataDir, jobs = 2 }: ReproduceOptions,
): Promise<RunSpec> {
  const experiment = sized(given, size);
  const model = buildNetwork(experiment, seed);
  const parts = await partsOf(experiment, dataDir);
  const [all, test] = [asExamples(parts.train, model), asExamples(parts.test, model)];
  const kept = experiment.validation === undefined ? undefined : splitAtEnd(all, experiment.validation);
  const [train, validation] = [kept?.train ?? all, kept?.test];
  // A look at the trend takes a tenth of the examples.
  const limited = size === "minutes" ? take(train, Math.min(6000, count(train))) : train;
  const { method, recipe, rows, findings } = entryOf(id);
  const epochs = experiment.epochs[size];
  return {
    command: `femto reproduce ${id} --size ${size} --only ${experiment.id}`,
    name: experiment.title,
    model,
    data: { train: limited, test, ...(validation && { validation }) },
    machine: loadMachine(experiment.machine),
    rows: rows(experiment, epochs, seed),
    ...(findings && { findings }),
    method: {
      id,
      paper: method.paper,
      options: { ...experiment.common, epochs: epochs[1] },
      published: recipe.published,
    },
    folder: join(folder, size, `${experiment.id}-seed${seed}`),
    seed,
    threads: 1,
    jobs,
    ...(experiment.checked !== undefined && { checked: experiment.checked }),
  };
}

/** Runs (or goes on with) the recipe of a method and writes `summary.json` after every experiment. */
export async function reproduce(id: string, options: ReproduceOptions, hooks: RunHooks = {}): Promise<Reproduction> {
  const recipe = findRecipe(id);
  const results: ExperimentResult[] = [];
  makeFolder(options.folder);
  for (const experiment of experimentsOf(id, options.only, options.dataDir)) {
    for (const seed of experiment.seeds[options.size]) {
      hooks.signal?.throwIfAborted();
      const done = join(options.folder, options.size, `${experiment.id}-seed${seed}`, "report.json");
      const report = existsSync(done)
        ? readReport(done)
        : (await run(await experimentSpec(id, experiment, seed, options), hooks)).report;
      results.push(resultOf(experiment, seed, report));
      writeJson(join(options.folder, `summary-${options.size}.json`), results);
    }
  }
  return { recipe, results };
}

/** @throws FemtoError `report.format` where the file is no report of this schema */
function readReport(path: string): Report {
  try {
    return reportSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new FemtoError(
      {
        code: "report.format",
        where: path,
        message: "the file is no report of this version",
        got: (cause as Error).message.split("\n")[0]!,
        hint: "move the file away; the experiment then goes on from its checkpoints",
      },
      { cause },
    );
  }
}

function resultOf({ id, title }: Experiment<unknown>, seed: number, report: Report): ExperimentResult {
  return {
    experiment: id,
    title,
    seed,
    data: report.data,
    computeShare: report.machine.computeShare,
    rows: report.rows.map(({ name, kind, accuracy, energy, bytes, layers, equivalence, stepSeconds }) => ({
      name,
      kind,
      accuracy: accuracy.value,
      metric: accuracy.metric,
      energy: energy.relative,
      bytes,
      bits: layers.map(({ bits }) => `${bits.weight}/${bits.input}`).join(" "),
      verdict: equivalence.map(({ artefact, verdict }) => `${artefact}: ${verdict}`).join(", "),
      stepSeconds,
    })),
    ...(report.weightSelection && {
      selection: report.weightSelection.rows.map(({ layers, ...row }) => {
        return { ...row, sets: layers.map(({ set }) => set?.length ?? null) };
      }),
      storage: report.weightSelection.storage ?? [],
    }),
    findings: report.findings ?? [],
    warnings: report.warnings,
  };
}
