/**
 * @file Gate-level evaluation: what characterising a layer and a network takes, and the evaluator beside Icarus Verilog (unit delay, toggles
 * compared net by net) and Verilator (zero delay). Peers that are not installed are skipped and said so. About a minute.
 *
 *   node bench/run.mjs gates
 */

import { Rng } from "../src/base/rng.ts";
import {
  Characteriser,
  collectStatistics,
  defaultArray,
  drawTransitions,
  drawUniform,
  type LayerTrace,
} from "../src/circuits/characterise/index.ts";
import { GateEvaluator } from "../src/circuits/gates/index.ts";
import { buildMac, dataInputs } from "../src/circuits/netlist/index.ts";
import { icarus, isInstalled, type Values, verilator, version } from "./gate-peers.ts";
import { median, medianRatio, processorTime } from "./timing.ts";

const mac = buildMac();
const ROUNDS = 5;

/** Random operands. */
function draw(count: number, seed: number): Values {
  const rng = new Rng(seed, "bench gates");
  return Object.fromEntries(
    dataInputs(mac).map(({ name, nets }) => [
      name,
      Int32Array.from({ length: count }, () => (rng.uint32() << (32 - nets.length)) >> (32 - nets.length)),
    ]),
  );
}

/** Runs until the host's optimising compiler, which works in the background, has nothing more to make faster. */
async function warm(task: () => void, seconds = 2): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end) {
    task();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const milliseconds = (values: readonly number[]) => `${median(values).toFixed(1)} ms`;
const timeOf = (task: () => void) => processorTime(async () => task());

/** 3 × 3 convolutions of ResNet-20: channels in, out, side of the output. */
const resnet20: [number, number, number][] = [
  [3, 16, 32],
  ...Array<[number, number, number]>(6).fill([16, 16, 32]),
  [16, 32, 16],
  ...Array<[number, number, number]>(5).fill([32, 32, 16]),
  [32, 64, 8],
  ...Array<[number, number, number]>(5).fill([64, 64, 8]),
];

/** A layer with activations that move slowly and are 0 half of the time. */
function layerOf([channels, outputs, side]: [number, number, number], rng: Rng): LayerTrace {
  const [inputs, steps] = [9 * channels, side * side];
  const activations = new Int8Array(inputs * steps);
  for (let input = 0; input < inputs; input++) {
    let level = rng.normal();
    for (let t = 0; t < steps; t++) {
      level = 0.9 * level + 0.44 * rng.normal();
      activations[input * steps + t] = Math.max(0, Math.min(127, Math.round(40 * level)));
    }
  }
  const weights = Int8Array.from({ length: outputs * inputs }, () =>
    Math.max(-127, Math.min(127, Math.round(30 * rng.normal()))),
  );
  return { name: `${channels}→${outputs}, ${side}×${side}`, weights, activations, outputs, inputs, steps };
}

console.log(`unit: ${mac.name}, ${mac.gates.length} gates; processor time, medians of ${ROUNDS} rounds\n`);

const compiling = performance.now();
const unit = await Characteriser.compile(mac, "unit");
console.log(`compiled in ${(performance.now() - compiling).toFixed(0)} ms`);
const draws = drawUniform(defaultArray);
const first = await timeOf(() => unit.table(draws));
await warm(() => unit.table(draws));
const tables: number[] = [];
for (let round = 0; round < ROUNDS; round++) tables.push(await timeOf(() => unit.table(draws)));
console.log(`one layer, 256 weights × ${draws.count} transitions, unit delay, toggles per net`);
console.log(`  ${milliseconds(tables)} (the first time, not yet optimised: ${first.toFixed(0)} ms)\n`);

const rng = new Rng(1, "resnet20");
const layers = resnet20.map((shape) => layerOf(shape, rng));
const [counting, making]: [number[], number[]] = [[], []];
for (let round = 0; round < 3; round++) {
  let drawn: ReturnType<typeof drawTransitions>[] = [];
  counting.push(
    await timeOf(() => {
      drawn = layers.map((layer) => drawTransitions(collectStatistics(layer, defaultArray)));
    }),
  );
  making.push(await timeOf(() => drawn.map((one) => unit.table(one))));
}
const macs = layers.reduce((sum, { weights, steps }) => sum + weights.length * steps, 0);
console.log(`ResNet-20, ${layers.length} convolutions, one image (${(macs / 1e6).toFixed(1)} M multiply-accumulates)`);
console.log(`  tables ${milliseconds(making)}, statistics of all partial sums ${milliseconds(counting)}`);
const small = layerOf([64, 64, 8], rng);
const exact = await timeOf(() => unit.exact(small, defaultArray));
const simulated = small.weights.length * (small.steps - 1);
console.log(
  `  exact simulation of ${small.name}: ${((1e6 * exact) / simulated).toFixed(0)} ns per element and cycle\n`,
);

const transitions = 400_000;
const operands = draw(transitions + 1, 1);
const stimulus = { kind: "stream", count: transitions + 1, vectors: operands } as const;

if (isInstalled("iverilog", "-V")) {
  const evaluator = await GateEvaluator.compile(mac, { delay: "unit" });
  await warm(() => evaluator.run({ ...stimulus, count: 20_001 }));
  const count = 1001;
  const peer = icarus(mac, operands, count);
  const { toggles } = evaluator.run({ ...stimulus, count });
  const [theirs, ours]: [number[], number[]] = [[], []];
  let different = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const made = peer.run();
    different += made.toggles.filter((found, gate) => found !== toggles[mac.gates[gate]!.output]).length;
    theirs.push((1e3 * made.milliseconds) / (count - 1));
    ours.push((1e3 * (await timeOf(() => evaluator.run(stimulus)))) / transitions);
  }
  console.log(`unit delay, all operands random: beside ${version("iverilog", "-V")}, its counters on`);
  console.log(`  toggles of ${mac.gates.length} nets over ${count - 1} transitions: ${different} differ`);
  console.log(
    `  microseconds per transition: ${median(theirs).toFixed(1)} against ${median(ours).toFixed(4)}, ${medianRatio(theirs, ours).toFixed(0)} times\n`,
  );
} else console.log("unit delay beside Icarus Verilog: SKIPPED, iverilog is not installed\n");

if (isInstalled("verilator", "--version")) {
  const evaluator = await GateEvaluator.compile(mac, { delay: "zero" });
  await warm(() => evaluator.run({ ...stimulus, count: 20_001 }));
  const packed = evaluator.pack(stimulus);
  const [plain, traced] = [verilator(mac, false), verilator(mac, true)];
  const [bare, withTrace, ours, counted]: number[][] = [[], [], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    bare!.push((1e6 * plain.run(transitions)) / transitions);
    withTrace!.push((1e6 * traced.run(20_000)) / 20_000);
    ours!.push((1e6 * (await timeOf(() => evaluator.run(stimulus)))) / transitions);
    counted!.push((1e6 * (await timeOf(() => evaluator.runPacked(packed)))) / transitions);
  }
  console.log(`zero delay, all operands random: beside ${version("verilator", "--version")}, -O3`);
  console.log("  nanoseconds per transition; Femto counts toggles of every net, Verilator does not");
  console.log(`  Femto ${median(counted!).toFixed(1)}, with laying out the vectors ${median(ours!).toFixed(1)}`);
  for (const [name, times] of [
    ["Verilator", bare!],
    ["Verilator with VCD", withTrace!],
  ] as const) {
    console.log(
      `  ${name} ${median(times).toFixed(0)}: ${medianRatio(times, counted!).toFixed(1)} times, ${medianRatio(times, ours!).toFixed(1)} times with laying out`,
    );
  }
} else console.log("zero delay beside Verilator: SKIPPED, verilator is not installed");
