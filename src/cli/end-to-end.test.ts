import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { Rng } from "../base/rng.ts";
import { tensor } from "../base/tensor.ts";
import { writeNpz } from "../data/index.ts";
import { readModelFile, writeModelFile } from "../onnx/index.ts";
import { inferModel } from "../operators/index.ts";
import { reportSchema } from "../reports/index.ts";
import { mlp } from "../zoo/index.ts";

const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "femto-run-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]) => join(folder, ...names);

const model = mlp({ inputs: 8, hidden: [12], classes: 3, seed: 3 });
inferModel(model);
writeModelFile(model, at("net.onnx"));
writeFileSync(
  at("machine.yaml"),
  `schema: femto-machine/1
name: made-up
title: A machine that a test has made up
energy: pJ
technology: { node_nm: 28 }
sources: { test: made up for this test }
components:
  - class: arithmetic
    name: multiplier
    mac_scaling: quadratic
    prices:
      - { verb: multiply, operand: int8, value: 0.1, unit: pJ, source: test }
      - { verb: multiply, operand: float32, value: 2, unit: pJ, source: test }
  - class: sram
    name: memory
    size: 32 KB
    holds: [weights, activations]
    prices:
      - { verb: read, value: 0.1, unit: pJ/bit, source: test }
      - { verb: write, value: 0.1, unit: pJ/bit, source: test }
`,
);
writeBlobs(at("blobs.npz"), 240, 60);

/** Three well separated clouds of points. */
function writeBlobs(path: string, train: number, test: number): void {
  const rng = new Rng(1, "blobs");
  const part = (count: number) => {
    const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
    const values = Float32Array.from({ length: count * 8 }, (_, i) => {
      return (i % 8) % 3 === labels[Math.floor(i / 8)] ? 2 + 0.5 * rng.normal() : 0.5 * rng.normal();
    });
    return { x: tensor("float32", [count, 8], values), y: tensor("int32", [count], labels) };
  };
  const [a, b] = [part(train), part(test)];
  writeNpz(
    path,
    new Map([
      ["x_train", a.x],
      ["y_train", a.y],
      ["x_test", b.x],
      ["y_test", b.y],
    ]),
  );
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program; `interruptAt` sends Ctrl-C as soon as standard error matches. */
function femto(words: readonly string[], interruptAt?: RegExp): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], { cwd: folder });
    let [stdout, stderr] = ["", ""];
    let isInterrupted = false;
    child.stdout.on("data", (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on("data", (chunk) => {
      stderr += String(chunk);
      if (isInterrupted || !interruptAt?.test(stderr)) return;
      isInterrupted = true;
      child.kill("SIGINT");
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

const optimize = (out: string, epochs: number, ...more: string[]): string[] => [
  ...["optimize", "net.onnx", "--data", "blobs.npz", "--machine", "machine.yaml", "--out", out],
  ...["--epochs", `${epochs}`, "--batch", "20", "--baselines", "8,4", "--jobs", "2", ...more],
];

test("the program is there, starts, and ends with its codes", async () => {
  expect(existsSync(program)).toBe(true);
  expect(readFileSync(program, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  expect(await femto(["--help"])).toMatchObject({ code: 0, stderr: "" });
  const wrong = await femto(["inspect", "absent.onnx"]);
  expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
  expect(wrong.stderr).toMatch(/^absent\.onnx: /);
});

test("optimize: a user's model, data and machine to a report and files that hold what it says", async () => {
  const own = { rate: 0.01, weightDecay: 1e-4, smoothing: 0.05, clip: 5 };
  const { code, stdout, stderr } = await femto(optimize("run", 3, "--options", JSON.stringify(own)));
  expect([code, stderr.includes("bug")]).toEqual([0, false]);
  expect(stdout).toMatch(/row +accuracy +energy \/ 8 bit/);
  expect(stdout).toContain("run/EQAT/model.onnx");
  const report = reportSchema.parse(JSON.parse(readFileSync(at("run", "report.json"), "utf8")));
  expect(report.rows.map(({ name }) => name)).toEqual(["float32", "EQAT", "uniform 8 bit", "uniform 4 bit"]);
  expect(report.machine.name).toBe("made-up");
  expect(report.command).toContain("femto optimize net.onnx --data blobs.npz");
  expect(report.method.options).toMatchObject({ epochs: 3, batchSize: 20, ...own });
  // The row that the others start from is trained with the same options.
  for (const name of ["float32", "EQAT", "uniform-4-bit"]) {
    const { fingerprint } = JSON.parse(
      readModelFile(at("run", name, "checkpoint.onnx")).metadata.get("femto.checkpoint")!,
    );
    expect(JSON.parse(fingerprint).options, name).toMatchObject({ epochs: 3, batchSize: 20, ...own });
  }
  for (const row of report.rows) {
    // Three clouds that hardly touch: a network that learns anything gets this far.
    expect(row.accuracy.value).toBeGreaterThan(0.9);
    expect(row.accuracy.examples).toBe(60);
    for (const { path, bytes } of Object.values(row.artefacts)) {
      expect(readFileSync(at("run", path)).length).toBe(bytes);
      expect(readModelFile(at("run", path)).graph.inputs).toHaveLength(1);
    }
  }
  const eight = report.rows.find(({ name }) => name === "uniform 8 bit")!;
  expect(eight.energy.relative).toBeCloseTo(1, 12);
  expect(eight.equivalence[0]).toMatchObject({ verdict: "bit-exact", codesDiffer: 0, accumulatorsDiffer: 0 });
  const page = readFileSync(at("run", "report.html"), "utf8");
  for (const { name } of report.rows) expect(page).toContain(name);
  expect(
    readFileSync(at("run", "EQAT", "metrics.jsonl"), "utf8")
      .trim()
      .split("\n"),
  ).toHaveLength(3);
}, 120_000);

test("export: the run's files, and not what somebody changed", async () => {
  const good = await femto(["export", "run", "--to", "qonnx", "--out", "out.onnx", "--json"]);
  expect(good.code).toBe(0);
  expect(JSON.parse(good.stdout)).toMatchObject({ form: "qonnx", path: "out.onnx" });
  const layers = JSON.parse((await femto(["inspect", "out.onnx", "--json"])).stdout).layers;
  const report = reportSchema.parse(JSON.parse(readFileSync(at("run", "report.json"), "utf8")));
  const bits = report.rows[1]!.layers.map((layer) => layer.bits);
  expect(layers.map((layer: { weightBits: number; inputBits: number }) => [layer.weightBits, layer.inputBits])).toEqual(
    bits.map(({ weight, input }) => [weight, input]),
  );
  writeFileSync(at("run", "EQAT", "model.int.onnx"), "changed");
  const bad = await femto(["export", "run", "--to", "int", "--out", "never.onnx"]);
  expect(bad.code).toBe(2);
  expect(bad.stderr).toContain("not the one that the run measured");
  expect(existsSync(at("never.onnx"))).toBe(false);
}, 60_000);

test("Ctrl-C keeps a checkpoint, and the same command ends as if nothing had happened", async () => {
  const words = (out: string) => optimize(out, 15, "--json").map((word) => (word === "8,4" ? "none" : word));
  const stopped = await femto(words("stopped"), /EQAT: epoch 2,/);
  expect(stopped.code).toBe(130);
  expect(stopped.stderr).toContain("the same command goes on from it");
  expect(JSON.parse(stopped.stdout)).toEqual({ stopped: true });
  expect(readdirSync(at("stopped"))).not.toContain("report.json");
  const resumed = await femto(words("stopped"));
  expect(resumed.stderr).not.toMatch(/EQAT: epoch 1,/);
  const whole = await femto(words("whole"));
  const rowsOf = ({ stdout }: Ended) =>
    reportSchema.parse(JSON.parse(stdout).content).rows.map(({ name, accuracy, artefacts }) => {
      return [name, accuracy.value, artefacts["model.onnx"]!.sha256];
    });
  expect(rowsOf(resumed)).toEqual(rowsOf(whole));
}, 240_000);
