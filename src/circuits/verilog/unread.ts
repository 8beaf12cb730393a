/** @file Which bits of which signals no expression of a module reads. */

import { operands } from "./check-module.ts";
import type { Expression, Signal } from "./expression.ts";
import type { Module } from "./module.ts";

export interface UnreadBits {
  readonly signal: Signal;
  readonly high: number;
  readonly low: number;
}

/** Runs of unread bits, in the order of declaration; clocks count as read where there is a register. */
export function unreadBits(module: Module): UnreadBits[] {
  const read = readMasks(module);
  const found: UnreadBits[] = [];
  for (const signal of module.signals) {
    if (signal.role === "output" || signal.name === module.clocking?.clock) continue;
    if (signal.name === module.clocking?.reset?.name && module.items.some(hasReset)) continue;
    const mask = read.get(signal) ?? 0n;
    for (let low = 0; low < signal.width; low++) {
      if (isSet(mask, low)) continue;
      let high = low;
      while (high + 1 < signal.width && !isSet(mask, high + 1)) high++;
      found.push({ signal, high, low });
      low = high;
    }
  }
  return found;
}

const isSet = (mask: bigint, index: number): boolean => ((mask >> BigInt(index)) & 1n) === 1n;

const hasReset = (item: Module["items"][number]): boolean => item.kind === "register" && item.reset !== undefined;

function readMasks(module: Module): Map<Signal, bigint> {
  const masks = new Map<Signal, bigint>();
  const seen = new Set<Expression>();
  const stack = module.items.flatMap(expressionsOf);
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (e.kind === "signal") masks.set(e, (1n << BigInt(e.width)) - 1n);
    else if (e.kind === "slice" && e.a.kind === "signal") {
      const bits = ((1n << BigInt(e.width)) - 1n) << BigInt(e.low);
      masks.set(e.a, (masks.get(e.a) ?? 0n) | bits);
    } else if (!seen.has(e)) {
      seen.add(e);
      stack.push(...operands(e));
    }
  }
  return masks;
}

function expressionsOf(item: Module["items"][number]): Expression[] {
  if (item.kind === "wire") return [item.value];
  if (item.kind === "table") return [...item.inputs];
  if (item.kind === "register") return item.enable === undefined ? [item.next] : [item.next, item.enable];
  if (item.kind === "case") return [item.selector, item.otherwise, ...item.arms.map(({ value }) => value)];
  return [...item.inputs.values()];
}
