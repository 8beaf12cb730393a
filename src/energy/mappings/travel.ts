/**
 * @file Travel of values between the memory next to the array and the memories behind it: what is read from one is
 * written into the next. Every region starts and ends in the outermost memory, as the published mappings do.
 */

import { behind, type Memory } from "../../machines/index.ts";
import type { Actions } from "../actions.ts";
import type { NodeCost } from "../node-cost.ts";
import type { Cause } from "../schedule.ts";
import type { Width } from "../width.ts";

/** From the outermost memory into `home`. Nothing where no memory stands behind it. */
export function fetch(
  plan: Actions,
  node: NodeCost,
  home: Memory,
  count: number,
  width: Width,
  cause: Cause,
  rule: string,
): void {
  const chain = [home, ...behind(plan.context.machine, home)];
  for (const [i, memory] of chain.entries()) {
    if (i > 0) plan.move(node, memory, "read", count, width, cause, rule);
    if (i < chain.length - 1) plan.move(node, memory, "write", count, width, cause, rule);
  }
}

/** From `home` out to the outermost memory; what is in `home` was written there by whoever made it. */
export function store(
  plan: Actions,
  node: NodeCost,
  home: Memory,
  count: number,
  width: Width,
  cause: Cause,
  rule: string,
): void {
  const chain = [home, ...behind(plan.context.machine, home)];
  for (const [i, memory] of chain.entries()) {
    if (i < chain.length - 1) plan.move(node, memory, "read", count, width, cause, rule);
    if (i > 0) plan.move(node, memory, "write", count, width, cause, rule);
  }
}
