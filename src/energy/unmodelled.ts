/** @file What a bill leaves out, by kind of operator: it makes the total a lower bound. */

import type { Unmodelled } from "./node-cost.ts";

/** Operators that are not priced, by kind. */
export interface UnmodelledKind {
  readonly operator: string;
  readonly nodes: number;
  readonly reason: string;
  /** Elementary operations, summed over the nodes. */
  readonly ops: Readonly<Record<string, number>>;
}

export function unmodelledKinds(unmodelled: readonly Unmodelled[]): UnmodelledKind[] {
  const kinds = new Map<string, { operator: string; nodes: number; reason: string; ops: Record<string, number> }>();
  for (const { operator, reason, ops } of unmodelled) {
    const key = `${operator}: ${reason}`;
    const kind = kinds.get(key) ?? { operator, nodes: 0, reason, ops: {} };
    kind.nodes++;
    for (const { op, count } of ops) kind.ops[op] = (kind.ops[op] ?? 0) + count;
    kinds.set(key, kind);
  }
  return [...kinds.values()];
}
