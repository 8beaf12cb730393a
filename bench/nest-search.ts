/**
 * @file Times a network on the machines that are loop nests: reading and counting, the search of a mapping for every
 * layer (6 pieces, least latency), and the evaluation of all layers with the mappings found. Processor time, median of
 * five after one run that does not count; about a minute.
 *
 *   node bench/run.mjs nest-search [model.onnx]
 */

import { countWork } from "../src/energy/index.ts";
import { evaluateNest, nestLayerOf, nestOfMachine, problemOf, searcherOn } from "../src/energy/nest/index.ts";
import { listMachines, loadMachine } from "../src/machines/index.ts";
import { readModelFile } from "../src/onnx/index.ts";
import { median, takeTurns } from "./timing.ts";

const golden = new URL("../golden/zigzag/workload/resnet18.onnx", import.meta.url).pathname;
const path = process.argv[3] ?? golden;
const bits = { weight: 8, input: 8, output: 8, partial: 16 };

const count = () => countWork(readModelFile(path, { weights: "absent" })).layers;
const nodes = count();
console.log(
  ["machine", "layers", "distinct", "cycles", "µJ", "count ms", "search ms", "given ms"]
    .map((name, i) => name.padStart(i === 0 ? 20 : 12))
    .join(""),
);
for (const { name } of listMachines().filter(({ mapping }) => mapping === "nest")) {
  const machine = loadMachine(name);
  const layers = nodes.flatMap((node) => {
    const layer = nestLayerOf(node, bits);
    return typeof layer === "string" ? [] : [{ layer, ...nestOfMachine(machine, node) }];
  });
  const search = () => {
    const find = searcherOn(layers[0]!.architecture);
    return layers.map(({ layer, wanted }) => find(layer, wanted));
  };
  const found = search();
  const evaluate = () =>
    layers.map(({ layer, architecture, wanted }, i) =>
      evaluateNest(problemOf(layer, architecture, wanted), found[i]!.mapping),
    );
  const times = await takeTurns(
    { count: async () => count(), search: async () => search(), given: async () => evaluate() },
    5,
  );
  const total = (of: (entry: (typeof found)[number]) => number) => found.reduce((sum, entry) => sum + of(entry), 0);
  const cells = [
    layers.length,
    new Set(found).size,
    total(({ cost }) => cost.time.cycles.total).toFixed(0),
    (total(({ cost }) => cost.energy.total) / 1e6).toFixed(1),
    median(times.count).toFixed(0),
    median(times.search).toFixed(0),
    median(times.given).toFixed(1),
  ];
  console.log(name.padStart(20) + cells.map((cell) => String(cell).padStart(12)).join(""));
}
