/**
 * @file What the Loop saves: K training steps in one `run` against K runs of one step, the same bits both ways, for a
 * network of two matrices and for LeNet-5. One thread, batch 64, taking turns. About twenty seconds.
 *
 *   npm run bench loop
 */

import { OrtEngine, runtimeVersion } from "../src/engine/index.ts";
import { floatOptions, plan } from "../src/methods/float/index.ts";
import { inferModel } from "../src/operators/index.ts";
import { planBatches } from "../src/training/index.ts";
import { lenet5, mlp } from "../src/zoo/index.ts";
import { openLooped, openSingle, randomExamples } from "./resident-step.ts";
import { median, medianRatio, takeTurns } from "./timing.ts";

const BATCH = 64;
const STEPS = 50;

console.log(`ONNX Runtime ${runtimeVersion()}, 1 thread, batch ${BATCH}, K = ${STEPS}; medians of processor time`);
console.log("network   single ms/step   looped ms/step   single / looped");
for (const [name, build] of Object.entries({ mlp, lenet5 })) {
  const model = build();
  inferModel(model);
  const batches = planBatches(randomExamples(model, 4 * BATCH, 10), BATCH);
  const planned = plan(model, batches, {}, floatOptions.parse({}));
  const engine = new OrtEngine();
  const runLooped = await openLooped(engine, planned, batches, BATCH);
  const runSingle = await openSingle(engine, planned, batches, BATCH);
  const tasks = { single: () => runSingle(STEPS), looped: () => runLooped(STEPS) };
  const { single, looped } = await takeTurns(tasks, 15);
  await engine.close();
  const cells = [
    name.padEnd(8),
    (median(single) / STEPS).toFixed(3).padStart(15),
    (median(looped) / STEPS).toFixed(3).padStart(16),
    medianRatio(single, looped).toFixed(2).padStart(17),
  ];
  console.log(cells.join(" "));
}
