/**
 * @file Lookup-table networks, raw samples to class, in everything they are compiled to, beside ONNX Runtime on the
 * function bodies of the same model. Processor time; rounds in which all take turns; all answers must be equal.
 * About two minutes, most of it gcc. C is left out where there is no gcc.
 *
 *   npm run bench bits                     random tables: MNIST's shape, 2000 + 1000 of six inputs
 *   npm run bench bits RUN/network.json    a trained network
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { numbers, tensor } from "../src/base/tensor.ts";
import { compileNetwork } from "../src/engine/bits/compile.ts";
import {
  BitsEngine,
  fromJson,
  mnistShape,
  networkSize,
  randomNetwork,
  randomSamples,
} from "../src/engine/bits/index.ts";
import { BitsPool } from "../src/engine/bits/pool.ts";
import { OrtEngine, runtimeVersion } from "../src/engine/index.ts";
import { toC } from "../src/export/c/lut-network.ts";
import { toJs } from "../src/export/js/lut-network.ts";
import { toOnnx } from "../src/export/onnx/lut-network.ts";
import { attachFunctions } from "../src/rewrites/index.ts";
import { argmax } from "../src/training/index.ts";
import { median, medianRatio, takeTurns } from "./timing.ts";

const COUNT = 32768;
/** Samples for the slow ones. */
const FEW = 2000;
const ROUNDS = 9;
const WORDS = [64, 128, 256, 512];

const file = process.argv[3];
const network = file === undefined ? randomNetwork(mnistShape, 1) : fromJson(JSON.parse(readFileSync(file, "utf8")));
const { features, dtype } = network.input;
const samples = randomSamples(network.input, COUNT, 1);
const folder = mkdtempSync(join(tmpdir(), "femto-bench-"));

const started = performance.now();
const { netlist, program } = compileNetwork(network);
const steps = program.pieces.flatMap((piece) => piece.steps);
const instructions = steps.filter(({ kind }) => kind !== "load").length;
console.log(
  `${networkSize(network)} tables (${netlist.luts.length} after simplification), ${netlist.bits.length} thermometer bits, ` +
    `${features} ${dtype} features, ${network.classes} classes; ${instructions} word instructions, ` +
    `compiled in ${((performance.now() - started) / 1000).toFixed(1)} s`,
);

const engine = await BitsEngine.open(network);
const pool = await BitsPool.open(network);
const expected = engine.classify(samples);
const shared = pool.allocate(COUNT);
shared.set(samples);

function demand(name: string, classes: ArrayLike<number>): void {
  for (let i = 0; i < classes.length; i++) {
    if (classes[i] !== expected[i]) throw new Error(`${name}: sample ${i} is ${classes[i]}, not ${expected[i]}`);
  }
}

const scriptPath = join(folder, "network.mjs");
writeFileSync(scriptPath, toJs(network));
const script = (await import(/* @vite-ignore */ pathToFileURL(scriptPath).href)) as Pick<BitsEngine, "classify">;

const ort = new OrtEngine();
const model = toOnnx(network);
attachFunctions.run(model);
const session = await ort.load(model);
const few = samples.subarray(0, FEW * features);
async function byOrt(batch: number): Promise<number[]> {
  const classes: number[] = [];
  for (let i = 0; i < FEW; i += batch) {
    const data = few.slice(i * features, (i + batch) * features);
    const { sums } = await session.run({ samples: tensor(dtype, [batch, features], data) });
    const values = numbers(sums!);
    for (let j = 0; j < batch; j++) {
      classes.push(argmax(values.subarray(j * network.classes, (j + 1) * network.classes)));
    }
  }
  return classes;
}

/** Nanoseconds a sample, as the compiled program measures itself. */
interface Program {
  readonly bits: number;
  run(rounds: number): number[];
}
function compileC(): Program[] {
  if (spawnSync("gcc", ["--version"]).status !== 0) return [];
  writeFileSync(join(folder, "network.c"), toC(network));
  const input = new Uint8Array(samples.buffer);
  return WORDS.map((bits) => {
    const path = join(folder, `network${bits}`);
    const flags = ["-std=c99", "-O2", "-march=native", "-DFEMTO_MAIN", `-DFEMTO_WORD_BITS=${bits}`];
    spawnSync("gcc", [...flags, join(folder, "network.c"), "-o", path], { stdio: "inherit" });
    demand(`C, ${bits} bits`, spawnSync(path, { input }).stdout);
    const run = (rounds: number) =>
      spawnSync(path, ["bench", String(rounds)], { input, encoding: "utf8" })
        .stdout.trim()
        .split("\n")
        .map(Number);
    return { bits, run };
  });
}
const programs = compileC();

demand("JavaScript", script.classify(few));
demand("all cores", await pool.classify(shared));
demand("ONNX Runtime", await byOrt(100));
demand("ONNX Runtime", await byOrt(1000));
// Hot code is compiled again by the host; that takes a moment in the background.
for (let i = 0; i < 20; i++) {
  engine.classify(samples);
  await pool.classify(shared);
}
await new Promise((resolve) => setTimeout(resolve, 2000));

const inC = programs.map(() => [] as number[]);
const times = await takeTurns(
  {
    wasm: async () => engine.classify(samples),
    pool: () => pool.classify(shared),
    script: async () => script.classify(few),
    ort100: () => byOrt(100),
    ort1000: () => byOrt(1000),
    // The programs measure themselves, in the same rounds.
    c: async () => {
      programs.forEach(({ run }, i) => {
        inC[i]!.push(median(run(3)));
      });
    },
  },
  ROUNDS,
);
const walls: number[] = [];
for (let i = 0; i < ROUNDS; i++) {
  const start = performance.now();
  await pool.classify(shared);
  walls.push(performance.now() - start);
}

const perSample = (millis: readonly number[], count: number) => millis.map((time) => (time * 1e6) / count);
const base = perSample(times.ort1000, FEW);
const rows: [string, number, number, number[]][] = [
  ["ONNX Runtime, batch 100", 1, 1, perSample(times.ort100, FEW)],
  ["ONNX Runtime, batch 1000", 1, 1, base],
  ["JavaScript module", 32, 1, perSample(times.script, FEW)],
  ["WebAssembly", 128, 1, perSample(times.wasm, COUNT)],
  [`WebAssembly, ${pool.threads} threads together`, 128, pool.threads, perSample(times.pool, COUNT)],
  ...programs.map(({ bits }, i): [string, number, number, number[]] => ["C, gcc -O2", bits, 1, inC[i]!.slice(1)]),
];
console.log(`ONNX Runtime ${runtimeVersion()}; medians of ${ROUNDS} rounds; processor time`);
console.log("                                    lanes threads   ns/sample  million/s  × ORT (batch 1000)");
for (const [name, lanes, threads, nanos] of rows) {
  const cells = [String(lanes).padStart(6), String(threads).padStart(7)];
  const ratio = medianRatio(base, nanos);
  cells.push(
    median(nanos)
      .toFixed(median(nanos) < 1000 ? 1 : 0)
      .padStart(11),
    (1000 / median(nanos)).toFixed(3).padStart(10),
  );
  console.log(`${name.padEnd(35)}${cells.join(" ")}  ${ratio.toFixed(1).padStart(8)}`);
}
console.log(`all threads by the clock: ${((COUNT / median(walls)) * 1e-3).toFixed(2)} million samples a second`);

await ort.close();
await pool.close();
rmSync(folder, { recursive: true });
