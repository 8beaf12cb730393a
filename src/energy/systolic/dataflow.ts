/**
 * @file Dataflows of a systolic array: which axis of the product lies along the rows, which along the columns, which
 * runs in time, and which tensor therefore stays where it is. The names are those of SCALE-Sim.
 */

import type { GemmShape } from "../gemm.ts";

export const dataflows = ["weight-stationary", "output-stationary", "input-stationary"] as const;
export type Dataflow = (typeof dataflows)[number];

/** Processing elements: `rows` × `cols`, one multiply-accumulate each per cycle. */
export interface SystolicArray {
  readonly rows: number;
  readonly cols: number;
}

/** The three tensors of a product. */
export const tensors = ["input", "weight", "output"] as const;
export type TensorName = (typeof tensors)[number];

/** Stored bits of one element. Partial sums are as wide as the accumulator, finished outputs may be narrower. */
export interface ElementBits {
  readonly input: number;
  readonly weight: number;
  readonly partialSum: number;
  readonly output: number;
}

export type Axis = "K" | "M" | "T";

export interface Axes {
  readonly rows: Axis;
  readonly cols: Axis;
  readonly time: Axis;
  /** The tensor that stays in the processing elements during a fold. */
  readonly stationary: TensorName;
}

export const axesOf: Readonly<Record<Dataflow, Axes>> = {
  "weight-stationary": { rows: "K", cols: "M", time: "T", stationary: "weight" },
  "input-stationary": { rows: "K", cols: "T", time: "M", stationary: "input" },
  "output-stationary": { rows: "T", cols: "M", time: "K", stationary: "output" },
};

/** Sizes along rows, columns and time. */
export interface Extents {
  readonly rows: number;
  readonly cols: number;
  readonly time: number;
}

export function extentsOf(gemm: GemmShape, dataflow: Dataflow): Extents {
  const { rows, cols, time } = axesOf[dataflow];
  return { rows: gemm[rows], cols: gemm[cols], time: gemm[time] };
}
