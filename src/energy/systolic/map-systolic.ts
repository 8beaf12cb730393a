/**
 * @file A product on a systolic array: folds, accesses of every level, main memory traffic, latency, and what binds.
 * Counts only; prices turn them into energy elsewhere.
 */

import { checkLimits, checkPositive } from "../check-sizes.ts";
import { type GemmShape, matrixElements, type TensorElements } from "../gemm.ts";
import { type BufferAccesses, bufferAccesses, type RegisterAccesses, registerAccesses } from "./accesses.ts";
import { type BufferPlan, type Buffers, planBuffers } from "./buffers.ts";
import type { Dataflow, ElementBits, SystolicArray } from "./dataflow.ts";
import { type Folds, foldsOf } from "./folds.ts";
import { type Roofline, rooflineOf } from "./roofline.ts";
import { type Bandwidth, type FoldSchedule, type Resource, resources, scheduleFolds } from "./schedule.ts";

export interface SystolicRequest {
  readonly gemm: GemmShape;
  /** Distinct elements; by default those of full matrices (no windows). */
  readonly elements?: TensorElements;
  readonly array: SystolicArray;
  readonly dataflow: Dataflow;
  readonly bits: ElementBits;
  /** By default as large as needed. */
  readonly buffers?: Buffers;
  /** By default never a limit. */
  readonly bandwidth?: Bandwidth;
  /** By default true. */
  readonly doubleBuffered?: boolean;
}

/** Elements between main memory and the buffers; what is read there is written into the buffers. */
export interface MainMemoryAccesses {
  readonly inputReads: number;
  readonly weightReads: number;
  readonly outputWrites: number;
  /** All of them, at the bits of each tensor. */
  readonly bits: number;
}

export type Binding = Resource | "buffer capacity";

export interface SystolicMapping {
  readonly dataflow: Dataflow;
  readonly folds: Folds;
  readonly plan: BufferPlan;
  readonly buffers: BufferAccesses;
  readonly registers: RegisterAccesses;
  readonly mainMemory: MainMemoryAccesses;
  readonly schedule: FoldSchedule;
  readonly binding: Binding;
  readonly roofline: Roofline;
}

/**
 * Counts of one layer.
 * @throws FemtoError `energy.range` for sizes and widths that are none, `energy.capacity` where nothing fits
 * @example
 * mapSystolic({
 *   gemm: { K: 576, M: 64, T: 1024, groups: 1 },
 *   array: { rows: 64, cols: 64 },
 *   dataflow: "weight-stationary",
 *   bits: { input: 8, weight: 8, partialSum: 32, output: 8 },
 * }).folds.cycles // 10926
 */
export function mapSystolic(request: SystolicRequest): SystolicMapping {
  const { gemm, array, dataflow, bits, buffers = {}, bandwidth = {}, doubleBuffered = true } = request;
  foldsOf(gemm, array, dataflow);
  checkPositive({ ...bits }, "bits");
  checkLimits(buffers, "size");
  checkBandwidth(bandwidth);
  const elements = request.elements ?? matrixElements(gemm);
  checkPositive({ ...elements }, "elements");
  const common = { gemm, elements, array, dataflow, bits };
  const plan = planBuffers({ ...common, buffers, doubleBuffered });
  const folds = foldsOf(gemm, array, dataflow, plan.passes);
  const mainMemory = mainMemoryAccesses(elements, bits, plan);
  const schedule = scheduleFolds({ ...common, plan, bandwidth });
  const slowest = heaviest(schedule);
  return {
    dataflow,
    folds,
    plan,
    buffers: bufferAccesses(gemm, dataflow, folds),
    registers: registerAccesses(gemm, dataflow, folds),
    mainMemory,
    schedule,
    binding: slowest === "main memory bandwidth" && capacityBinds(common, bandwidth) ? "buffer capacity" : slowest,
    roofline: rooflineOf(
      folds.macs,
      mainMemory.bits,
      array.rows * array.cols,
      schedule.latencyCycles,
      bandwidth.mainMemory,
    ),
  };
}

function mainMemoryAccesses(elements: TensorElements, bits: ElementBits, { loads }: BufferPlan): MainMemoryAccesses {
  const inputReads = elements.input * loads.input;
  const weightReads = elements.weight * loads.weight;
  const outputWrites = elements.output;
  return {
    inputReads,
    weightReads,
    outputWrites,
    bits: inputReads * bits.input + weightReads * bits.weight + outputWrites * bits.output,
  };
}

/** The resource that holds up folds for most of the latency. */
const heaviest = ({ heldBy }: FoldSchedule): Resource =>
  resources.reduce((best, next) => (heldBy[next] > heldBy[best] ? next : best));

/** Main memory is too slow; would it still be if every tensor came once? */
const capacityBinds = (
  common: Pick<SystolicMapping, "dataflow"> & Omit<SystolicRequest, "elements"> & { elements: TensorElements },
  bandwidth: Bandwidth,
): boolean =>
  heaviest(scheduleFolds({ ...common, bandwidth, plan: { passes: 1, loads: { input: 1, weight: 1 } } })) !==
  "main memory bandwidth";

/** @throws FemtoError `energy.range` */
function checkBandwidth({ mainMemory, buffers }: Bandwidth): void {
  const ports = typeof buffers === "number" ? { buffers } : { ...buffers };
  const given = Object.entries({ mainMemory, ...ports }).filter(([, bits]) => bits !== undefined);
  checkPositive(Object.fromEntries(given) as Record<string, number>, "bandwidth");
}
