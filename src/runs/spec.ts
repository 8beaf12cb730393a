/** @file What a run is asked for: a model, data, a machine, rows; and what it tells while it goes on. */

import type { Dataset } from "../data/index.ts";
import type { Model } from "../graph/model.ts";
import type { Machine } from "../machines/index.ts";
import type { EpochRecord, Method, Progress } from "../methods/index.ts";
import type { Report, ReportRow } from "../reports/index.ts";

export interface RowSpec {
  readonly name: string;
  /** `float`, `uniform` or the method's id: how the report groups rows. */
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: rows of different methods stand in one list
  readonly method: Method<any>;
  readonly options: unknown;
  readonly seed: number;
  /** The row whose trained model this one starts from; the run's model otherwise. */
  readonly from?: string;
}

export interface RunSpec {
  readonly command: string;
  readonly name: string;
  readonly model: Model;
  /** `validation` where rows decide while they train: examples that none of them trains on. */
  readonly data: { readonly train: Dataset; readonly test: Dataset; readonly validation?: Dataset | undefined };
  readonly machine: Machine;
  readonly rows: readonly RowSpec[];
  /** The method whose options head the report. */
  readonly method: Report["method"];
  /** What the method concludes from the rows, in sentences. */
  readonly findings?: (rows: readonly ReportRow[]) => string[];
  /** The report folder; existing checkpoints in it are resumed. */
  readonly folder: string;
  readonly seed: number;
  readonly threads: number;
  /** Rows at the same time, one engine thread each. */
  readonly jobs: number;
  /** Test examples on which every code is held against the reference engine; all, unless given. */
  readonly checked?: number;
}

export interface RunHooks {
  /** A run begins; a recipe has many. */
  onRun?(spec: RunSpec): void;
  onProgress?(row: string, progress: Progress): void;
  onRecord?(row: string, record: EpochRecord): void;
  /** "training", "exporting", "measuring", "done" */
  onStage?(row: string, stage: string): void;
  readonly signal?: AbortSignal;
}
