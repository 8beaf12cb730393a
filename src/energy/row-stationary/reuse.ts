/**
 * @file Reuse: how often a value is touched at each of four levels, after Chen et al., ISCA 2016, Table 2 and section 5
 * [source]. Of all uses a·b·c·d of a value, it is read a times from main memory, b times from the buffer for each of
 * those, goes c times over the network for each of those, and is read d times from the registers for each of those.
 */

export interface Reuse {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

export const levels = ["mainMemory", "buffer", "network", "registers"] as const;
export type Level = (typeof levels)[number];

/** Accesses of one value by level. */
export type LevelCounts = Readonly<Record<Level, number>>;

/** Reads of one input or weight: a, a·b, a·b·c, a·b·c·d. */
export const operandAccesses = ({ a, b, c, d }: Reuse): LevelCounts => ({
  mainMemory: a,
  buffer: a * b,
  network: a * b * c,
  registers: a * b * c * d,
});

/**
 * Reads and writes of one output that is the sum of a·b·c·d products: 2a − 1, 2a(b − 1), a·b(c − 1), 2a·b·c(d − 1). The
 * first write of a level needs no read before it; the network passes a sum on once per addition.
 */
export const partialSumAccesses = ({ a, b, c, d }: Reuse): LevelCounts => ({
  mainMemory: 2 * a - 1,
  buffer: 2 * a * (b - 1),
  network: a * b * (c - 1),
  registers: 2 * a * b * c * (d - 1),
});

/** Σ accesses × cost of one access of each level. */
export const weigh = (counts: LevelCounts, cost: LevelCounts): number =>
  levels.reduce((sum, level) => sum + counts[level] * cost[level], 0);
