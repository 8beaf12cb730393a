/**
 * @file Buffers between main memory and the array: what stays in them decides how often main memory is read. The time
 * axis is cut into passes where the partial sums of one column of folds do not fit. [reconstructed: the sheet gives
 * "weights once; input once if it fits the buffer, else × n_c; output once"]
 */

import { fail } from "../../base/errors.ts";
import type { GemmShape, TensorElements } from "../gemm.ts";
import { axesOf, type Dataflow, type ElementBits, extentsOf, type SystolicArray, type TensorName } from "./dataflow.ts";

/** Capacities in bits; a buffer left out is as large as it needs to be. `shared` is one buffer for all three. */
export type Buffers = Readonly<Partial<Record<TensorName, number>>> | { readonly shared: number };

export interface BufferPlan {
  /** Passes over the stationary tensor. */
  readonly passes: number;
  /** How often each element comes from main memory, outputs written once. */
  readonly loads: { readonly input: number; readonly weight: number };
}

export interface BufferRequest {
  readonly gemm: GemmShape;
  readonly elements: TensorElements;
  readonly array: SystolicArray;
  readonly dataflow: Dataflow;
  readonly bits: ElementBits;
  readonly buffers: Buffers;
  /** The next tile loads while this one is used: tiles have half of a buffer. A tensor that stays may fill all of it. */
  readonly doubleBuffered: boolean;
}

/** @throws FemtoError `energy.capacity` where not even the partial sums of one time step fit */
export function planBuffers(request: BufferRequest): BufferPlan {
  return request.dataflow === "output-stationary" ? planOutputs(request) : planStreaming(request);
}

/** Weight- and input-stationary: passes outermost, then columns of folds, then rows. */
function planStreaming({ gemm, elements, array, dataflow, bits, buffers, doubleBuffered }: BufferRequest): BufferPlan {
  const { stationary } = axesOf[dataflow];
  const still = stationary === "weight" ? "weight" : "input";
  const streaming = still === "weight" ? "input" : "weight";
  const { rows, cols, time } = extentsOf(gemm, dataflow);
  const rowFolds = Math.ceil(rows / array.rows);
  const colFolds = Math.ceil(cols / array.cols);
  const share = doubleBuffered ? 2 : 1;
  const total = (name: "input" | "weight") => (elements[name] / gemm.groups) * bits[name];
  const tile = share * Math.min(rows, array.rows) * Math.min(cols, array.cols) * bits[still];
  // sums of one time step; those of a single row of folds leave the array finished
  const sums = rowFolds === 1 ? 0 : share * Math.min(cols, array.cols) * bits.partialSum;
  const isShared = "shared" in buffers;
  const room = isShared ? buffers.shared - tile : (buffers.output ?? Number.POSITIVE_INFINITY);
  if (sums > room) {
    const claimed = isShared ? tile : 0;
    reject(isShared ? "shared" : "output", sums + claimed, room + claimed);
  }
  const longest = sums === 0 ? time : Math.min(time, Math.floor(room / sums));
  const steps = Math.ceil(time / Math.ceil(time / longest));
  const passes = Math.ceil(time / steps);
  const slice = (total(streaming) * steps) / time;
  const streamRoom = isShared ? room - sums * steps : (buffers[streaming] ?? Number.POSITIVE_INFINITY);
  const stillRoom = isShared ? streamRoom - slice + tile : (buffers[still] ?? Number.POSITIVE_INFINITY);
  return {
    passes,
    loads: {
      [streaming]: slice <= streamRoom ? 1 : colFolds,
      [still]: total(still) <= stillRoom ? 1 : passes,
    } as BufferPlan["loads"],
  };
}

/** Output-stationary: rows of outputs outermost; their inputs stay for all columns if R rows of them fit. */
function planOutputs({ gemm, elements, array, bits, buffers, doubleBuffered }: BufferRequest): BufferPlan {
  const share = doubleBuffered ? 2 : 1;
  const rows = Math.min(gemm.T, array.rows);
  const rowFolds = Math.ceil(gemm.T / array.rows);
  const colFolds = Math.ceil(gemm.M / array.cols);
  const slice = share * Math.min(gemm.K * rows, elements.input / gemm.groups) * bits.input;
  const weights = (elements.weight / gemm.groups) * bits.weight;
  const isShared = "shared" in buffers;
  const inputRoom = isShared ? buffers.shared : (buffers.input ?? Number.POSITIVE_INFINITY);
  const inputStays = slice <= inputRoom;
  const weightRoom = isShared
    ? buffers.shared - (inputStays ? slice : 0)
    : (buffers.weight ?? Number.POSITIVE_INFINITY);
  return {
    passes: 1,
    loads: { input: inputStays ? 1 : colFolds, weight: weights <= weightRoom ? 1 : rowFolds },
  };
}

function reject(buffer: string, needed: number, room: number): never {
  return fail({
    code: "energy.capacity",
    where: `${buffer} buffer`,
    message: "cannot hold the partial sums of one time step",
    expected: `at least ${Math.ceil(needed)} bits`,
    got: `${Math.max(0, room)} bits, ${Math.ceil(needed - room)} too few`,
    hint: "a wider buffer, narrower partial sums, fewer columns, or output-stationary",
  });
}
