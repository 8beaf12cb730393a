/**
 * @file Regions: a product and the element-wise nodes behind it are done in one go, so that what lies between them is
 * never written to memory.
 */

import type { Region } from "./mapping.ts";
import type { NodeCost } from "./node-cost.ts";

export interface RegionRules {
  /** May others be done in the same go as this node? Products, unless a mapping says otherwise. */
  readonly leads?: (node: NodeCost) => boolean;
  /** May an element-wise node be done in the same go as the one before it? */
  readonly joins?: (node: NodeCost) => boolean;
}

/** Every node as a region of its own. */
export const noRegions = (nodes: readonly NodeCost[]): Region[] => nodes.map((head) => ({ head, tail: [] }));

/** Splits the nodes into regions, in the order of the graph. */
export function regionsOf(
  nodes: readonly NodeCost[],
  outputs: ReadonlySet<string>,
  { leads = ({ kind }) => kind !== "stream", joins = () => true }: RegionRules = {},
): Region[] {
  const readers = readersOf(nodes);
  const taken = new Set<NodeCost>();
  const regions: Region[] = [];
  for (const head of nodes) {
    if (taken.has(head)) continue;
    const tail: NodeCost[] = [];
    for (let last = head; leads(head); ) {
      const next = onlyReader(last, readers, outputs);
      if (next === undefined || taken.has(next) || !isElementWise(next, last) || !joins(next)) break;
      tail.push(next);
      taken.add(next);
      last = next;
    }
    regions.push({ head, tail });
  }
  return regions;
}

/** The nodes that read each value. */
export function readersOf(nodes: readonly NodeCost[]): ReadonlyMap<string, NodeCost[]> {
  const readers = new Map<string, NodeCost[]>();
  for (const node of nodes) {
    for (const { value } of readsOf(node)) readers.set(value, [...(readers.get(value) ?? []), node]);
  }
  return readers;
}

const readsOf = ({ input, weight, reads }: NodeCost) => [input, weight, ...reads].flatMap((read) => read ?? []);

/** The node that alone reads what a node writes; none where the value leaves the model. */
function onlyReader(
  { writes }: NodeCost,
  readers: ReadonlyMap<string, NodeCost[]>,
  outputs: ReadonlySet<string>,
): NodeCost | undefined {
  const [written, second] = writes;
  if (written === undefined || second !== undefined || outputs.has(written.value)) return undefined;
  const found = readers.get(written.value) ?? [];
  return found.length === 1 ? found[0] : undefined;
}

/** One element out for each element in, at the same place, so that it can be done on the way out. */
function isElementWise(node: NodeCost, before: NodeCost): boolean {
  const { value, elements } = before.writes[0]!;
  const own = node.reads.find((read) => read.value === value);
  const isInPlace = node.kind === "stream" && node.writes.length === 1 && own?.index !== undefined;
  return isInPlace && own.elements === elements && node.nY === elements;
}
