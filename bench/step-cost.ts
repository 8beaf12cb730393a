/**
 * @file What a learning step of EQAT costs beside the plain float step of the same network and batch: both as training
 * runs them (looped, one thread), in one process, taking turns. Bound: 2.2 times for LeNet-5, cnn5 and ResNet-20.
 *
 *   npm run bench step-cost            all networks, about two minutes
 *   npm run bench step-cost resnet20   one of them
 */

import { energyCoefficients, layerCosts } from "../src/energy/index.ts";
import { OrtEngine, runtimeVersion } from "../src/engine/index.ts";
import type { Model } from "../src/graph/model.ts";
import { loadMachine } from "../src/machines/index.ts";
import { layOutBits } from "../src/methods/eqat/bits.ts";
import { calibrate } from "../src/methods/eqat/calibrate.ts";
import { coefficientsFor } from "../src/methods/eqat/energy-term.ts";
import { eqatOptions } from "../src/methods/eqat/options.ts";
import { planStep } from "../src/methods/eqat/plan.ts";
import { plan as planFloat } from "../src/methods/float/index.ts";
import { inferModel } from "../src/operators/index.ts";
import { oneExample } from "../src/rewrites/index.ts";
import { blockSteps, planBatches } from "../src/training/index.ts";
import { cnn5, dsCnn, lenet5, mobilenetV2, resnet20 } from "../src/zoo/index.ts";
import { openLooped, randomExamples } from "./resident-step.ts";
import { median, medianRatio, takeTurns } from "./timing.ts";

const BATCH = 64;
const BOUND = 2.2;

const networks: { name: string; build: () => Model; classes: number; isBound: boolean; rounds: number }[] = [
  { name: "lenet5", build: () => lenet5(), classes: 10, isBound: true, rounds: 15 },
  { name: "cnn5", build: () => cnn5(), classes: 10, isBound: true, rounds: 9 },
  { name: "resnet20", build: () => resnet20(), classes: 10, isBound: true, rounds: 9 },
  { name: "dsCnn", build: () => dsCnn(), classes: 12, isBound: false, rounds: 9 },
  { name: "mobilenetV2 ×0.25", build: () => mobilenetV2({ width: 0.25 }), classes: 10, isBound: false, rounds: 5 },
];

async function measure(engine: OrtEngine, { build, classes, rounds }: (typeof networks)[number]) {
  const model = build();
  inferModel(model);
  const data = randomExamples(model, 4 * BATCH, classes);
  const options = eqatOptions.parse({ batchSize: BATCH, calibrationBatches: 2 });
  const layers = await calibrate(engine, model, data, 1, options);
  const names = layers.map(({ layer }) => layer);
  const costs = layerCosts(model, oneExample(model));
  const coefficients = coefficientsFor(energyCoefficients(costs, loadMachine("horowitz-45nm-sram8k")), names);
  const batches = planBatches(data, BATCH);
  const setup = { model, layers, slots: layOutBits(names, options), coefficients, options };
  const plans = { float: planFloat(model, batches, {}, options), eqat: planStep(setup, "learn", batches) };
  const steps = Math.min(
    10,
    blockSteps(
      costs.reduce((sum, { macs }) => sum + macs, 0),
      BATCH,
    ),
  );
  const runFloat = await openLooped(engine, plans.float, batches, BATCH);
  const runEqat = await openLooped(engine, plans.eqat, batches, BATCH);
  const { float, eqat } = await takeTurns({ float: () => runFloat(steps), eqat: () => runEqat(steps) }, rounds);
  const nodes = (plan: typeof plans.float) => plan.step.model.graph.nodes.length;
  return {
    float: median(float) / steps,
    eqat: median(eqat) / steps,
    ratio: medianRatio(eqat, float),
    steps,
    nodes: [nodes(plans.float), nodes(plans.eqat)],
  };
}

const wanted = process.argv[3];
console.log(`ONNX Runtime ${runtimeVersion()}, 1 thread, batch ${BATCH}; medians of processor time`);
console.log("network            float ms/step   EQAT ms/step   ratio   bound   nodes        steps a run");
for (const network of networks.filter(({ name }) => wanted === undefined || name.includes(wanted))) {
  const engine = new OrtEngine();
  const { float, eqat, ratio, steps, nodes } = await measure(engine, network);
  await engine.close();
  const bound = network.isBound ? (ratio <= BOUND ? "held" : "BROKEN") : "none";
  const cells = [
    network.name.padEnd(18),
    float.toFixed(2).padStart(13),
    eqat.toFixed(2).padStart(14),
    ratio.toFixed(2).padStart(7),
    bound.padStart(7),
    `   ${nodes.join(" → ")}`.padEnd(15),
    steps,
  ];
  console.log(cells.join(" "));
  if (bound === "BROKEN") process.exitCode = 1;
}
