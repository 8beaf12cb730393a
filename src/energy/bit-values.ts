/** @file Values whose width their operator decides: bits of thermometers and tables, counts of ones. */

import type { NodeCost } from "./node-cost.ts";

/** Bits that are counted for one group, over all that the node counts: the last group may be shorter. */
export function groupsOf({ reads, writes }: Pick<NodeCost, "reads" | "writes">): {
  size: number;
  last: number;
  groups: number;
} {
  const [from, to] = [reads[0]?.dims ?? [], writes[0]?.dims ?? []];
  const axis = from.findIndex((dim, i) => dim !== to[i]);
  const [features, groups] = axis < 0 ? [1, 1] : [from[axis]!, to[axis]!];
  const size = Math.ceil(features / groups);
  return { size, last: Math.max(0, features - size * (groups - 1)), groups };
}

/** Bits that a number up to `count` takes. */
export const countBits = (count: number): number => Math.floor(Math.log2(Math.max(1, count))) + 1;

/** The width of what a node writes, where nothing that reads it has a say. */
export function ownWidth(node: NodeCost): number | undefined {
  if (node.operator === "femto.Thermometer" || node.operator === "femto.LutLayer") return 1;
  return node.operator === "femto.GroupSum" ? countBits(groupsOf(node).size) : undefined;
}
