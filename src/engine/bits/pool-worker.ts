/** @file One thread of the pool: takes stretches of samples until none is left. */

import { parentPort, workerData } from "node:worker_threads";
import { type BitsCode, BitsEngine } from "./engine.ts";
import type { PoolRequest } from "./pool.ts";

const code = workerData as BitsCode;
const engine = BitsEngine.from(code);

parentPort!.on("message", async ({ samples, classes, next, stretch }: PoolRequest) => {
  const { features } = code.input;
  const bits = await engine;
  for (;;) {
    const first = Atomics.add(next, 0, 1) * stretch;
    if (first >= classes.length) break;
    const end = Math.min(first + stretch, classes.length);
    bits.classify(samples.subarray(first * features, end * features), classes.subarray(first, end));
  }
  parentPort!.postMessage("done");
});
