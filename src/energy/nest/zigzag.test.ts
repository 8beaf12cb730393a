import { describe, expect, test } from "vitest";
import { isWrite, type Move, type NestArchitecture } from "./architecture.ts";
import { evaluateNest, type NestCost } from "./evaluate.ts";
import { placeLoops } from "./place-loops.ts";
import { problemOf } from "./problem.ts";
import { searcherOn } from "./searcher.ts";
import { accessesOf } from "./traffic.ts";
import {
  type GoldenLayer,
  goldenFile,
  goldenOrders,
  goldenRun,
  layerOf,
  mappingOf,
  orderRuleOf,
  readHardware,
  readWanted,
} from "./zigzag.fixture.ts";

/** golden/zigzag/SOURCE.md: ResNet-18 on four chips, and one matrix product. */
const chips = ["tpu_like", "meta_prototype", "edge_tpu_like", "ascend_like", "edge_tpu_like_energy"];

const letter = { input: "I", weight: "W", output: "O" } as const;
const way: Record<Move, string> = { fill: "fh", feed: "tl", collect: "fl", drain: "th" };

/** Every access count, the energy to 12 digits, every cycle. */
function expectSame(cost: NestCost, golden: GoldenLayer, architecture: NestArchitecture): void {
  const counted: GoldenLayer["accesses"] = structuredClone(golden.accesses);
  for (const levels of Object.values(counted))
    for (const level of levels) level.fh = level.tl = level.fl = level.th = 0;
  let energy = cost.energy.mac;
  let oneMore = 0;
  for (const row of cost.traffic) {
    // ZigZag drops the part of the last access that is not of the full width; Femto bills it
    const accesses = Math.floor(accessesOf(row));
    const { readEnergy, writeEnergy } = architecture.memories[row.memory]!;
    const price = isWrite(row.move) ? writeEnergy : readEnergy;
    energy += accesses * price;
    oneMore += price;
    counted[letter[row.operand]]![row.level]![way[row.move]] = accesses;
  }
  expect(counted).toEqual(golden.accesses);
  expect(energy / golden.energy).toBeCloseTo(1, 12);
  expect(cost.energy.total).toBeGreaterThanOrEqual(energy * (1 - 1e-12));
  expect(cost.energy.total - energy).toBeLessThanOrEqual(oneMore);
  const { ideal, computing, stalled, onloading, offloading, total } = cost.time.cycles;
  expect({ ideal, computing, stalled, onloading, offloading, total }).toEqual({
    ideal: golden.idealCycles,
    computing: golden.temporalCycles,
    stalled: golden.stall,
    // ZigZag lets loading fall below zero (spare-width.ts)
    onloading: Math.max(0, golden.onload),
    offloading: Math.max(0, golden.offload),
    total: golden.cycles + Math.max(0, -golden.onload) + Math.max(0, -golden.offload),
  });
}

describe.each([...chips, "gemm_l1"])("%s", (chip) => {
  const run = goldenRun(chip);
  const architecture = readHardware(goldenFile(run.hardware));
  const problemFor = (layer: GoldenLayer) =>
    problemOf(layerOf(layer), architecture, readWanted(goldenFile(run.mapping), "default"));

  test.each(run.layers.map((layer) => [layer.name, layer] as const))(
    "the mapping that ZigZag chose, %s",
    (_, golden) => {
      expectSame(evaluateNest(problemFor(golden), mappingOf(golden)), golden, architecture);
    },
  );

  test("the search finds mappings that are as fast and as frugal", () => {
    let [energy, cycles] = [0, 0];
    const search = searcherOn(architecture);
    const wanted = readWanted(goldenFile(run.mapping), "default");
    const options = { objective: run.objective, pieces: run.pieces, order: orderRuleOf(goldenFile(run.mapping)) };
    for (const golden of run.layers) {
      const { cost } = search(layerOf(golden), wanted, options);
      expectSame(cost, golden, architecture);
      energy += cost.energy.total;
      cycles += cost.time.cycles.total;
    }
    expect(cycles / run.cycles).toBeCloseTo(1, 12);
    expect(energy / run.energy).toBeCloseTo(1, 5);
  });
});

describe("orders that nobody would choose", () => {
  const entries = goldenOrders();
  test.each([...new Set(entries.map(({ chip }) => chip))])("%s", (chip) => {
    const architecture = readHardware(goldenFile(`hardware/${chip}.yaml`));
    for (const { layer, order, fits, wanted } of entries.filter((entry) => entry.chip === chip)) {
      const problem = problemOf(layerOf(layer), architecture, wanted);
      const indices = order.map(([loop]) => problem.layer.loops.findIndex(({ name }) => name === loop));
      const placed = placeLoops(
        problem,
        indices,
        order.map(([, size]) => size),
      );
      expect("cuts" in placed).toBe(fits);
      if (!("cuts" in placed)) continue;
      const mapping = mappingOf(layer);
      expect(placed.cuts).toEqual(problem.operands.map(({ operand }) => mapping.held[operand]));
      expectSame(evaluateNest(problem, mapping), layer, architecture);
    }
  });
});
