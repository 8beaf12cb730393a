/**
 * @file Systolic arrays: folds, buffer traffic and main memory by capacity as `energy/systolic` counts them
 * (docs/mappings.md), paid by the machine's memories. Element-wise tails are done on the way out.
 */

import { Actions } from "../actions.ts";
import { type MappingContext, mapping, type Region } from "../mapping.ts";
import type { Schedule } from "../schedule.ts";
import { mapSystolic } from "../systolic/index.ts";
import { arrayOf, arrayProduct } from "./array-product.ts";
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
    if (head.kind !== "stream") return planProduct(plan, region, context);
    tailActions(plan, region);
    const timing = streamTiming(region, context, arrayOf(context.machine).cols);
    return { nodes: [head, ...tail], actions: plan.actions, unmodelled: plan.unmodelled, timing };
  },
});

function planProduct(plan: Actions, region: Region, context: MappingContext): Schedule {
  const { head, tail } = region;
  const { gemm, array, widths, bits, homes, buffers: room, main } = arrayProduct(region, context);
  const bandwidth = {
    ...(main?.bandwidthBits && { mainMemory: main.bandwidthBits.read }),
    ...(homes.input.bandwidthBits && { buffers: homes.input.bandwidthBits.read }),
  };
  const counts = mapSystolic({
    gemm,
    elements: gemm.elements,
    array,
    dataflow: array.dataflow,
    bits,
    buffers: room,
    bandwidth,
    doubleBuffered: array.doubleBuffer,
  });
  const { buffers, mainMemory, folds, schedule, roofline } = counts;
  const { loads } = counts.plan;
  const { weight, input, output, sum } = widths;
  const cause = head.kind === "layer" ? "weights" : "activations";
  const into = `into the array, ${folds.rowFolds} × ${folds.colFolds} folds`;
  const sums = `partial sums, ${folds.rowFolds} row folds`;
  const unfinished = buffers.partialSumWrites - buffers.finishedWrites;
  plan.mac(head, { weight, input });
  fetch(plan, head, homes.weight, mainMemory.weightReads, weight, cause, `weights, ${loads.weight} × from main memory`);
  fetch(
    plan,
    head,
    homes.input,
    mainMemory.inputReads,
    input,
    "activations",
    `input, ${loads.input} × from main memory`,
  );
  plan.move(head, homes.weight, "read", buffers.weightReads, weight, cause, `weights ${into}`);
  plan.move(head, homes.input, "read", buffers.inputReads, input, "activations", `input ${into}`);
  plan.move(head, homes.sums, "read", buffers.partialSumReads, sum, "partial sums", sums);
  plan.move(head, homes.sums, "write", unfinished, sum, "partial sums", sums);
  plan.move(head, homes.input, "write", buffers.finishedWrites, output, "activations", "finished outputs");
  tailActions(plan, region, { result: "forward" });
  return {
    nodes: [head, ...tail],
    actions: plan.actions,
    unmodelled: plan.unmodelled,
    timing: {
      latencyCycles: schedule.latencyCycles,
      busy: [
        { unit: "array", cycles: schedule.computeCycles, state: "active" },
        { unit: "array", cycles: schedule.stallCycles, state: "stalled" },
      ],
      utilisation: head.macs / (schedule.latencyCycles * array.rows * array.cols),
      binding: counts.binding,
    },
    choices: {
      product: `K ${gemm.K} · M ${gemm.M} · T ${gemm.T}${gemm.groups > 1 ? ` · ${gemm.groups} groups` : ""}`,
      folds: folds.folds,
      passes: counts.plan.passes,
      "roofline cycles": Math.ceil(head.macs / roofline.attainableMacsPerCycle),
    },
  };
}
