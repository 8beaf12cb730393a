/** @file Time of an element-wise region beside an array: `lanes` operations a cycle, or what main memory can deliver. */

import { behind } from "../../machines/index.ts";
import type { MappingContext, Region } from "../mapping.ts";
import type { Timing } from "../schedule.ts";
import { bitsOfWidth } from "../width.ts";

/** [reconstructed] One lane for each column of the array, as its outputs leave. */
export function streamTiming(
  { head, tail }: Region,
  { machine, placement, widthsOf }: MappingContext,
  lanes: number,
): Timing {
  const nodes = [head, ...tail];
  const operations = nodes.flatMap(({ ops }) => ops).reduce((sum, { count }) => sum + count, 0);
  const read = head.reads.reduce((sum, { elements }) => sum + elements * bitsOfWidth(widthsOf(head).input), 0);
  const written = (tail.at(-1) ?? head).writes.reduce(
    (sum, { elements }) => sum + elements * bitsOfWidth(widthsOf(head).output),
    0,
  );
  const bandwidth = behind(machine, placement.activations).at(-1)?.bandwidthBits?.read;
  const compute = Math.ceil(operations / lanes);
  const memory = bandwidth === undefined ? 0 : Math.ceil((read + written) / bandwidth);
  return {
    latencyCycles: Math.max(compute, memory),
    busy: [{ unit: "lanes", cycles: compute, state: "active" }],
    binding: memory > compute ? "main memory bandwidth" : "compute",
  };
}
