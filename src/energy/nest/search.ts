/**
 * @file Search: every different order of the loops' pieces is placed into the memories and evaluated; the best is kept.
 * [source: LOMA, Symons et al., AICAS 2021; 6 pieces at most, as ZigZag 3 does]
 */

import { fail } from "../../base/errors.ts";
import { type EvaluateOptions, evaluateNest, type NestCost, sumEnergy } from "./evaluate.ts";
import { type Nest, type NestMapping, nestFrom } from "./mapping.ts";
import { anyOrder, countOrderings, type OrderRule, orderings, type Piece, piecesOf } from "./orderings.ts";
import { placeLoops, type Shortage } from "./place-loops.ts";
import type { Problem } from "./problem.ts";
import { computationOf, timeOf } from "./time.ts";
import { trafficOf } from "./traffic.ts";
import { holdingsOf, transfersOf } from "./transfers.ts";

/** Of mappings that are equal in the first, the other decides. */
export const objectives = ["latency", "energy", "product"] as const;
export type Objective = (typeof objectives)[number];

export interface SearchOptions extends EvaluateOptions {
  readonly objective?: Objective;
  /** Pieces that the loops are cut into at most; the number of orders grows with its factorial. */
  readonly pieces?: number;
  readonly order?: OrderRule;
}

export interface Found {
  readonly mapping: NestMapping;
  readonly cost: NestCost;
  /** Orders that there are, and those that fit into the memories. */
  readonly orders: number;
  readonly fitting: number;
}

interface Candidate {
  readonly nest: Nest;
  readonly cuts: readonly (readonly number[])[];
  readonly pieces: readonly Piece[];
  readonly energy: number;
  readonly cycles: number;
}

/** Orders beyond which a search would not end in a sensible time. */
const MOST_ORDERS = 1e6;

/**
 * The best mapping of a layer in time.
 * @throws FemtoError `nest.none` where no order fits (naming the memory that comes closest, and what it lacks),
 * `nest.order`, `nest.port`, `nest.search`
 */
export function searchNest(problem: Problem, options: SearchOptions = {}): Found {
  const { pieces: limit = 6, order: rule = anyOrder } = options;
  const pieces = piecesOf(problem, limit, rule);
  refuseTooMany(problem, pieces);
  let best: Candidate | undefined;
  let closest: Shortage | undefined;
  let orders = 0;
  let fitting = 0;
  for (const order of orderings(problem, pieces, rule)) {
    orders++;
    const loops = order.map(({ loop }) => loop);
    const sizes = order.map(({ size }) => size);
    const placed = placeLoops(problem, loops, sizes);
    if ("shortage" in placed) {
      if (closest === undefined || excess(placed.shortage) < excess(closest)) closest = placed.shortage;
      continue;
    }
    fitting++;
    const nest = nestFrom(problem.operands, loops, sizes, (_, index) => placed.cuts[index]!);
    best = better(problem, { nest, cuts: placed.cuts, pieces: [...order] }, options, best);
  }
  if (best === undefined) return refuseNone(problem, closest, orders);
  const mapping = mappingOf(problem, best);
  return { mapping, cost: evaluateNest(problem, mapping, options), orders, fitting };
}

/** The better of a nest and the best so far. What cannot win any more is not computed. */
function better(
  problem: Problem,
  found: Pick<Candidate, "nest" | "cuts" | "pieces">,
  { objective = "latency", loading }: SearchOptions,
  best: Candidate | undefined,
): Candidate | undefined {
  const { nest } = found;
  const exact = holdingsOf(problem, nest, "exact");
  const energyOfNest = () => {
    const traffic = trafficOf(problem, transfersOf(problem, nest, exact, "exact"));
    return sumEnergy(traffic, problem.macs, problem.architecture).total;
  };
  if (objective === "energy") {
    const energy = energyOfNest();
    if (best !== undefined && energy > best.energy) return best;
    const { cycles } = timeOf(problem, computationOf(problem, nest, exact), loading);
    const isBetter = best === undefined || energy < best.energy || cycles.total < best.cycles;
    return isBetter ? { ...found, energy, cycles: cycles.total } : best;
  }
  const computation = computationOf(problem, nest, exact);
  const isLatency = objective === "latency";
  if (isLatency && best !== undefined && computation.computing + computation.stalled > best.cycles) return best;
  const cycles = timeOf(problem, computation, loading).cycles.total;
  if (isLatency && best !== undefined && cycles > best.cycles) return best;
  const energy = energyOfNest();
  const isBetter =
    best === undefined ||
    (isLatency ? cycles < best.cycles || energy < best.energy : cycles * energy < best.cycles * best.energy);
  return isBetter ? { ...found, energy, cycles } : best;
}

function mappingOf({ layer, operands }: Problem, { pieces, cuts }: Candidate): NestMapping {
  const held = { output: [] as readonly number[], weight: [] as readonly number[], input: [] as readonly number[] };
  for (const [index, { operand }] of operands.entries()) held[operand] = cuts[index]!;
  return { order: pieces.map(({ loop, size }) => ({ loop: layer.loops[loop]!.name, size })), held };
}

const excess = ({ neededBits, sizeBits }: Shortage): number => neededBits / sizeBits;

function refuseTooMany({ layer }: Problem, pieces: readonly Piece[]): void {
  const count = countOrderings(pieces);
  if (count <= MOST_ORDERS) return;
  fail({
    code: "nest.search",
    where: `layer ${layer.name}`,
    message: "there are too many orders to try",
    expected: `at most ${MOST_ORDERS}`,
    got: `${count} orders of ${pieces.length} pieces`,
    hint: "cut the loops into fewer pieces",
  });
}

function refuseNone({ layer, architecture }: Problem, closest: Shortage | undefined, orders: number): never {
  return fail({
    code: "nest.none",
    where: `layer ${layer.name} on ${architecture.name}`,
    message:
      closest === undefined
        ? "no order of its loops obeys the rule"
        : `no order of its loops fits: ${closest.memory} is too small for ${closest.operands.join(", ")}`,
    ...(closest === undefined
      ? {}
      : {
          expected: `at least ${closest.neededBits} bits in ${closest.memory}`,
          got: `${closest.sizeBits} bits, ${closest.neededBits - closest.sizeBits} too few (${orders} orders tried)`,
          hint: "unroll other loops, use fewer bits, or make the memory larger",
        }),
  });
}
