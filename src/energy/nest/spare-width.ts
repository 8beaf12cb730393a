/**
 * @file Spare width: cycles of loading that move into the computation, where a port has width to spare. `least` are the
 * cycles of each load that cannot: the data without which the computation cannot begin, or end.
 */

export type SpareWidth = (loads: readonly number[], least: readonly number[], spare: number) => number[];

export const loadingRules = {
  /**
   * As ZigZag 3 counts: the longest load is shortened to its least, then the two longest together by what the second has
   * above its least, and so on. The longer ones may so fall below their least, even below zero. [source: ZigZag 3]
   */
  zigzag(loads, least, spare) {
    const rest = [...loads];
    const order = loads.map((_, index) => index).sort((a, b) => loads[b]! - loads[a]!);
    let left = spare;
    for (let i = 0; i < order.length && left > 0; i++) {
      const index = order[i]!;
      const taken = Math.min(loads[index]! - least[index]!, left / (i + 1));
      for (const other of order.slice(0, i + 1)) rest[other] = rest[other]! - taken;
      left -= taken * (i + 1);
    }
    return rest;
  },
  /** The longest loads are shortened together, none below its least. [reconstructed] */
  bounded(loads, least, spare) {
    const takenAbove = (top: number) =>
      loads.reduce((sum, load, i) => sum + Math.max(0, load - Math.max(top, least[i]!)), 0);
    const marks = [...new Set([...loads, ...least])].sort((a, b) => b - a);
    let top = marks[0] ?? 0;
    for (const mark of marks) {
      const [above, below] = [takenAbove(top), takenAbove(mark)];
      if (below > spare) {
        // between two marks the sum grows in proportion
        top -= ((top - mark) * (spare - above)) / (below - above);
        break;
      }
      top = mark;
    }
    return loads.map((load, i) => Math.min(load, Math.max(top, least[i]!)));
  },
} satisfies Record<string, SpareWidth>;

export type LoadingRule = keyof typeof loadingRules;
