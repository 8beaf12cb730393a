/**
 * @file Search of a tiling: every way to cut the two spatial axes, with the largest tile in time that fits (longer tiles
 * in time never cost more), in all orders of the loops over tiles. The best by cost-weighted traffic, or by latency.
 */

import { fail } from "../../../base/errors.ts";
import { checkLimits, checkPositive, checkWhole } from "../../check-sizes.ts";
import { checkGemm, type GemmShape, matrixElements, type TensorElements } from "../../gemm.ts";
import type { Buffers } from "../buffers.ts";
import { axesOf, type Dataflow, dataflows, type ElementBits, type SystolicArray, tensors } from "../dataflow.ts";
import { costOf, costWeights, type TrafficCost } from "./cost.ts";
import { type TiledLatency, tiledLatency } from "./latency.ts";
import { countsOf, fits, spatialTiles, type Tile, type TilingProblem, tileBits } from "./tile.ts";
import { factorsOf, type LoopOrder, loopOrders, type TiledTraffic, tensorBits, tiledTraffic } from "./traffic.ts";

export interface TilingRequest {
  readonly gemm: GemmShape;
  /** Distinct elements; by default those of full matrices. */
  readonly elements?: TensorElements;
  readonly array: SystolicArray;
  /** By default the best of all three. */
  readonly dataflow?: Dataflow;
  readonly bits: ElementBits;
  readonly buffers: Buffers;
  /** By default true. */
  readonly doubleBuffered?: boolean;
  readonly cost: TrafficCost;
  /** Bits per cycle of main memory; by default never a limit. */
  readonly bandwidth?: number;
  /** What is least; the other decides between equals. By default `cost`. */
  readonly objective?: "cost" | "latency";
}

/** What would have to grow for a better tiling. */
export type TilingBinding =
  | `${"input" | "weight" | "output" | "shared"} buffer`
  | "compulsory traffic"
  | "main memory bandwidth"
  | "compute";

export interface Tiling {
  readonly dataflow: Dataflow;
  readonly tile: Tile;
  readonly order: LoopOrder;
  readonly traffic: TiledTraffic;
  readonly latency: TiledLatency;
  /** Bits of each buffer that the tiles take, doubled where they are double-buffered. */
  readonly bufferBits: Readonly<Record<"input" | "weight" | "output", number>>;
  /** Σ bits × cost. */
  readonly cost: number;
  readonly binding: TilingBinding;
}

type Found = Omit<Tiling, "binding" | "bufferBits">;

/**
 * The best tiling of a product.
 * @throws FemtoError `energy.range` for sizes that are none, `energy.capacity` where not even single elements fit
 */
export function searchTiling(request: TilingRequest): Tiling {
  checkGemm(request.gemm);
  checkWhole(request.array.rows, "array rows");
  checkWhole(request.array.cols, "array columns");
  checkPositive({ ...request.bits }, "bits");
  checkLimits(request.buffers, "size");
  if (request.elements !== undefined) checkPositive({ ...request.elements }, "elements");
  if (request.bandwidth !== undefined) checkPositive({ "main memory": request.bandwidth }, "bandwidth");
  const { mainMemory, buffer } = request.cost;
  for (const cost of [mainMemory, ...("read" in buffer ? [buffer] : Object.values(buffer))]) checkLimits(cost, "cost");
  const found = best(request) ?? reject(request);
  return {
    ...found,
    bufferBits: tileBits(problemOf(request, found.dataflow), found.tile),
    binding: bindingOf(request, found),
  };
}

function problemOf(request: TilingRequest, dataflow: Dataflow): TilingProblem {
  const { gemm, array, bits, buffers, doubleBuffered = true } = request;
  const elements = request.elements ?? matrixElements(gemm);
  const full = matrixElements(gemm);
  const density = {
    input: elements.input / full.input,
    weight: elements.weight / full.weight,
    output: elements.output / full.output,
  };
  return { gemm, elements, array, dataflow, bits, buffers, doubleBuffered, density };
}

function best(request: TilingRequest): Found | undefined {
  const { bandwidth = Number.POSITIVE_INFINITY, objective = "cost", dataflow: only } = request;
  const isCost = objective === "cost";
  let found: Candidate | undefined;
  // main objective, then the other one
  let least: readonly [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const isBetter = (cost: number, latency: number) => {
    const [first, second] = isCost ? [cost, latency] : [latency, cost];
    return first < least[0] || (first === least[0] && second < least[1]);
  };
  for (const dataflow of only === undefined ? dataflows : [only]) {
    const problem = problemOf(request, dataflow);
    const weights = costWeights(problem, request.cost);
    const { held } = tensorBits(problem);
    for (const tile of tilesThatFit(problem, (whole) => {
      const factors = factorsOf(problem, countsOf(problem, whole), whole, ["M", "T", "K"]);
      const moved = held.input + held.weight + held.outputs;
      return isBetter(costOf(weights, { ...factors, ...once }), Math.max(factors.cycles, moved / bandwidth));
    })) {
      const counts = countsOf(problem, tile);
      for (const order of loopOrders) {
        const factors = factorsOf(problem, counts, tile, order);
        const cost = costOf(weights, factors);
        const moved =
          held.input * factors.inputLoads +
          held.weight * factors.weightLoads +
          held.sums * 2 * factors.spills +
          held.outputs;
        // the latency is at least this; most candidates are dismissed before it is worked out
        if (!isBetter(cost, Math.max(factors.cycles, moved / bandwidth))) continue;
        const { latencyCycles } = tiledLatency(problem, tile, order, bandwidth);
        if (!isBetter(cost, latencyCycles)) continue;
        least = isCost ? [cost, latencyCycles] : [latencyCycles, cost];
        found = { problem, tile, order, cost };
      }
    }
  }
  if (found === undefined) return undefined;
  const { problem, tile, order, cost } = found;
  return {
    dataflow: problem.dataflow,
    tile,
    order,
    traffic: tiledTraffic(problem, tile, order),
    latency: tiledLatency(problem, tile, order, bandwidth),
    cost,
  };
}

interface Candidate {
  readonly problem: TilingProblem;
  readonly tile: Tile;
  readonly order: LoopOrder;
  readonly cost: number;
}

/** What no tiling of given spatial tiles can do better than. */
const once = { inputLoads: 1, weightLoads: 1, spills: 0 };

/**
 * Tiles of the spatial axes, each with the longest tile in time that the buffers hold; those that are hopeless even with
 * all time in one tile are left out.
 */
function* tilesThatFit(problem: TilingProblem, isHopeful: (whole: Tile) => boolean): Generator<Tile> {
  const { gemm, array, dataflow } = problem;
  const { rows, cols, time } = axesOf[dataflow];
  const colTiles = spatialTiles(gemm[cols], array.cols);
  for (const row of spatialTiles(gemm[rows], array.rows)) {
    for (const col of colTiles) {
      const at = (size: number): Tile => {
        if (dataflow === "weight-stationary") return { K: row, M: col, T: size };
        return dataflow === "input-stationary" ? { K: row, T: col, M: size } : { T: row, M: col, K: size };
      };
      if (!isHopeful(at(gemm[time]))) continue;
      const longest = longestThatFits(gemm[time], (size) => fits(problem, at(size)));
      if (longest > 0) yield at(longest);
    }
  }
}

/** The whole axis, or else the largest equal part; 0 if not even a single step fits. */
function longestThatFits(extent: number, isHeld: (size: number) => boolean): number {
  if (isHeld(extent)) return extent;
  let [low, high] = [0, extent];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (isHeld(middle)) low = middle;
    else high = middle;
  }
  return low === 0 ? 0 : Math.ceil(extent / Math.ceil(extent / low));
}

/** The constraint whose removal helps most; if none does, what is left: traffic that must be, compute, or main memory. */
function bindingOf(request: TilingRequest, found: Found): TilingBinding {
  const { buffers, objective = "cost" } = request;
  const measure = (made: Found) => (objective === "cost" ? made.cost : made.latency.latencyCycles);
  const relaxed: [TilingBinding, Buffers][] =
    "shared" in buffers
      ? [["shared buffer", {}]]
      : tensors.flatMap((name) => {
          if (buffers[name] === undefined) return [];
          const { [name]: _, ...others } = buffers;
          return [[`${name} buffer`, others] as [TilingBinding, Buffers]];
        });
  let binding: TilingBinding | undefined;
  let least = measure(found);
  for (const [name, wider] of relaxed) {
    const made = measure(best({ ...request, dataflow: found.dataflow, buffers: wider })!);
    if (made < least) [binding, least] = [name, made];
  }
  if (binding !== undefined) return binding;
  if (objective === "cost") return "compulsory traffic";
  return found.latency.stallCycles > 0 ? "main memory bandwidth" : "compute";
}

function reject(request: TilingRequest): never {
  const { buffers } = request;
  const problem = problemOf(request, request.dataflow ?? "output-stationary");
  const smallest = tileBits(problem, { K: 1, M: 1, T: 1 });
  const demands: [string, number, number][] =
    "shared" in buffers
      ? [["shared", smallest.input + smallest.weight + smallest.output, buffers.shared]]
      : tensors.map((name) => [name, smallest[name], buffers[name] ?? Number.POSITIVE_INFINITY]);
  const [name, needed, room] = demands.reduce((worst, next) =>
    next[1] - next[2] > worst[1] - worst[2] ? next : worst,
  );
  return fail({
    code: "energy.capacity",
    where: `${name} buffer`,
    message: "cannot hold a single element of a tile",
    expected: `at least ${needed} bits`,
    got: `${room} bits, ${needed - room} too few`,
  });
}
