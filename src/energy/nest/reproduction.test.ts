import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { NestArchitecture } from "./architecture.ts";
import { evaluateNest, type NestCost } from "./evaluate.ts";
import type { NestLayer } from "./layer.ts";
import { problemOf } from "./problem.ts";
import { searcherOn } from "./searcher.ts";
import type { Wanted } from "./unrolling.ts";
import {
  type GoldenRun,
  goldenFile,
  goldenRun,
  layerOf,
  mappingOf,
  readHardware,
  readWanted,
} from "./zigzag.fixture.ts";

/**
 * What no mapping avoids: every operand passes the outermost memory once, outputs finished. It and the MACs make up four
 * fifths of these totals, so the rest is what tells a right model from a wrong one.
 */
function compulsory(layer: NestLayer, architecture: NestArchitecture): number {
  const { memories } = architecture;
  const top = memories.at(-1)!;
  const width = top.ports[0]!.mostBits;
  const problem = problemOf(layer, architecture, {});
  const sizes = layer.loops.map(({ size }) => size);
  const mac = problem.macs * architecture.array.macEnergy;
  return problem.operands.reduce((sum, operand) => {
    const price = operand.operand === "output" ? top.writeEnergy : top.readEnergy;
    return sum + ((operand.elements(sizes) * operand.bits) / width) * price;
  }, mac);
}

const worst = (ratios: readonly number[]) => Math.max(...ratios.map((ratio) => Math.abs(ratio - 1)));
const ppm = (share: number) => `${(1e6 * share).toFixed(1)} ppm`;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const chips = ["tpu_like", "meta_prototype", "edge_tpu_like", "ascend_like"];

test.each(chips)("%s: total, layers, on-chip part and cycles as published, and as docs/nest.md says", (chip) => {
  const run = goldenRun(chip);
  const architecture = readHardware(goldenFile(run.hardware));
  const wanted = readWanted(goldenFile(run.mapping), "default");
  const search = searcherOn(architecture);
  const found = run.layers.map((golden) => {
    const layer = layerOf(golden);
    const { cost } = search(layer, wanted, { pieces: run.pieces });
    return { golden, cost, floor: compulsory(layer, architecture) };
  });
  const sum = (of: (entry: { golden: { energy: number; cycles: number }; cost: NestCost; floor: number }) => number) =>
    found.reduce((total, entry) => total + of(entry), 0);
  const energy = sum(({ cost }) => cost.energy.total) / run.energy;
  const layers = worst(found.map(({ cost, golden }) => cost.energy.total / golden.energy));
  const floor = sum((entry) => entry.floor);
  const onChip = (energy * run.energy - floor) / (run.energy - floor);
  const cycles = sum(({ cost }) => cost.time.cycles.total) / run.cycles;
  expect(Math.abs(energy - 1)).toBeLessThan(0.03);
  expect(layers).toBeLessThan(0.08);
  expect(Math.abs(onChip - 1)).toBeLessThan(0.1);
  expect(Math.abs(cycles - 1)).toBeLessThan(0.1);
  const page = readFileSync(new URL("../../../docs/nest.md", import.meta.url), "utf8");
  const row = [
    chip.replaceAll("_", "-"),
    `${(run.energy / 1e6).toFixed(1)} µJ`,
    ppm(energy - 1),
    ppm(layers),
    percent((run.energy - floor) / run.energy),
    ppm(onChip - 1),
    `${run.cycles.toFixed(1)}`,
    Math.abs(cycles - 1) < 1e-12 ? "0" : ppm(cycles - 1),
    percent(bounded(run, architecture, wanted) / run.cycles - 1),
  ];
  expect(page).toContain(`| ${row.join(" | ")} |`);
});

/** Cycles of the mappings that ZigZag chose, when no load falls below what must come first. */
const bounded = (run: GoldenRun, architecture: NestArchitecture, wanted: Wanted): number =>
  run.layers.reduce((sum, golden) => {
    const problem = problemOf(layerOf(golden), architecture, wanted);
    return sum + evaluateNest(problem, mappingOf(golden), { loading: "bounded" }).time.cycles.total;
  }, 0);
