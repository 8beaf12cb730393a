/**
 * @file What a training step of a lookup-table network costs, by how its first layer is wired: 2000 + 1000 tables of six
 * inputs on MNIST-sized images, looped as training runs it, one thread, taking turns. About two minutes.
 *
 *   npm run bench dwn-step
 */

import { Rng } from "../src/base/rng.ts";
import { tensor } from "../src/base/tensor.ts";
import { OrtEngine, runtimeVersion } from "../src/engine/index.ts";
import { fitEncoder } from "../src/methods/dwn/encoder.ts";
import { layOut } from "../src/methods/dwn/layout.ts";
import { dwnOptions } from "../src/methods/dwn/options.ts";
import { planStep } from "../src/methods/dwn/plan.ts";
import { planBatches } from "../src/training/index.ts";
import { openLooped } from "./resident-step.ts";
import { median, takeTurns } from "./timing.ts";

const BATCH = 100;
const STEPS = 5;
const ROUNDS = 7;
const EXAMPLES = 2000;

/** Blobs in the middle of a dark image: about a thousand bits take part, as on MNIST. */
function images() {
  const rng = new Rng(1, "bench");
  const pixels = Uint8Array.from({ length: EXAMPLES * 784 }, (_, i) => {
    const [row, column] = [Math.floor((i % 784) / 28), i % 28];
    const isInside = Math.abs(row - 13.5) < 10 && Math.abs(column - 13.5) < 9;
    return isInside && rng.uniform() < 0.6 ? rng.below(256) : 0;
  });
  const labels = Array.from({ length: EXAMPLES }, () => rng.below(10));
  return {
    inputs: tensor("uint8", [EXAMPLES, 1, 28, 28], pixels),
    labels: tensor("int64", [EXAMPLES], labels),
    normalisation: { scale: 1 / 255, mean: [0.13], std: [0.31] },
  };
}

const wirings = {
  random: { mapping: "random" },
  "16 candidates": { candidates: 16 },
  "64 candidates": {},
  "256 candidates": { candidates: 256 },
  "every bit": { candidates: null },
  "64, two inputs": { inputs: 2 },
  "64, four inputs": { inputs: 4 },
} as const;

const data = images();
const engine = new OrtEngine();
const tasks: Record<string, () => Promise<unknown>> = {};
const sizes: Record<string, number> = {};
for (const [name, own] of Object.entries(wirings)) {
  const options = dwnOptions.parse({ batchSize: BATCH, ...own });
  const layout = layOut(fitEncoder(data, options), 10, 1, options);
  const batches = planBatches(data, BATCH);
  const run = await openLooped(engine, planStep(layout, batches, 1), batches, BATCH);
  sizes[name] = layout.layers[0]!.candidates?.width ?? 0;
  tasks[name] = () => run(STEPS);
}
console.log(
  `ONNX Runtime ${runtimeVersion()}, 1 thread, batch ${BATCH}, 2000 + 1000 tables; medians of processor time`,
);
const times = await takeTurns(tasks, ROUNDS);
console.log("first layer         candidates   ms a step   of 64 candidates");
const base = median(times["64 candidates"]!) / STEPS;
for (const name of Object.keys(wirings)) {
  const own = median(times[name]!) / STEPS;
  const cells = [
    name.padEnd(18),
    String(sizes[name]).padStart(11),
    own.toFixed(1).padStart(12),
    (own / base).toFixed(2).padStart(12),
  ];
  console.log(cells.join(""));
}
await engine.close();
