/**
 * @file Schedule of folds: with double buffers a fold takes as long as the slowest of computing it, moving its data from
 * and to main memory, and feeding the array from its buffers. Folds of the same size and traffic are counted together.
 */

import type { GemmShape, TensorElements } from "../gemm.ts";
import type { BufferPlan } from "./buffers.ts";
import { axesOf, type Dataflow, type ElementBits, extentsOf, type SystolicArray, type TensorName } from "./dataflow.ts";
import { type Tile, tilesOf } from "./tiles.ts";

/** Bits per cycle; what is left out never limits. A number for `buffers` is what the three tensors share. */
export interface Bandwidth {
  readonly mainMemory?: number;
  readonly buffers?: number | Readonly<Partial<Record<TensorName, number>>>;
}

/** What can hold a fold up. */
export const resources = ["compute", "main memory bandwidth", "buffer bandwidth"] as const;
export type Resource = (typeof resources)[number];

export interface FoldSchedule {
  readonly computeCycles: number;
  /** Σ over folds of the slowest resource. */
  readonly latencyCycles: number;
  /** latencyCycles − computeCycles: reported, never hidden. */
  readonly stallCycles: number;
  /** Cycles that the first fold waits for its data; no fold hides them, and the latency leaves them out. */
  readonly fillCycles: number;
  /** Cycles of the folds that each resource holds up; they add up to the latency. */
  readonly heldBy: Readonly<Record<Resource, number>>;
}

export interface FoldRequest {
  readonly gemm: GemmShape;
  readonly elements: TensorElements;
  readonly array: SystolicArray;
  readonly dataflow: Dataflow;
  readonly bits: ElementBits;
  readonly plan: BufferPlan;
  readonly bandwidth: Bandwidth;
}

export function scheduleFolds(request: FoldRequest): FoldSchedule {
  const { gemm, array, dataflow, plan, bandwidth } = request;
  const { rows, cols, time } = extentsOf(gemm, dataflow);
  const heldBy = { compute: 0, "main memory bandwidth": 0, "buffer bandwidth": 0 };
  let computeCycles = 0;
  let fillCycles = 0;
  const steps = Math.ceil(time / plan.passes);
  for (const pass of tilesOf(time, steps)) {
    for (const col of tilesOf(cols, array.cols)) {
      for (const row of tilesOf(rows, array.rows)) {
        const count = pass.count * col.count * row.count * gemm.groups;
        const { loads, stores, fed } = traffic(request, pass, col, row);
        const compute = 2 * array.rows + array.cols + pass.size - 2;
        const memory = cyclesFor(loads + stores, bandwidth.mainMemory);
        const buffer = feedCycles(fed, bandwidth.buffers);
        const slowest = Math.max(compute, memory, buffer);
        const resource =
          slowest === compute ? "compute" : slowest === memory ? "main memory bandwidth" : "buffer bandwidth";
        heldBy[resource] += count * slowest;
        computeCycles += count * compute;
        if (pass.isFirst && col.isFirst && row.isFirst) fillCycles = cyclesFor(loads, bandwidth.mainMemory);
      }
    }
  }
  const latencyCycles = heldBy.compute + heldBy["main memory bandwidth"] + heldBy["buffer bandwidth"];
  return { computeCycles, latencyCycles, stallCycles: latencyCycles - computeCycles, fillCycles, heldBy };
}

/** Bits of one fold: from and to main memory, and between each buffer and the array. */
function traffic({ gemm, elements, dataflow, bits, plan }: FoldRequest, pass: Tile, col: Tile, row: Tile) {
  const { K, M, T, groups } = gemm;
  // elements of main memory per element of the matrix: below 1 where windows overlap
  const density = { input: elements.input / groups / (K * T), weight: elements.weight / groups / (K * M) };
  const load = (name: "input" | "weight", size: number) => size * density[name] * bits[name];
  const written = elements.output / groups / (M * T);
  const { stationary } = axesOf[dataflow];
  if (stationary === "output") {
    const input = row.size * pass.size;
    const weight = col.size * pass.size;
    const sums = row.size * col.size;
    return {
      loads:
        (plan.loads.input > 1 || col.isFirst ? load("input", input) : 0) +
        (plan.loads.weight > 1 || row.isFirst ? load("weight", weight) : 0),
      stores: sums * written * bits.output,
      fed: { input: input * bits.input, weight: weight * bits.weight, output: sums * bits.output },
    };
  }
  const streaming = stationary === "weight" ? "input" : "weight";
  const still = row.size * col.size;
  const streamed = row.size * pass.size;
  const sums = col.size * pass.size;
  const isStillLoaded = plan.loads[stationary] > 1 || pass.isFirst;
  const isStreamLoaded = plan.loads[streaming] > 1 || col.isFirst;
  return {
    loads: (isStillLoaded ? load(stationary, still) : 0) + (isStreamLoaded ? load(streaming, streamed) : 0),
    stores: row.isLast ? sums * written * bits.output : 0,
    fed: {
      [stationary]: still * bits[stationary],
      [streaming]: streamed * bits[streaming],
      output: sums * ((row.isFirst ? 0 : bits.partialSum) + (row.isLast ? bits.output : bits.partialSum)),
    } as Record<TensorName, number>,
  };
}

const cyclesFor = (bits: number, perCycle: number | undefined): number =>
  perCycle === undefined ? 0 : Math.ceil(bits / perCycle);

function feedCycles(fed: Readonly<Record<TensorName, number>>, bandwidth: Bandwidth["buffers"]): number {
  if (typeof bandwidth === "number") return cyclesFor(fed.input + fed.weight + fed.output, bandwidth);
  return Math.max(...(["input", "weight", "output"] as const).map((name) => cyclesFor(fed[name], bandwidth?.[name])));
}
