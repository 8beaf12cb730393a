/**
 * @file Row-stationary arrays (Eyeriss), counted as `energy/row-stationary` does: reads of main memory, buffer, network
 * and registers by the reuse formulas of Chen et al., ISCA 2016 [source]. As there, a value that is read at one level is
 * written into the next at no charge of its own.
 */

import {
  behind,
  type Holding,
  isMemory,
  type Machine,
  type MachineMapping,
  type Memory,
} from "../../machines/index.ts";
import { Actions } from "../actions.ts";
import { type MappingContext, mapping, type Region } from "../mapping.ts";
import {
  convOfNode,
  eyeriss,
  mapRowStationary,
  type RowStationaryCounts,
  type RowStationaryRequest,
  type RowStationaryTensor,
} from "../row-stationary/index.ts";
import type { Cause, Schedule } from "../schedule.ts";
import { bitsOfWidth, type Width } from "../width.ts";
import { accumulatorBits } from "./product.ts";
import { streamTiming } from "./stream-timing.ts";
import { tailActions } from "./tail.ts";

type Array = Extract<MachineMapping, { kind: "row-stationary" }>;

export const rowStationary = mapping({
  id: "row-stationary",
  title: "a row-stationary array: rows of filters stay in the elements, counted by Eyeriss' reuse formulas",
  prices: "everything",
  plan(region, context) {
    const { head, tail } = region;
    const plan = new Actions(context);
    if (head.kind !== "stream") return planProduct(plan, region, context);
    tailActions(plan, region);
    const timing = streamTiming(region, context, (context.machine.mapping as Array).cols);
    return { nodes: [head, ...tail], actions: plan.actions, unmodelled: plan.unmodelled, timing };
  },
});

function planProduct(plan: Actions, region: Region, context: MappingContext): Schedule {
  const { head, tail } = region;
  const { machine, placement, widthsOf } = context;
  const own = machine.mapping as Array;
  const { weight, input } = widthsOf(head);
  const { output } = widthsOf(tail.at(-1) ?? head);
  const shape = convOfNode(head);
  const terms = shape.C * shape.R * shape.S;
  const sumBits = own.accumulatorBits ?? accumulatorBits(bitsOfWidth(weight), bitsOfWidth(input), terms);
  const buffer = placement.activations;
  const room = buffer.sizeBytes === undefined ? eyeriss.bufferBits : buffer.sizeBytes * buffer.count * 8;
  const counts = search(machine, {
    shape,
    array: { ...eyeriss, rows: own.rows, cols: own.cols, bufferBits: room },
    bits: { input: bitsOfWidth(input), partialSum: sumBits },
  });
  plan.mac(head, { weight, input });
  const widths: Readonly<Record<RowStationaryTensor, Width>> = { input, weight, partialSum: sumBits };
  for (const tensor of ["input", "weight", "partialSum"] as const) {
    const { accesses, partialSumWrites, reuse } = counts;
    const { a, b, c, d } = reuse[tensor];
    const rule = `${tensor === "partialSum" ? "partial sums" : tensor}: a ${short(a)} · b ${short(b)} · c ${short(c)} · d ${short(d)}`;
    const cause = causeOf(tensor, head.kind === "layer");
    for (const [level, memory] of levelsOf(machine, tensor, context)) {
      const writes = tensor === "partialSum" ? partialSumWrites[level] : 0;
      const isResult = tensor === "partialSum" && level === "mainMemory";
      const width = isResult ? output : widths[tensor];
      plan.move(head, memory, "read", accesses[tensor][level] - writes, width, cause, rule);
      plan.move(head, memory, "write", writes, width, isResult ? "activations" : cause, rule);
    }
    const network = machine.components.find(({ class: kind }) => kind === "network");
    if (network !== undefined) {
      const count = accesses[tensor].network;
      plan.add(head, {
        component: network,
        verb: "transfer",
        count,
        operands: [widths[tensor]],
        cause: "network",
        rule,
      });
    }
  }
  tailActions(plan, region, { result: behind(machine, buffer).length > 0 ? "done" : "write" });
  return {
    nodes: [head, ...tail],
    actions: plan.actions,
    unmodelled: plan.unmodelled,
    timing: {
      latencyCycles: counts.cycles,
      busy: [{ unit: "array", cycles: counts.cycles, state: "active" }],
      utilisation: counts.utilisation,
      binding: "compute",
    },
    choices: Object.fromEntries(Object.entries(counts.parameters)),
  };
}

const short = (value: number): number => Number(value.toPrecision(3));

function causeOf(tensor: RowStationaryTensor, isLayer: boolean): Cause {
  if (tensor === "partialSum") return "partial sums";
  return tensor === "weight" && isLayer ? "weights" : "activations";
}

/** The memories of a tensor: weights that live in main memory pass the buffer by. */
function levelsOf(
  machine: Machine,
  tensor: RowStationaryTensor,
  { placement }: MappingContext,
): [level: "mainMemory" | "buffer" | "registers", memory: Memory][] {
  const held: Holding = tensor === "weight" ? "weights" : tensor === "input" ? "activations" : "partial sums";
  const home =
    tensor === "weight" ? placement.weights : tensor === "input" ? placement.activations : placement.partialSums;
  const registers = machine.components.filter(isMemory).filter(({ class: kind }) => kind === "registers");
  const file =
    registers.find(({ serves }) => serves.includes(held)) ?? registers.find(({ serves }) => serves.length === 0);
  // What main memory sends or takes passes every memory on its way; a buffer for other things is passed by.
  const onTheWay = behind(machine, home.class === "dram" ? (file ?? home) : home).filter(
    ({ class: kind, holds }) => kind === "dram" || holds.length === 0 || holds.includes(held),
  );
  const outside = home.class === "dram" ? [...onTheWay.filter((memory) => memory !== home), home] : onTheWay;
  return [
    ...outside.map((memory) => ["mainMemory", memory] as ["mainMemory", Memory]),
    ...(home.class === "dram" ? [] : [["buffer", home] as ["buffer", Memory]]),
    ...(file === undefined ? [] : [["registers", file] as ["registers", Memory]]),
  ];
}

/** Layers of the same shape and widths are searched once a machine. */
const searched = new WeakMap<Machine, Map<string, RowStationaryCounts>>();

function search(machine: Machine, request: RowStationaryRequest): RowStationaryCounts {
  const known = searched.get(machine) ?? new Map<string, RowStationaryCounts>();
  searched.set(machine, known);
  const key = JSON.stringify(request);
  const found = known.get(key) ?? mapRowStationary(request);
  known.set(key, found);
  return found;
}
