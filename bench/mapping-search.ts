/**
 * @file Times the search of a tiling for the layers of ResNet-50 on a 32 × 32 systolic array, all three dataflows, with
 * the constraint that binds. Processor time, median of five; about ten seconds.
 *
 *   node bench/run.mjs mapping-search
 */

import type { GemmShape } from "../src/energy/gemm.ts";
import { searchTiling, type TilingRequest } from "../src/energy/systolic/index.ts";
import { median, processorTime } from "./timing.ts";

const product = (K: number, M: number, T: number): GemmShape => ({ K, M, T, groups: 1 });

/** [width of the bottleneck, positions, channels that enter, positions before the stride]. */
const stages = [
  [64, 3136, 64, 3136],
  [128, 784, 256, 3136],
  [256, 196, 512, 784],
  [512, 49, 1024, 196],
] as const;
const layers = [
  product(147, 64, 12544),
  ...stages.flatMap(([width, T, enters, before]) => [
    product(enters, width, before),
    product(9 * width, width, T),
    product(width, 4 * width, T),
    product(enters, 4 * width, T),
    product(4 * width, width, T),
  ]),
  product(2048, 1000, 1),
];

const machines: Record<string, Pick<TilingRequest, "buffers">> = {
  unlimited: { buffers: {} },
  "256 KB shared": { buffers: { shared: 2 ** 21 } },
  "64 KB each": { buffers: { input: 2 ** 19, weight: 2 ** 19, output: 2 ** 19 } },
};

const common = {
  array: { rows: 32, cols: 32 },
  bits: { input: 8, weight: 8, partialSum: 32, output: 8 },
  cost: { mainMemory: { read: 8, write: 8 }, buffer: { read: 0.3, write: 0.3 } },
  bandwidth: 64,
};

console.log(
  "buffers".padEnd(16) +
    ["objective", "median ms", "longest ms", "all layers ms"].map((name) => name.padStart(14)).join(""),
);
for (const [name, machine] of Object.entries(machines)) {
  for (const objective of ["cost", "latency"] as const) {
    const times: number[] = [];
    for (const gemm of layers) {
      const run = async () => searchTiling({ ...common, ...machine, gemm, objective });
      const rounds: number[] = [];
      for (let round = 0; round < 5; round++) rounds.push(await processorTime(run));
      times.push(median(rounds));
    }
    const cells = [
      objective,
      ...[median(times), Math.max(...times), times.reduce((sum, time) => sum + time, 0)].map((time) => time.toFixed(1)),
    ];
    console.log(name.padEnd(16) + cells.map((cell) => cell.padStart(14)).join(""));
  }
}
