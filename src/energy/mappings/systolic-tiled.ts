/**
 * @file Systolic arrays with tiles found by search: how the product is cut, and in which order the tiles come, decides
 * how often each tensor comes from main memory. The cheapest tiling at the machine's own prices per bit is taken.
 */

import { behind, type Machine, type Memory, priceOf } from "../../machines/index.ts";
import { Actions } from "../actions.ts";
import { type MappingContext, mapping, type Region } from "../mapping.ts";
import type { Cause, Schedule } from "../schedule.ts";
import { type BitCost, type Moved, searchTiling, type Tiling } from "../systolic/index.ts";
import { arrayProduct } from "./array-product.ts";
import { systolic } from "./systolic.ts";
import { tailActions } from "./tail.ts";

export const systolicTiled = mapping({
  id: "systolic-tiled",
  title: "a systolic array, tiles and their order found by search, the cheapest at the machine's prices",
  prices: "everything",
  plan(region, context) {
    return region.head.kind === "stream" ? systolic.plan(region, context) : planProduct(region, context);
  },
});

function planProduct(region: Region, context: MappingContext): Schedule {
  const { head, tail } = region;
  const { machine } = context;
  const plan = new Actions(context);
  const { gemm, array, widths, bits, homes, buffers, main } = arrayProduct(region, context);
  const bitCost = (memory: Memory): BitCost => ({
    read: priceOf(machine, memory, "read").energy.mid,
    write: priceOf(machine, memory, "write").energy.mid,
  });
  const tiling = searchTiling({
    gemm,
    elements: gemm.elements,
    array,
    dataflow: array.dataflow,
    bits,
    buffers,
    doubleBuffered: array.doubleBuffer,
    cost: {
      mainMemory: main === undefined ? { read: 0, write: 0 } : throughAll(machine, homes.input, bitCost),
      buffer: { input: bitCost(homes.input), weight: bitCost(homes.weight), output: bitCost(homes.sums) },
    },
    ...(main?.bandwidthBits && { bandwidth: main.bandwidthBits.read }),
  });
  plan.mac(head, widths);
  const rule = ruleOf(tiling);
  const move = (memory: Memory | undefined, { reads, writes }: Moved, cause: Cause, what: string) => {
    if (memory === undefined) return;
    // in bits already
    plan.move(head, memory, "read", reads, 1, cause, `${what}, ${rule}`);
    plan.move(head, memory, "write", writes, 1, cause, `${what}, ${rule}`);
  };
  const { mainMemory, buffers: fed } = tiling.traffic;
  // What lies between passes everything on: written from one side, read from the other.
  const pass = (home: Memory, { reads, writes }: Moved, cause: Cause, what: string) => {
    const moved = reads + writes;
    for (const memory of behind(machine, home).slice(0, -1)) move(memory, { reads: moved, writes: moved }, cause, what);
  };
  const weightCause = head.kind === "layer" ? "weights" : "activations";
  move(main, mainMemory.weight, weightCause, "weights");
  move(main, mainMemory.input, "activations", "input");
  move(main, mainMemory.output, "activations", "output");
  pass(homes.weight, mainMemory.weight, weightCause, "weights");
  pass(homes.input, mainMemory.input, "activations", "input");
  pass(homes.input, mainMemory.output, "activations", "output");
  move(homes.weight, fed.weight, weightCause, "weights");
  move(homes.input, fed.input, "activations", "input");
  move(homes.sums, fed.output, "partial sums", "sums");
  tailActions(plan, region, { result: "done" });
  const { latency, tile } = tiling;
  return {
    nodes: [head, ...tail],
    actions: plan.actions,
    unmodelled: plan.unmodelled,
    timing: {
      latencyCycles: latency.latencyCycles,
      busy: [
        { unit: "array", cycles: latency.computeCycles, state: "active" },
        { unit: "array", cycles: latency.stallCycles, state: "stalled" },
      ],
      utilisation: head.macs / (latency.latencyCycles * array.rows * array.cols),
      binding: tiling.binding,
    },
    choices: { tile: `K ${tile.K} · M ${tile.M} · T ${tile.T}`, order: tiling.order.join(" ") },
  };
}

const ruleOf = ({ tile, order }: Tiling): string =>
  `tiles K ${tile.K} · M ${tile.M} · T ${tile.T}, order ${order.join(" ")}`;

/** A bit from or to main memory passes every memory between, where it is written once and read once. */
function throughAll(machine: Machine, home: Memory, bitCost: (memory: Memory) => BitCost): BitCost {
  const chain = behind(machine, home);
  const between = chain.slice(0, -1).reduce((sum, memory) => sum + bitCost(memory).read + bitCost(memory).write, 0);
  const { read, write } = bitCost(chain.at(-1)!);
  return { read: read + between, write: write + between };
}
