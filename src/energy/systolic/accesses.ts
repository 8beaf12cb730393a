/**
 * @file Accesses of buffers and registers by a systolic array, in elements: each element of a streaming tensor is read
 * once per fold that it passes through, each stationary one once per pass, and a partial sum goes to the output buffer
 * and back between row folds. [reconstructed; the reads of inputs and weights equal SCALE-Sim's, whose output column
 * counts the writes of partial sums alone]
 */

import type { GemmShape } from "../gemm.ts";
import { axesOf, type Dataflow, extentsOf } from "./dataflow.ts";
import type { Folds } from "./folds.ts";

/** Elements that go between the buffers and the array. */
export interface BufferAccesses {
  readonly inputReads: number;
  readonly weightReads: number;
  readonly partialSumReads: number;
  /** Partial sums and finished outputs: reads + writes = (2·rowFolds − 1)·M·T·groups, or M·T·groups if they stay. */
  readonly partialSumWrites: number;
  /** Of these writes, the finished outputs, which may be narrower. */
  readonly finishedWrites: number;
}

/** Registers of the processing elements, in elements. Reads are one of each operand per MAC. */
export interface RegisterAccesses {
  readonly reads: { readonly input: number; readonly weight: number; readonly partialSum: number };
  readonly writes: { readonly input: number; readonly weight: number; readonly partialSum: number };
}

export function bufferAccesses(gemm: GemmShape, dataflow: Dataflow, folds: Folds): BufferAccesses {
  const { K, M, T, groups } = gemm;
  const finishedWrites = groups * M * T;
  if (dataflow === "output-stationary") {
    return {
      inputReads: groups * folds.colFolds * K * T,
      weightReads: groups * folds.rowFolds * K * M,
      partialSumReads: 0,
      partialSumWrites: finishedWrites,
      finishedWrites,
    };
  }
  const { rows, cols, time } = extentsOf(gemm, dataflow);
  const streamed = groups * folds.colFolds * rows * time;
  const stationary = groups * folds.passes * rows * cols;
  const isWeight = axesOf[dataflow].stationary === "weight";
  return {
    inputReads: isWeight ? streamed : stationary,
    weightReads: isWeight ? stationary : streamed,
    partialSumReads: (folds.rowFolds - 1) * finishedWrites,
    partialSumWrites: folds.rowFolds * finishedWrites,
    finishedWrites,
  };
}

/**
 * Register writes per MAC: the moving tensors and the partial sum one each; what is stationary is written once when it
 * is loaded (an output-stationary accumulator at every MAC). Processing elements outside a partial fold are gated.
 */
export function registerAccesses(gemm: GemmShape, dataflow: Dataflow, { macs, passes }: Folds): RegisterAccesses {
  const { K, M, T, groups } = gemm;
  const { stationary } = axesOf[dataflow];
  return {
    reads: { input: macs, weight: macs, partialSum: macs },
    writes: {
      input: stationary === "input" ? groups * passes * K * T : macs,
      weight: stationary === "weight" ? groups * passes * K * M : macs,
      partialSum: macs,
    },
  };
}
