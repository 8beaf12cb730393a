/**
 * @file The main job, what `npm start` runs: LeNet-5 on ten thousand handwritten digits, trained in float, then at 8, 6, 5
 * and 4 bits and with learned bit-widths, all from the same float network, with the same number of epochs.
 */

import { loadDataSet } from "../data/index.ts";
import { loadMachine } from "../machines/index.ts";
import { type EqatOptions, eqat, eqatRecipe, float } from "../methods/index.ts";
import { lenet5 } from "../zoo/index.ts";
import type { RowSpec, RunSpec } from "./spec.ts";

/** What the quantised rows of a comparison share. */
export interface ComparisonPlan {
  readonly seed: number;
  readonly float: object;
  /** Options of every quantised row. */
  readonly common: Partial<EqatOptions>;
  readonly uniform: readonly number[];
  /** Options of the EQAT rows besides, by row name. */
  readonly learned: Readonly<Record<string, Partial<EqatOptions>>>;
}

/** Float, uniform and EQAT rows; the quantised ones start from the float row. */
export function comparisonRows({ seed, float: floatOptions, common, uniform, learned }: ComparisonPlan): RowSpec[] {
  return [
    { name: "float32", kind: "float", method: float, options: floatOptions, seed },
    ...Object.entries(learned).map(
      ([name, own]): RowSpec => ({
        name,
        kind: "eqat",
        method: eqat,
        options: { ...common, ...own },
        seed,
        from: "float32",
      }),
    ),
    ...uniform.map(
      (bits): RowSpec => ({
        name: `uniform ${bits} bit`,
        kind: "uniform",
        method: eqat,
        options: { ...common, fixedBits: bits },
        seed,
        from: "float32",
      }),
    ),
  ];
}

/** The run of `npm start`: at most four minutes on two cores. */
export async function startSpec(folder: string, seed = 1): Promise<RunSpec> {
  const { train, test } = await loadDataSet("mnist10k");
  const common = {
    epochs: 6,
    warmup: 1,
    batchSize: 64,
    rate: 1e-3,
    inputBits: 8,
    augmentation: { shift: 2, flip: false },
  };
  // Just above the energy of 4 bits everywhere (0.41), so that the last two rows can be compared; fewer bits to come down from.
  const budget = { budget: 0.42, qInit: 6, freezeAt: 0.6 };
  return {
    command: "femto start",
    name: "lenet5",
    model: lenet5({ seed }),
    data: { train: train!, test: test! },
    machine: loadMachine("horowitz-45nm-sram8k"),
    rows: comparisonRows({
      seed,
      float: { epochs: 12, batchSize: 64, rate: 2e-3, augmentation: common.augmentation },
      common,
      uniform: [8, 6, 5, 4],
      learned: { EQAT: budget },
    }),
    method: {
      id: eqat.id,
      paper: eqat.paper,
      options: { ...common, ...budget },
      published: eqatRecipe.published,
    },
    folder,
    seed,
    threads: 1,
    jobs: 2,
  };
}
