/** @file Mappings that search: the published totals of loop nests through the bill, and Eyeriss in joules and in ratios. */

import { describe, expect, test } from "vitest";
import { loadMachine } from "../machines/index.ts";
import { readModelFile } from "../onnx/index.ts";
import { zoo } from "../zoo/index.ts";
import { bill, countWork, uniformWidths } from "./index.ts";

describe("ZigZag's ResNet-18, priced as any model is", () => {
  const path = new URL("../../golden/zigzag/workload/resnet18.onnx", import.meta.url).pathname;
  const counts = countWork(readModelFile(path, { weights: "absent" }));
  const widths = uniformWidths(counts.layers, 8);

  // README of the repository's tests: energy without unit, cycles (golden/zigzag/SOURCE.md)
  test.each([
    ["ascend-like", 1940385435.76, 3032311.0],
    ["edge-tpu-like", 1903229377.55, 2887804.5],
    ["tpu-like", 1871436380.66, 3703960.5],
    ["meta-prototype-like", 1863284164.16, 2700449.66],
  ])("%s: total within 3 %%, cycles within 10 %%", (name, energy, cycles) => {
    const made = bill(counts, loadMachine(name), widths);
    expect(Math.abs(made.total.mid / energy - 1)).toBeLessThan(0.03);
    expect(Math.abs(made.latency!.cycles / cycles - 1)).toBeLessThan(0.1);
    const ofCauses = Object.values(made.byCause).reduce((sum, { mid }) => sum + mid, 0);
    expect(Math.abs(ofCauses / made.total.mid - 1)).toBeLessThan(1e-12);
    // what one layer is made of can be read: order of loops, and what the time is bound by
    expect(made.rows[0]!.choices.order).toMatch(/^\w+ \d+( · \w+ \d+)*$/);
    expect(made.rows.filter(({ macs }) => macs > 0).every(({ timing }) => timing!.binding !== "")).toBe(true);
  });
});

describe("row-stationary", () => {
  const counts = countWork(zoo.resnet8({}), { N: 1 });
  const made = bill(counts, loadMachine("eyeriss-65nm"), uniformWidths(counts.layers, 8));

  test("registers are paid by what passes through them; weights pass the buffer by", () => {
    const paid = (cause: string) =>
      new Set(made.rows.flatMap(({ terms }) => terms.filter((term) => term.cause === cause).map(({ price }) => price)));
    expect(paid("weights")).toEqual(new Set(["weights_spad.read", "dram.read"]));
    expect(paid("partial sums")).toEqual(
      new Set(["psum_spad.read", "psum_spad.write", "shared_glb.read", "shared_glb.write"]),
    );
  });

  test("a memory between buffer and main memory passes on all that comes and goes", () => {
    const { text } = loadMachine("eyeriss-65nm");
    const middle = `  - name: cache
    class: sram
    size: 1 MB
    backs: [shared_glb, weights_spad]
    prices:
      - { verb: read, value: 40, unit: pJ, bits: 64, source: accelergy }
      - { verb: write, value: 40, unit: pJ, bits: 64, source: accelergy }
  - name: dram
`;
    const deep = text
      .replace("  - name: dram\n", middle)
      .replace(
        "backs: [shared_glb, weights_spad]\n    prices:\n      - { verb: read, value: 512",
        "backs: [cache]\n    prices:\n      - { verb: read, value: 512",
      );
    const { rows } = bill(counts, loadMachine(deep, "deep.yaml"), uniformWidths(counts.layers, 8));
    const paid = (price: string) =>
      rows
        .filter(({ macs }) => macs > 0)
        .flatMap(({ terms }) => terms.filter((term) => term.price === price && /: a /.test(term.chain.rule)))
        .reduce((sum, { quantity }) => sum + quantity, 0);
    expect(paid("dram.read")).toBeGreaterThan(0);
    expect(paid("cache.read")).toBe(paid("dram.read"));
    expect(paid("cache.write")).toBe(paid("dram.write"));
  });

  test("values come from main memory and results return to it", () => {
    const dram = made.rows.flatMap(({ terms }) => terms.filter(({ price }) => price.startsWith("dram.")));
    expect(new Set(dram.map(({ cause, price }) => `${cause} ${price}`))).toEqual(
      new Set(["weights dram.read", "activations dram.read", "activations dram.write"]),
    );
  });

  test("leakage follows the cycles", () => {
    const [row] = made.rows;
    expect(row!.byCause.leakage.mid).toBeGreaterThan(0);
    const machine = loadMachine("eyeriss-65nm");
    const leaking = machine.components.reduce(
      (sum, { staticPower, count }) => sum + count * (staticPower?.leakageMw?.mid ?? 0),
      0,
    );
    expect(row!.byCause.leakage.mid).toBeCloseTo((leaking * 1000 * row!.timing!.latencyCycles) / 200, 3);
  });

  test("a value is read as often as the chain a·b·c·d says", () => {
    const [row] = made.rows;
    const input = row!.terms.find(({ price }) => price === "ifmap_spad.read")!;
    expect(input.quantity).toBe(row!.macs * 8);
  });
});
