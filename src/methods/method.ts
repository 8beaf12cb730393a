/** @file Method: turns a model into a model and returns it with its history; `runs/` does the rest. */

import type { z } from "zod";
import type { Normalisation } from "../base/normalisation.ts";
import type { Tensor } from "../base/tensor.ts";
import type { Model } from "../graph/model.ts";
import type { Machine } from "../machines/index.ts";
import type { WeightSelection } from "./weight-selection.ts";

export interface TrainingData {
  readonly inputs: Tensor;
  readonly labels: Tensor;
  readonly normalisation?: Normalisation | undefined;
}

export interface Progress {
  readonly phase: string;
  /** Examples seen, and to be seen in all. */
  readonly done: number;
  readonly total: number;
  readonly loss: number;
}

export interface MethodContext {
  /** `validation`: examples that no row trains on, for methods that decide while they train. */
  readonly data: {
    readonly train: TrainingData;
    readonly test: TrainingData;
    readonly validation?: TrainingData | undefined;
  };
  readonly machine: Machine;
  readonly seed: number;
  readonly threads: number;
  /** Checksums of model, data and software: a checkpoint of another run is refused. */
  readonly identity: string;
  /** Where the run keeps its checkpoint; without it, a killed run starts anew. */
  readonly checkpoint?: string | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Every epoch's record, as it is made. */
  readonly onRecord?: ((record: EpochRecord) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One epoch of a method's history; methods add columns of their own. */
export interface EpochRecord {
  readonly phase: string;
  readonly epoch: number;
  readonly loss: number;
  readonly [column: string]: unknown;
}

/** What a layer's operands are stored and multiplied in. */
export interface LayerBits {
  readonly layer: string;
  readonly weight: number;
  readonly input: number;
}

/** What an outcome is exported, checked and priced as. */
export type ArtefactKind = "float" | "quantised" | "lookup" | "reworked";

export interface Outcome {
  /**
   * A model whose layers carry `femto.FakeQuant` with constant bits and ranges, a network of lookup tables, a transformer
   * with other blocks in the place of its MLPs, or a plain float model.
   */
  readonly model: Model;
  /** What is written, measured and priced instead of `model`, from which other rows start. */
  readonly exported?: Model;
  /** Absent: `quantised` where there are bit-widths, else `float`. */
  readonly kind?: ArtefactKind;
  /** Bit-widths of the weighted layers; absent for float and for lookup tables. */
  readonly bits?: readonly LayerBits[];
  /** Of methods that restrict weights: what their arrays switch. */
  readonly selection?: WeightSelection;
  /** How files hold the weights; absent: as codes. */
  readonly storage?: "bytes" | "codebook";
  readonly history: readonly EpochRecord[];
  readonly warnings: readonly string[];
  /** Seconds spent in training steps, for information. */
  readonly stepSeconds: number;
  /** False where it was told to stop; a later run goes on from the checkpoint. */
  readonly isFinished: boolean;
}

export const kindOf = ({ kind, bits }: Pick<Outcome, "kind" | "bits">): ArtefactKind =>
  kind ?? (bits === undefined ? "float" : "quantised");

export interface Method<Options> {
  readonly id: string;
  readonly title: string;
  /** Citation. */
  readonly paper: string;
  readonly options: z.ZodType<Options>;
  /**
   * Refuses what options and network say cannot work, before any row is trained.
   * @param model of the run
   * @param isStart the row starts from this very model, not from what another row makes of it
   * @throws FemtoError
   */
  check?(model: Model, options: Options, isStart: boolean): void;
  apply(context: MethodContext, model: Model, options: Options): Promise<Outcome>;
}

/** Defines a method. */
export const method = <Options>(definition: Method<Options>): Method<Options> => definition;

/** How much a recipe asks for: a look at the trend, the stated figures, or everything. */
export type RecipeSize = "minutes" | "hours" | "full";

type Sized<T> = Readonly<Record<RecipeSize, T>>;

/** Data that cannot be had from the catalogue. */
export interface Brought {
  /** What the file must contain. */
  readonly contents: string;
  /** Where it is published. */
  readonly homepage: string;
  /** Training examples that it is published with, for the estimate. */
  readonly examples: number;
}

/** One experiment of a recipe: rows of the method and those beside them, on one network and one data set. */
export interface Experiment<Options> {
  readonly id: string;
  readonly title: string;
  /** Name in the catalogue of data sets, or of a file that its user brings. */
  readonly data: string;
  /** The data are none of the catalogue's: `NAME.npz`, `.csv` or `.parquet` in a data folder, as is said here. */
  readonly brought?: Brought;
  /** So many of the training examples, the last ones, are the test part: variants are chosen there, never on the test. */
  readonly heldOut?: number;
  /** A network of the zoo, or a file of the models folder. */
  readonly network: { readonly zoo: string; readonly options: object } | { readonly file: string };
  readonly machine: string;
  readonly seeds: Sized<readonly number[]>;
  /** Epochs of the float row and of every quantised row; for lookup tables of the rows beside and of the method's. */
  readonly epochs: Sized<readonly [float: number, quantised: number]>;
  readonly float: object;
  readonly common: Options;
  readonly uniform: readonly number[];
  readonly learned: Readonly<Record<string, Options>>;
  /** What differs by size besides, in all rows of the method. */
  readonly sized?: Partial<Sized<Options>>;
  /** Options of the quantised row that the method's rows start from, where they start from one. */
  readonly quantised?: object;
  /** So many of the last training examples are kept from all rows, to decide by. */
  readonly validation?: number;
  /** Test examples on which every code is held against the reference engine; all, unless given. */
  readonly checked?: number;
  /** Rows that start from the trained model of another row. */
  readonly starts?: Readonly<Record<string, string>>;
  /** Rows that train so many times as long as the others. */
  readonly longer?: Readonly<Record<string, number>>;
}

/** What a paper states, quoted: numbers of literature, never ours. */
export interface Published {
  readonly rows: {
    readonly experiment: string;
    readonly variant: string;
    /** Share of right answers, 0..1. */
    readonly accuracy: number | null;
    /** Relative to uniform 8 bits, as the paper normalises it. */
    readonly relative: number | null;
    readonly bits: { readonly weight: number; readonly input: number } | null;
    /** Where in the paper. */
    readonly place: string;
  }[];
  /** What does not fit together in the paper; printed, not mended. */
  readonly inconsistencies: string[];
}

/** What a paper reports, and the experiments that stand beside it. */
export interface Recipe<Options> {
  readonly id: string;
  readonly published: Published;
  readonly experiments: readonly Experiment<Options>[];
}
