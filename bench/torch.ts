/**
 * @file Femto's float training step beside PyTorch's eager one: the same networks, batch 64, Adam, one thread, taking
 * turns in one session. PyTorch runs in a Python of your choice that has the package `torch`. About one minute.
 *
 *   npm run bench torch path/to/python
 */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { OrtEngine, runtimeVersion } from "../src/engine/index.ts";
import { floatOptions, plan } from "../src/methods/float/index.ts";
import { inferModel } from "../src/operators/index.ts";
import { planBatches } from "../src/training/index.ts";
import { cnn5, countModel, lenet5, resnet20 } from "../src/zoo/index.ts";
import { openLooped, randomExamples } from "./resident-step.ts";
import { median, medianRatio, processorTime } from "./timing.ts";

const BATCH = 64;
const ROUNDS = 15;
const networks = [
  { name: "lenet5", build: lenet5, steps: 10 },
  { name: "cnn5", build: cnn5, steps: 2 },
  { name: "resnet20", build: resnet20, steps: 1 },
] as const;

/** The Python process: one line asked, one line answered. */
function startPeer(python: string) {
  const script = fileURLToPath(new URL("./peers/torch_step.py", import.meta.url));
  const peer = spawn(python, ["-W", "ignore", script], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const answer = async () => String((await lines.next()).value);
  return {
    answer,
    async run(network: string, steps: number) {
      peer.stdin.write(`${network} ${steps}\n`);
      const [milliseconds, parameters] = (await answer()).split(" ").map(Number);
      return { milliseconds: milliseconds!, parameters: parameters! };
    },
    close: () => peer.stdin.end(),
  };
}

const peer = startPeer(process.argv[3] ?? "python3");
console.log(`ONNX Runtime ${runtimeVersion()}, PyTorch ${await peer.answer()}; 1 thread, batch ${BATCH}`);
console.log("Adam, float32; medians of processor time");
console.log("network    Femto ms/step   PyTorch ms/step   PyTorch / Femto");
for (const { name, build, steps } of networks) {
  const model = build();
  inferModel(model);
  const batches = planBatches(randomExamples(model, 4 * BATCH, 10), BATCH);
  const engine = new OrtEngine();
  const run = await openLooped(engine, plan(model, batches, {}, floatOptions.parse({})), batches, BATCH);
  const { parameters } = countModel(model, { N: 1 });
  const times = { femto: [] as number[], torch: [] as number[] };
  for (let round = -2; round < ROUNDS; round++) {
    const femto = await processorTime(() => run(steps));
    const torch = await peer.run(name, steps);
    if (torch.parameters !== parameters) throw new Error(`${name}: ${parameters} parameters, not ${torch.parameters}`);
    if (round < 0) continue;
    times.femto.push(femto / steps);
    times.torch.push(torch.milliseconds / steps);
  }
  await engine.close();
  const cells = [
    name.padEnd(10),
    median(times.femto).toFixed(2).padStart(13),
    median(times.torch).toFixed(2).padStart(17),
    medianRatio(times.torch, times.femto).toFixed(2).padStart(17),
  ];
  console.log(cells.join(" "));
}
peer.close();
