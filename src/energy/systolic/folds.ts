/**
 * @file Folds: a product larger than the array is cut into folds of R × C, each of 2R + C + time − 2 cycles: R to load
 * what stays, `time` to stream, R + C − 2 for the skew (SCALE-Sim, whose Total Cycles is one less: it counts from 0).
 */

import { checkWhole } from "../check-sizes.ts";
import { checkGemm, type GemmShape, macsOf } from "../gemm.ts";
import { type Dataflow, extentsOf, type SystolicArray } from "./dataflow.ts";

export interface Folds {
  /** ⌈extent/R⌉ and ⌈extent/C⌉. */
  readonly rowFolds: number;
  readonly colFolds: number;
  /** Times that the stationary tensor is loaded again because the time axis is cut. */
  readonly passes: number;
  /** rowFolds · colFolds · passes · groups. */
  readonly folds: number;
  /** Of a fold of the longest pass. */
  readonly cyclesPerFold: number;
  /** Of all folds, one after the other; memories do not stall them here. */
  readonly cycles: number;
  readonly macs: number;
  /** MACs / (cycles · R · C). */
  readonly utilisation: number;
  /** Share of the array that folds occupy, loading and skew apart: 1 where the extents divide. */
  readonly occupancy: number;
}

/** @throws FemtoError `energy.range` */
export function foldsOf(gemm: GemmShape, array: SystolicArray, dataflow: Dataflow, passes = 1): Folds {
  checkGemm(gemm);
  checkWhole(array.rows, "array rows");
  checkWhole(array.cols, "array columns");
  checkWhole(passes, "passes");
  const { rows, cols, time } = extentsOf(gemm, dataflow);
  const rowFolds = Math.ceil(rows / array.rows);
  const colFolds = Math.ceil(cols / array.cols);
  const longest = Math.ceil(time / passes);
  const runs = Math.ceil(time / longest);
  const skew = 2 * array.rows + array.cols - 2;
  const cycles = gemm.groups * rowFolds * colFolds * (runs * skew + time);
  const macs = macsOf(gemm);
  return {
    rowFolds,
    colFolds,
    passes: runs,
    folds: rowFolds * colFolds * runs * gemm.groups,
    cyclesPerFold: skew + longest,
    cycles,
    macs,
    utilisation: macs / (cycles * array.rows * array.cols),
    occupancy: (rows * cols) / (rowFolds * array.rows * colFolds * array.cols),
  };
}
