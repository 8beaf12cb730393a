/**
 * @file Footprint: how many bytes a model needs to be stored, and how many to run, as the nodes are done one after the
 * other and every value is kept from when it is made until it is last read.
 */

import { isMemory, type Machine, type Memory } from "../machines/index.ts";
import type { Region } from "./mapping.ts";
import type { Counts, NodeCost, Operand } from "./node-cost.ts";
import { noRegions, regionsOf } from "./regions.ts";
import type { StoredWeights } from "./stored-weights.ts";
import type { NodeWidths } from "./value-widths.ts";
import { bitsOfWidth, type Width } from "./width.ts";

export interface Footprint {
  /** Weights and other constants, packed at their bit-widths. */
  readonly storedBytes: number;
  /** The most activations that are needed at the same time, packed. */
  readonly peakBytes: number;
  /** The node at which that is. */
  readonly peakAt: string;
}

export interface Fit {
  readonly what: string;
  readonly memory: string;
  readonly needsBytes: number;
  readonly hasBytes: number;
  readonly fits: boolean;
}

/**
 * `fuse: false`: values between a product and its element-wise tail are kept, too. `stored`: weights that are kept as indices and
 * a table.
 */
export function footprintOf(
  counts: Counts,
  widthsOf: (node: NodeCost) => NodeWidths,
  { fuse = true, stored }: { readonly fuse?: boolean; readonly stored?: StoredWeights | undefined } = {},
): Footprint {
  const regions = fuse ? regionsOf(counts.nodes, new Set(counts.outputs)) : noRegions(counts.nodes);
  const sizes = new Map<string, number>();
  const lastUse = new Map<string, number>();
  const constants = new Map<string, number>();
  const bytes = ({ elements }: Operand, width: Width) => Math.ceil((elements * bitsOfWidth(width)) / 8);
  const note = (operand: Operand, width: Width, place: number) => {
    if (operand.isConstant) {
      constants.set(`${operand.value}`, bytes(operand, width));
      return;
    }
    sizes.set(operand.value, Math.max(sizes.get(operand.value) ?? 0, bytes(operand, width)));
    lastUse.set(operand.value, place);
  };
  for (const [place, { head, tail }] of regions.entries()) {
    for (const node of [head, ...tail]) {
      const { weight, input } = widthsOf(node);
      const own = stored?.get(node.name);
      if (node.weight !== undefined) note(node.weight, own?.bits ?? weight, place);
      if (node.weight !== undefined && own !== undefined) {
        constants.set(`table of ${node.weight.value}`, Math.ceil(own.tableBits / 8));
      }
      for (const read of [node.input, ...node.reads]) if (read !== undefined) note(read, input, place);
    }
  }
  for (const value of counts.outputs) lastUse.set(value, regions.length);
  return { storedBytes: total(constants.values()), ...peakOf(regions, widthsOf, sizes, lastUse) };
}

function peakOf(
  regions: readonly Region[],
  widthsOf: (node: NodeCost) => NodeWidths,
  sizes: ReadonlyMap<string, number>,
  lastUse: ReadonlyMap<string, number>,
): Pick<Footprint, "peakBytes" | "peakAt"> {
  const made = new Set(regions.flatMap(({ head, tail }) => [head, ...tail].flatMap(writtenBy)));
  // What no node writes (the model's inputs) is there from the start.
  const live = new Map([...sizes].filter(([value]) => !made.has(value)));
  let peakBytes = total(live.values());
  let peakAt = "the inputs of the model";
  for (const [place, { head, tail }] of regions.entries()) {
    const last = tail.at(-1) ?? head;
    for (const { value, elements } of last.writes) {
      const own = Math.ceil((elements * bitsOfWidth(widthsOf(last).output)) / 8);
      live.set(value, Math.max(own, sizes.get(value) ?? 0));
    }
    const now = total(live.values());
    if (now > peakBytes) [peakBytes, peakAt] = [now, head.name];
    for (const value of live.keys()) if ((lastUse.get(value) ?? place) <= place) live.delete(value);
  }
  return { peakBytes, peakAt };
}

const writtenBy = ({ writes }: NodeCost): string[] => writes.map(({ value }) => value);

const total = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

/** Does the model fit the memories that hold its weights and activations? Memories without a stated size say nothing. */
export function fitsOf({ storedBytes, peakBytes }: Footprint, machine: Machine): Fit[] {
  const holders = (held: "weights" | "activations") =>
    machine.components.filter((component) => isMemory(component) && component.holds.includes(held)) as Memory[];
  const [weights, activations] = [holders("weights")[0], holders("activations")[0]];
  const needs =
    weights === activations
      ? [{ what: "weights and activations", memory: weights, needsBytes: storedBytes + peakBytes }]
      : [
          { what: "weights", memory: weights, needsBytes: storedBytes },
          { what: "activations", memory: activations, needsBytes: peakBytes },
        ];
  const homes = needs.flatMap(({ memory, ...need }) => (memory === undefined ? [] : [{ ...need, memory }]));
  return homes.flatMap(({ what, memory, needsBytes }): Fit[] => {
    if (memory.sizeBytes === undefined) return [];
    const hasBytes = memory.sizeBytes * memory.count;
    return [{ what, memory: memory.name, needsBytes, hasBytes, fits: needsBytes <= hasBytes }];
  });
}
