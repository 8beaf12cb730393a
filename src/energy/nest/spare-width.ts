/** @file Spare width: cycles of loading that move into the computation, where a port has width to spare. */

/**
 * Takes up to `spare` cycles off the loads, the longest first, then the two longest together, and so on; step i takes
 * what load i has above its least (the data without which the computation cannot start).
 */
export function lessSpare(loads: readonly number[], least: readonly number[], spare: number): number[] {
  const rest = [...loads];
  const order = loads.map((_, index) => index).sort((a, b) => loads[b]! - loads[a]!);
  let left = spare;
  for (let i = 0; i < order.length && left > 0; i++) {
    const index = order[i]!;
    const wanted = loads[index]! - least[index]!;
    const taken = Math.min(wanted, left / (i + 1));
    for (const other of order.slice(0, i + 1)) rest[other] = rest[other]! - taken;
    left -= taken * (i + 1);
  }
  return rest;
}
