/** @file A run of seconds: points of three classes, a tiny mlp, float, uniform and EQAT rows. */

import { Rng } from "../base/rng.ts";
import { tensor } from "../base/tensor.ts";
import { type Dataset, dataset } from "../data/index.ts";
import { loadMachine } from "../machines/index.ts";
import { eqat } from "../methods/index.ts";
import { mlp } from "../zoo/index.ts";
import type { RunSpec } from "./spec.ts";
import { comparisonRows } from "./start.ts";

/** Bytes around one of three corners of a cube; normalised per feature. */
function points(split: string, count: number): Dataset {
  const rng = new Rng(4, split);
  const labels = Array.from({ length: count }, (_, i) => i % 3);
  const rows = labels.flatMap((label) =>
    [0, 1, 2].map((axis) => Math.max(0, Math.min(255, Math.round(90 + (axis === label ? 90 : 0) + 35 * rng.normal())))),
  );
  return dataset({
    name: "points",
    split,
    inputs: tensor("uint8", [count, 3], rows),
    labels: tensor("int32", [count], labels),
    source: "drawn by the test",
    normalisation: { scale: 1 / 255, mean: [0.45, 0.46, 0.47], std: [0.2, 0.21, 0.22] },
  });
}

export interface SmallRun {
  readonly epochs?: number;
  readonly uniform?: readonly number[];
  readonly rate?: number;
}

export function smallSpec(folder: string, { epochs = 2, uniform = [8, 4], rate = 0.01 }: SmallRun = {}): RunSpec {
  const common = { epochs, warmup: 0, batchSize: 16, rate, freezeAt: 0.5 };
  return {
    command: "test",
    name: "tiny",
    model: mlp({ inputs: 3, hidden: [8], classes: 3, seed: 2 }),
    data: { train: points("train", 96), test: points("test", 61) },
    machine: loadMachine("horowitz-45nm-sram8k"),
    rows: comparisonRows({ seed: 1, float: { epochs, batchSize: 16, rate }, common, uniform, learned: { EQAT: {} } }),
    method: { id: eqat.id, paper: eqat.paper, options: common },
    folder,
    seed: 1,
    threads: 1,
    jobs: 2,
  };
}
