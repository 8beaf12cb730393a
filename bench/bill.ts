/**
 * @file Times the bill of a network: counting its work, and pricing it under the mapping of each machine (searches
 * included, done once). Processor time, median of nine after one run that does not count.
 *
 *   node bench/run.mjs bill [model.onnx]
 */

import { bill, countWork, uniformWidths } from "../src/energy/index.ts";
import { loadMachine } from "../src/machines/index.ts";
import { readModelFile } from "../src/onnx/index.ts";
import { median, takeTurns } from "./timing.ts";

const golden = new URL("../golden/zigzag/workload/resnet18.onnx", import.meta.url).pathname;
const model = readModelFile(process.argv[3] ?? golden, { weights: "absent" });
const counts = countWork(model);
const widths = uniformWidths(counts.layers, 8);
const machines = ["horowitz-45nm-sram32k", "lpddr4-edge", "isaac-like", "ascend-like", "eyeriss-65nm"];

console.log(`${counts.nodes.length} nodes, ${counts.layers.length} layers`);
console.log(["machine", "mapping", "first ms", "count ms", "bill ms"].map((name) => name.padStart(22)).join(""));
for (const name of machines) {
  const machine = loadMachine(name);
  const price = () => bill(counts, machine, widths, { mapping: machine.mapping.kind });
  const start = process.cpuUsage();
  price();
  const { user, system } = process.cpuUsage(start);
  const times = await takeTurns({ count: async () => countWork(model), bill: async () => price() }, 9);
  const cells = [name, machine.mapping.kind, ((user + system) / 1000).toFixed(0)];
  console.log(
    [...cells, median(times.count).toFixed(1), median(times.bill).toFixed(1)].map((cell) => cell.padStart(22)).join(""),
  );
}
