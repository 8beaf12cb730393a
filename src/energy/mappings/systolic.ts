/**
 * @file Systolic arrays: folds, buffer traffic and main memory by capacity as `energy/systolic` counts them
 * (docs/mappings.md), paid by the machine's memories. Element-wise tails are done on the way out.
 */

import { behind, isMemory, type Machine, type Memory, type SystolicMapping } from "../../machines/index.ts";
import { Actions } from "../actions.ts";
import { type MappingContext, mapping, type Region } from "../mapping.ts";
import type { Schedule, Timing } from "../schedule.ts";
import { type Buffers, mapSystolic } from "../systolic/index.ts";
import { bitsOfWidth } from "../width.ts";
import { accumulatorBits, productOf } from "./product.ts";
import { streamTiming } from "./stream-timing.ts";
import { tailActions } from "./tail.ts";
import { fetch } from "./travel.ts";

export const systolic = mapping({
  id: "systolic",
  title: "a systolic array with buffers; every region starts and ends in main memory",
  prices: "everything",
  plan(region, context) {
    const { head, tail } = region;
    const plan = new Actions(context);
    if (head.kind === "stream") {
      tailActions(plan, region);
      const timing = streamTiming(region, context, arrayOf(context.machine).cols);
      return { nodes: [head, ...tail], actions: plan.actions, unmodelled: plan.unmodelled, timing };
    }
    return planProduct(plan, region, context);
  },
});

function arrayOf({ mapping: own, name }: Machine): SystolicMapping {
  if (own.kind === "systolic") return own;
  throw new TypeError(`${name} describes no systolic array`);
}

function planProduct(plan: Actions, region: Region, context: MappingContext): Schedule {
  const { head, tail } = region;
  const { machine, placement, widthsOf } = context;
  const array = arrayOf(machine);
  const gemm = productOf(head);
  const { weight, input } = widthsOf(head);
  const { output } = widthsOf(tail.at(-1) ?? head);
  const sumBits = array.accumulatorBits ?? accumulatorBits(bitsOfWidth(weight), bitsOfWidth(input), gemm.K);
  const weightHome = head.kind === "layer" ? placement.weights : placement.activations;
  const counts = mapSystolic({
    gemm,
    elements: gemm.elements,
    array,
    dataflow: array.dataflow,
    bits: {
      input: bitsOfWidth(input),
      weight: bitsOfWidth(weight),
      partialSum: sumBits,
      output: bitsOfWidth(output),
    },
    buffers: buffersOf(context, weightHome),
    bandwidth: bandwidthOf(machine, placement.activations),
    doubleBuffered: array.doubleBuffer,
  });
  const { buffers, mainMemory, folds, schedule } = counts;
  const weightCause = head.kind === "layer" ? "weights" : "activations";
  plan.mac(head, { weight, input });
  const foldsText = `${folds.rowFolds} × ${folds.colFolds} folds`;
  fetch(
    plan,
    head,
    weightHome,
    mainMemory.weightReads,
    weight,
    weightCause,
    `weights, ${counts.plan.loads.weight} × from main memory`,
  );
  fetch(
    plan,
    head,
    placement.activations,
    mainMemory.inputReads,
    input,
    "activations",
    `input, ${counts.plan.loads.input} × from main memory`,
  );
  plan.move(head, weightHome, "read", buffers.weightReads, weight, weightCause, `weights into the array, ${foldsText}`);
  plan.move(
    head,
    placement.activations,
    "read",
    buffers.inputReads,
    input,
    "activations",
    `input into the array, ${foldsText}`,
  );
  const sums = placement.partialSums;
  plan.move(
    head,
    sums,
    "read",
    buffers.partialSumReads,
    sumBits,
    "partial sums",
    `partial sums, ${folds.rowFolds} row folds`,
  );
  plan.move(
    head,
    sums,
    "write",
    buffers.partialSumWrites - buffers.finishedWrites,
    sumBits,
    "partial sums",
    `partial sums, ${folds.rowFolds} row folds`,
  );
  plan.move(head, placement.activations, "write", buffers.finishedWrites, output, "activations", "finished outputs");
  tailActions(plan, region, { result: "forward" });
  const timing: Timing = {
    latencyCycles: schedule.latencyCycles,
    busy: [
      { unit: "array", cycles: schedule.computeCycles, state: "active" },
      { unit: "array", cycles: schedule.stallCycles, state: "stalled" },
    ],
    utilisation: (gemm.K * gemm.M * gemm.T * gemm.groups) / (schedule.latencyCycles * array.rows * array.cols),
    binding: counts.binding,
  };
  return {
    nodes: [head, ...tail],
    actions: plan.actions,
    unmodelled: plan.unmodelled,
    timing,
    choices: {
      product: `K ${gemm.K} · M ${gemm.M} · T ${gemm.T}${gemm.groups > 1 ? ` · ${gemm.groups} groups` : ""}`,
      folds: folds.folds,
      passes: counts.plan.passes,
    },
  };
}

/** One buffer for all three tensors, or one each; a memory without a stated size is as large as needed. */
function buffersOf({ placement, machine }: MappingContext, weightHome: Memory): Buffers {
  const bits = (memory: Memory) => (memory.sizeBytes === undefined ? undefined : memory.sizeBytes * memory.count * 8);
  const { activations, partialSums } = placement;
  // Without main memory there is nowhere to spill to: the model's footprint is what says whether it fits.
  if (behind(machine, activations).length === 0) return {};
  const [weight, input, output] = [weightHome, activations, partialSums].map(bits);
  if (weightHome === activations && partialSums === activations) return input === undefined ? {} : { shared: input };
  return {
    ...(weight !== undefined && { weight }),
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
  };
}

function bandwidthOf(machine: Machine, home: Memory) {
  const main = machine.components.filter(isMemory).find(({ name }) => name === behind(machine, home).at(-1)?.name);
  const mainMemory = main?.bandwidthBits?.read;
  const buffers = home.bandwidthBits?.read;
  return { ...(mainMemory !== undefined && { mainMemory }), ...(buffers !== undefined && { buffers }) };
}
