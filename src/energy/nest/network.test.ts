import { describe, expect, test } from "vitest";
import { loadMachine } from "../../machines/index.ts";
import { readModelFile } from "../../onnx/index.ts";
import { countWork } from "../counts.ts";
import { nestLayerOf } from "./layer-of-node.ts";
import { nestOfMachine } from "./of-machine.ts";
import { searcherOn } from "./searcher.ts";
import { goldenRun } from "./zigzag.fixture.ts";

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
