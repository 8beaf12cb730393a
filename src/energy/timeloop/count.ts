/**
 * @file Counts of a loop nest in Timeloop's terms: storage levels with the loops that run above what they hold, and
 * spatial loops below them. A tile of a tensor is filled again whenever a loop outside it moves it; spatial copies of the
 * same data are one read (multicast), and sums meet on their way up. [source: Timeloop's reports, which this returns]
 *
 * Reads of a level serve the level below or the multiplier; fills write what comes from above; updates write sums that
 * come from below. A sum that a level holds already is read before its update; one that leaves is not.
 */

import { fail } from "../../base/errors.ts";
import type { AffineMap, Loop } from "../../operators/index.ts";
import type { ProductMaps } from "../gemm.ts";
import type { TensorName } from "../systolic/index.ts";

export interface NestLevel {
  readonly name: string;
  readonly keeps: readonly TensorName[];
  /** Steps in time over the tiles of the level below, outermost first. */
  readonly temporal: readonly Loop[];
  /** Copies of everything below. */
  readonly spatial?: readonly Loop[];
}

export interface LevelCounts {
  readonly level: string;
  readonly tensor: TensorName;
  /** Elements that one instance holds. */
  readonly tile: number;
  readonly instances: number;
  /** Of one instance. */
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
}

export interface NestCounts {
  readonly macs: number;
  readonly cycles: number;
  /** Multipliers in use. */
  readonly lanes: number;
  readonly levels: readonly LevelCounts[];
}

/**
 * Counts of every level and tensor, outermost level first.
 * @throws FemtoError `energy.nest` where the outermost level does not keep a tensor
 */
export function countNest(levels: readonly NestLevel[], maps: ProductMaps): NestCounts {
  const all = levels.flatMap(({ temporal, spatial = [] }) => [...temporal, ...spatial]);
  const lanes = steps(levels.flatMap(({ spatial = [] }) => spatial));
  const macs = steps(all);
  const counts = (["weight", "input", "output"] as const).flatMap((tensor) =>
    tensor === "output" ? sumCounts(levels, maps[tensor]) : operandCounts(levels, tensor, maps[tensor]),
  );
  const order = new Map(levels.map(({ name }, i) => [name, i]));
  return {
    macs,
    cycles: macs / lanes,
    lanes,
    levels: counts.toSorted((a, b) => order.get(a.level)! - order.get(b.level)!),
  };
}

const steps = (loops: readonly Loop[]): number => loops.reduce((product, { size }) => product * size, 1);
const moves = (index: AffineMap, { name }: Loop): boolean => index.some((axis) => (axis[name] ?? 0) !== 0);

interface Keeper {
  readonly level: NestLevel;
  readonly tile: number;
  /** Times that its tile changes. */
  readonly visits: number;
  readonly instances: number;
  /** Spatial loops between this level and the next one below that keeps the tensor, or the multiplier. */
  readonly fanout: readonly Loop[];
}

/** The levels that keep a tensor, outermost first. */
function keepersOf(levels: readonly NestLevel[], tensor: TensorName, index: AffineMap): Keeper[] {
  const at = levels.flatMap(({ keeps }, i) => (keeps.includes(tensor) ? [i] : []));
  if (at[0] !== 0) {
    fail({
      code: "energy.nest",
      where: levels[0]?.name ?? "nest",
      message: `does not keep the ${tensor}, and it is outermost`,
    });
  }
  return at.map((i, k) => {
    const inside = levels.slice(i).flatMap(({ temporal, spatial = [] }) => [...temporal, ...spatial]);
    const above = levels.slice(0, i);
    return {
      level: levels[i]!,
      tile: footprint(index, inside),
      visits: changes(
        above.flatMap(({ temporal }) => temporal),
        index,
      ),
      instances: steps(above.flatMap(({ spatial = [] }) => spatial)),
      fanout: levels.slice(i, at[k + 1] ?? levels.length).flatMap(({ spatial = [] }) => spatial),
    };
  });
}

/** Elements under loops: along each axis, from the first to the last that an affine index reaches. */
function footprint(index: AffineMap, loops: readonly Loop[]): number {
  const span = (name: string) => loops.reduce((size, loop) => (loop.name === name ? size * loop.size : size), 1);
  return index.reduce(
    (elements, axis) =>
      elements * Object.entries(axis).reduce((extent, [name, step]) => extent + step * (span(name) - 1), 1),
    1,
  );
}

/** Steps of the loops outside a tile, less the innermost ones that do not move it. */
function changes(outside: readonly Loop[], index: AffineMap): number {
  const last = outside.findLastIndex((loop) => loop.size > 1 && moves(index, loop));
  return steps(outside.slice(0, last + 1));
}

/** Fills come from above; each serves all spatial copies that hold the same elements. */
function operandCounts(levels: readonly NestLevel[], tensor: TensorName, index: AffineMap): LevelCounts[] {
  const keepers = keepersOf(levels, tensor, index);
  const cycles = steps(levels.flatMap(({ temporal }) => temporal));
  return keepers.map(({ level, tile, visits, instances, fanout }, i) => {
    const below = keepers[i + 1];
    const taken = below === undefined ? cycles : below.tile * below.visits;
    const copies = steps(fanout.filter((loop) => moves(index, loop)));
    return {
      level: level.name,
      tensor,
      tile,
      instances,
      reads: taken * copies,
      fills: i === 0 ? 0 : tile * visits,
      updates: 0,
    };
  });
}

/** Sums come from below, one for all spatial copies that add to the same element. */
function sumCounts(levels: readonly NestLevel[], index: AffineMap): LevelCounts[] {
  const keepers = keepersOf(levels, "output", index);
  const cycles = steps(levels.flatMap(({ temporal }) => temporal));
  /** Elements that come back to a level after they left it unfinished, of one instance. */
  const returns = (keeper: Keeper, i: number) =>
    i === 0 ? 0 : keeper.tile * keeper.visits - keepers[0]!.tile / copiesAbove(keepers, i, index);
  return keepers.map((keeper, i) => {
    const { level, tile, visits, instances, fanout } = keeper;
    const below = keepers[i + 1];
    const copies = steps(fanout.filter((loop) => moves(index, loop)));
    const updates = (below === undefined ? cycles : below.tile * below.visits) * copies;
    const fills = returns(keeper, i);
    // what is here already, or came back, is read before it is added to; what goes down again is read too
    const added = updates - (tile * visits - fills);
    const sentDown = below === undefined ? 0 : returns(below, i + 1) * copies;
    return { level: level.name, tensor: "output" as const, tile, instances, reads: added + sentDown, fills, updates };
  });
}

/** Instances of a keeper that hold different outputs. */
const copiesAbove = (keepers: readonly Keeper[], i: number, index: AffineMap): number =>
  steps(keepers.slice(0, i).flatMap(({ fanout }) => fanout.filter((loop) => moves(index, loop))));
