/**
 * @file How much slower the reference engine (plain loops, float64 inside) is than ONNX Runtime: inference of LeNet-5.
 * For information: the reference is there to be read and to be right. About ten seconds.
 *
 *   npm run bench engine
 */

import { Rng } from "../src/base/rng.ts";
import { f32 } from "../src/base/tensor.ts";
import { OrtEngine, runReference, runtimeVersion } from "../src/engine/index.ts";
import { bindDims } from "../src/rewrites/index.ts";
import { lenet5 } from "../src/zoo/index.ts";
import { median, medianRatio, takeTurns } from "./timing.ts";

const BATCH = 16;
const RUNS = 20;

const model = lenet5();
bindDims({ N: BATCH }).run(model);
const rng = new Rng(1, "images");
const x = f32(
  [BATCH, 1, 28, 28],
  Array.from({ length: BATCH * 28 * 28 }, () => rng.uniform()),
);
const engine = new OrtEngine();
const session = await engine.load(model);
const { reference, runtime } = await takeTurns(
  {
    reference: async () => runReference(model, { x }),
    runtime: async () => {
      for (let i = 0; i < RUNS; i++) await session.run({ x });
    },
  },
  7,
);
await engine.close();
console.log(`lenet5, batch ${BATCH}, 1 thread, ONNX Runtime ${runtimeVersion()}; medians of processor time`);
console.log(`reference engine  ${median(reference).toFixed(2)} ms`);
console.log(`ONNX Runtime      ${(median(runtime) / RUNS).toFixed(2)} ms`);
console.log(`ratio             ${(RUNS * medianRatio(reference, runtime)).toFixed(0)}`);
