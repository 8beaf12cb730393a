import { describe, expect, test } from "vitest";
import { importZigzag } from "../../machines/import/zigzag.ts";
import { loadMachine } from "../../machines/index.ts";
import { readModelFile } from "../../onnx/index.ts";
import { countWork } from "../counts.ts";
import { isWrite } from "./architecture.ts";
import { nestLayerOf } from "./layer-of-node.ts";
import { nestOfMachine, paidBits } from "./of-machine.ts";
import { problemOf } from "./problem.ts";
import { searchNest } from "./search.ts";
import { searcherOn } from "./searcher.ts";
import { goldenFile, goldenRun, layerOf } from "./zigzag.fixture.ts";

const path = new URL("../../../golden/zigzag/workload/resnet18.onnx", import.meta.url).pathname;
const bits = { weight: 8, input: 8, output: 8, partial: 16 };

describe("ResNet-18 from its file, on the machines that Femto brings along", () => {
  const { layers } = countWork(readModelFile(path, { weights: "absent" }));

  test.each([
    ["tpu-like", "tpu_like"],
    ["meta-prototype-like", "meta_prototype"],
    ["edge-tpu-like", "edge_tpu_like"],
    ["ascend-like", "ascend_like"],
  ])("%s: the totals that ZigZag publishes", (machineName, golden) => {
    const run = goldenRun(golden);
    const machine = loadMachine(machineName);
    const { architecture } = nestOfMachine(machine, layers[0]!);
    const search = searcherOn(architecture);
    let [energy, cycles] = [0, 0];
    for (const node of layers) {
      const stored = run.layers.find(({ name }) => name === node.name)!;
      const layer = nestLayerOf(node, bits);
      if (typeof layer === "string") throw new Error(layer);
      const { wanted, order } = nestOfMachine(machine, node);
      const { cost } = search(layer, wanted, order === undefined ? {} : { order });
      expect(cost.time.cycles.total / stored.cycles).toBeCloseTo(1, 12);
      expect(cost.energy.total / stored.energy).toBeCloseTo(1, 4);
      energy += cost.energy.total;
      cycles += cost.time.cycles.total;
    }
    expect(layers).toHaveLength(run.layers.length);
    expect(energy / run.energy).toBeCloseTo(1, 5);
    expect(cycles / run.cycles).toBeCloseTo(1, 12);
  });
});

test("an imported machine whose ports differ in width pays per access, whatever the port", () => {
  const { text } = importZigzag(goldenFile("hardware/gemm_l1.yaml"), {
    nodeNm: 28,
    mapping: goldenFile("mapping/gemm_l1.yaml"),
  });
  const machine = loadMachine(text, "gemm_l1.yaml");
  const nest = nestOfMachine(machine, { name: "product", operator: "Gemm" });
  const run = goldenRun("gemm_l1");
  const problem = problemOf(layerOf(run.layers[0]!), nest.architecture, nest.wanted);
  const { cost } = searchNest(problem, { pieces: 3, order: nest.order! });
  expect(cost.energy.total).toBeCloseTo(511_349.76, 6);
  expect(cost.time.cycles.total).toBe(8191);
  const perBit = (memory: number, verb: string) => {
    const component = machine.components.find(({ name }) => name === nest.architecture.memories[memory]!.name)!;
    return component.prices.find((price) => price.verb === verb)!.energy.mid;
  };
  const paid = cost.traffic.reduce(
    (sum, row) => sum + paidBits(row, nest) * perBit(row.memory, isWrite(row.move) ? "write" : "read"),
    cost.energy.mac,
  );
  expect(paid).toBeCloseTo(511_349.76, 6);
});
