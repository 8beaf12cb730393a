import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { tensor, zeros } from "../base/tensor.ts";
import { toOnnx } from "../export/onnx/lut-network.ts";
import { Model } from "../graph/model.ts";
import { writeModelFile } from "../onnx/index.ts";
import { Emit } from "../operators/index.ts";
import { energyReportSchema } from "../reports/index.ts";
import { attachFunctions } from "../rewrites/index.ts";
import { runCaptured } from "./captured.fixture.ts";
import { lutNetwork } from "./lut-network.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-energy-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

test("a network of the zoo, with table, files and explanation", async () => {
  const out = at("lenet");
  const { code, stdout } = await runCaptured("energy", "lenet5", "--bits", "w4a8", "--out", out, "--rate", "5");
  expect(code).toBe(0);
  expect(stdout).toMatch(/conv1 \+ 1 +Conv +4\/8 +117,600/);
  expect(stdout).toContain("416,520 multiply-accumulates");
  expect(existsSync(join(out, "report.html"))).toBe(true);
  const report = energyReportSchema.parse(JSON.parse(readFileSync(join(out, "report.json"), "utf8")));
  expect(report.subjects[0]!.model.macs).toBe(416_520);
  const explained = await runCaptured("explain", out, "conv1/weights");
  expect(explained.stdout).toContain("Horowitz");
});

test("two models side by side, as JSON; more bits never cost less", async () => {
  const { stdout } = await runCaptured("energy", "resnet20", "--bits", "8", "--compare", "resnet8", "--json");
  const report = energyReportSchema.parse(JSON.parse(stdout));
  expect(report.subjects).toHaveLength(2);
  expect(report.comparison!.ratio).toBeLessThan(1);
  const four = await runCaptured("energy", "resnet20", "--bits", "4", "--json");
  const total = (text: string) => energyReportSchema.parse(JSON.parse(text)).subjects[0]!.total.mid;
  expect(total(four.stdout)).toBeLessThan(total(stdout));
});

test("a file whose weights are not there: its shapes are enough", async () => {
  const path = new URL("../../golden/zigzag/workload/resnet18.onnx", import.meta.url).pathname;
  for (const options of [["--bits", "8"], []]) {
    const { code, stdout } = await runCaptured("energy", path, ...options, "--json");
    expect(code).toBe(0);
    const report = energyReportSchema.parse(JSON.parse(stdout));
    expect(report.subjects[0]!.model.macs).toBe(1_814_073_344);
  }
});

test("ratios of two different units are shown side by side, not compared", async () => {
  const machine = (name: string, unit: string) =>
    `schema: femto-machine/1
name: ${name}
title: ratios
energy: { relative_to: ${unit} }
technology: { node_nm: 45 }
sources: { s: "ratios made up for a test" }
components:
  - name: multiplier
    class: arithmetic
    mac_scaling: quadratic
    prices: [{ verb: multiply, operand: int8, value: 1, unit: relative, source: s }]
  - name: sram
    class: sram
    holds: [weights, activations]
    prices: [{ verb: read, value: 1, unit: relative, bits: 8, source: s }]
`;
  for (const [name, unit] of [
    ["one", "one 8-bit product"],
    ["other", "one read of 8 bits"],
    ["same", "one 8-bit product"],
  ] as const) {
    writeFileSync(at(`${name}.yaml`), machine(name, unit));
  }
  const compared = async (second: string) => {
    const words = ["energy", "mlp", "--bits", "8", "--machine", at("one.yaml"), "--versus", at(second), "--json"];
    return energyReportSchema.parse(JSON.parse((await runCaptured(...words)).stdout)).comparison;
  };
  expect(await compared("other.yaml")).toBeNull();
  expect(await compared("same.yaml")).toMatchObject({ ratio: 1 });
});

test("widths of a Pad that the exporter computes from tables: what follows is counted", async () => {
  const model = new Model();
  const g = new Emit(model.graph);
  const x = model.graph.addInput("x", { dtype: "float32", dims: ["N", 4, 8, 8] });
  const whole = (...values: number[]) => g.constant(tensor("int64", [values.length], values), undefined);
  // begins and ends of the last axis first, as PyTorch has them: channels grow by 2 on each side
  const pairs = g.op("Reshape", [whole(0, 0, 0, 0, 2, 2, 0, 0), whole(4, 2)]);
  const pads = g.op("Reshape", [
    g.op("Transpose", [g.op("Slice", [pairs, whole(3), whole(-9), whole(0), whole(-1)])]),
    whole(-1),
  ]);
  model.graph.addOutput(g.op("Conv", [g.op("Pad", [x, pads]), g.constant(zeros("float32", [16, 8, 3, 3]), "w")]));
  writeModelFile(model, at("pad.onnx"));
  const { stdout } = await runCaptured("energy", at("pad.onnx"), "--bits", "8", "--json");
  const [subject] = energyReportSchema.parse(JSON.parse(stdout)).subjects;
  expect(subject!.model.macs).toBe(16 * 6 * 6 * 8 * 9);
  expect(subject!.unmodelled.filter(({ reason }) => reason.includes("follow"))).toEqual([]);
});

test("at no inference a second nothing is drawn, and no battery runs empty", async () => {
  const { code, stdout } = await runCaptured(
    "energy",
    "lenet5",
    "--bits",
    "8",
    "--rate",
    "0",
    "--battery",
    "10",
    "--json",
  );
  expect(code).toBe(0);
  const { usage } = energyReportSchema.parse(JSON.parse(stdout)).subjects[0]!;
  expect(usage).toMatchObject({ perSecond: 0, batteryHours: null });
});

test("several examples in one run: the figures are of the run, and say so", async () => {
  const words = ["energy", "lenet5", "--bits", "8"];
  const of = async (...more: string[]) => (await runCaptured(...words, ...more)).stdout;
  expect(await of("--batch", "4")).toContain("a run of 4 examples");
  const { model } = energyReportSchema.parse(JSON.parse(await of("--batch", "4", "--json"))).subjects[0]!;
  expect(model).toMatchObject({ examples: 4, macs: 4 * 416_520 });
  // the same by the dimension's name
  expect(await of("--dim", "N=4")).toContain("a run of 4 examples");
});

test("loop nests time products: the latency says how many rows it leaves out", async () => {
  const { stdout } = await runCaptured("energy", "lenet5", "--bits", "8", "--machine", "edge-tpu-like");
  expect(stdout).toMatch(/cycles.*, without the time of \d+ rows/);
  const timed = await runCaptured("energy", "lenet5", "--bits", "8", "--machine", "lpddr4-edge");
  expect(timed.stdout).not.toContain("without the time");
});

test("a batch that the file fixes may be repeated, not changed", async () => {
  const path = new URL("../../golden/zigzag/workload/resnet18.onnx", import.meta.url).pathname;
  expect((await runCaptured("energy", path, "--bits", "8", "--batch", "1", "--json")).code).toBe(0);
  const { code, stderr } = await runCaptured("energy", path, "--bits", "8", "--batch", "2");
  expect(code).toBe(2);
  expect(stderr).toMatch(/--batch: the model leaves no number of examples open/);
});

test("a file of lookup tables: every layer of tables is priced", async () => {
  const model = toOnnx(lutNetwork("uint8", 1));
  attachFunctions.run(model);
  writeModelFile(model, at("tables.onnx"));
  const { stdout } = await runCaptured(
    "energy",
    at("tables.onnx"),
    "--bits",
    "8",
    "--machine",
    "lut-asic-45nm",
    "--json",
  );
  const [subject] = energyReportSchema.parse(JSON.parse(stdout)).subjects;
  expect(subject!.rows.filter(({ operator }) => operator === "femto.LutLayer")).toHaveLength(2);
  expect(subject!.unmodelled.filter(({ reason }) => reason.includes("not known"))).toEqual([]);
});

test("CSV", async () => {
  const { stdout } = await runCaptured("energy", "mlp", "--bits", "8", "--csv");
  expect(stdout.split("\r\n")[0]).toMatch(/^model,machine,layer,/);
});

test("activity measured on data skips the zeros of a machine that gates", async () => {
  const words = ["energy", "lenet5", "--bits", "8", "--machine", "eyeriss-65nm", "--json"];
  const compute = async (...more: string[]) => {
    const { stdout } = await runCaptured(...words, ...more);
    return energyReportSchema.parse(JSON.parse(stdout)).subjects[0]!;
  };
  const [dense, measured] = [await compute(), await compute("--activity", "mnist10k", "--examples", "20")];
  expect(measured.activity).toEqual({
    kind: "measured",
    text: expect.stringContaining("first 20 examples of mnist10k"),
  });
  expect(measured.byCause.compute!).toBeLessThan(dense.byCause.compute!);
  expect(measured.byCause.weights!).toBe(dense.byCause.weights!);
  // what enters the first layer was watched, too, behind the normalisation of the data
  expect(measured.rows[0]!.terms.map(({ rule }) => rule).join()).toContain("that is not zero (measured)");
});

test("activity gates what the machine can gate, and the report says that it was assumed", async () => {
  writeFileSync(
    at("activity.json"),
    JSON.stringify({ source: { kind: "assumed", text: "half zeros" }, samples: 0, values: {} }),
  );
  const { stdout } = await runCaptured("energy", "mlp", "--bits", "8", "--activity", at("activity.json"));
  expect(stdout).toContain("assumed: half zeros");
});

describe("mistakes are one message and exit code 2", () => {
  writeFileSync(at("broken.json"), "{");
  test.each<[string, string[], RegExp]>([
    ["bits", ["energy", "mlp", "--bits", "w0a8"], /--bits: is no bit-width/],
    [
      "an unbound dimension",
      ["energy", "bertTiny", "--bits", "8", "--dim", "sequenze=3"],
      /no such symbolic dimension/,
    ],
    ["a mapping", ["energy", "mlp", "--bits", "8", "--mapping", "magic"], /there is no mapping "magic"/],
    ["two comparisons", ["energy", "mlp", "--compare", "mlp", "--versus", "eyeriss-ratio"], /two things are compared/],
    ["a battery without a rate", ["energy", "mlp", "--bits", "8", "--battery", "10"], /--rate R as well/],
    [
      "watts of ratios",
      ["energy", "mlp", "--bits", "8", "--machine", "eyeriss-ratio", "--rate", "1"],
      /ratios have no watts/,
    ],
    ["a latency without time", ["energy", "mlp", "--bits", "8", "--latency", "1"], /count no time/],
    [
      "a batch said twice",
      ["energy", "mlp", "--bits", "8", "--batch", "2", "--dim", "N=3"],
      /which --batch states, too/,
    ],
    [
      "float on a loop nest",
      ["energy", "lenet5", "--machine", "edge-tpu-like"],
      /--bits 8 prices it as 8-bit integers/,
    ],
    ["float on ratios", ["energy", "mlp", "--machine", "eyeriss-ratio"], /--bits 8 prices it as 8-bit integers/],
    ["activity", ["energy", "mlp", "--bits", "8", "--activity", at("broken.json")], /is not JSON/],
    ["a report", ["explain", at("broken.json")], /is no energy report/],
  ])("%s", async (_, words, message) => {
    const { code, stderr, stdout } = await runCaptured(...words);
    expect(code).toBe(2);
    expect(stderr + stdout).toMatch(message);
    expect(stderr).not.toMatch(/\n +at /);
  });
});
