import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeModelFile } from "../onnx/index.ts";
import { inferModel } from "../operators/index.ts";
import { mlp } from "../zoo/index.ts";
import { runCaptured } from "./captured.fixture.ts";
import { entries } from "./commands/index.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const model = mlp({ inputs: 4, hidden: [6], classes: 3, seed: 1 });
inferModel(model);
writeModelFile(model, at("mlp.onnx"));
writeFileSync(at("cut.onnx"), readFileSync(at("mlp.onnx")).subarray(0, 200));
writeFileSync(at("flowers.csv"), `a,b,c,d,label\n${"1,2,3,4,x\n2,1,4,3,y\n0,0,1,1,z\n".repeat(4)}`);
writeFileSync(at("nan.csv"), "a,b,c,d,label\n1,2,3,4,x\n1,NaN,3,4,y\n");
writeFileSync(at("one.csv"), `a,b,c,d,label\n${"1,2,3,4,x\n2,3,4,5,x\n".repeat(4)}`);
writeFileSync(at("file"), "");
const { text: sound } = await machineText();
writeFileSync(at("no-multiply.yaml"), sound.replaceAll("verb: multiply", "verb: divide"));
writeFileSync(at("no-unit.yaml"), sound.replace(/\n\s+unit: .*|, unit: [^,}]+/, ""));

async function machineText(): Promise<{ text: string }> {
  return { text: (await runCaptured("machines", "show", "horowitz-45nm-sram8k")).stdout };
}

const machine = ["--machine", "horowitz-45nm-sram8k"];
const flowers = ["--data", at("flowers.csv")];
const usual = [at("mlp.onnx"), ...flowers, ...machine, "--out", at("out")];

test("without words, and with --help, the commands are listed", async () => {
  for (const words of [[], ["--help"], ["help"]]) {
    const { code, stdout, stderr } = await runCaptured(...words);
    expect([code, stderr]).toEqual([0, ""]);
    for (const { name } of entries) expect(stdout).toContain(`femto ${name} `);
  }
});

test.each(entries.map(({ name }) => name))("femto %s --help explains itself", async (name) => {
  const { code, stdout } = await runCaptured(...name.split(" "), "--help");
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: femto ${name}`));
  expect(stdout).toContain("--json");
  expect(stdout).toMatch(new RegExp(`Examples?:\n  femto ${name}`));
  const wide = stdout.split("\n").filter((line) => line.length > 100 && !line.startsWith("  femto "));
  expect(wide).toEqual([]);
});

test("the version is that of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect((await runCaptured("--version")).stdout).toBe(`${version}\n`);
});

/** What goes wrong → the words, and what the message must say. */
const mistakes: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
  "an unknown command": [["optimise"], /did you mean "optimize"/],
  "an unknown command of a group": [["data", "lst"], /did you mean "data list"/],
  "no model": [["optimize"], /MODEL is missing/],
  "an unknown option": [["optimize", ...usual, "--budgte", "1"], /no option --budgte\n.*did you mean "--budget"/],
  "no machine": [["optimize", at("mlp.onnx"), ...flowers], /--machine is missing/],
  "no data": [["optimize", at("mlp.onnx"), ...machine], /--data is missing/],
  "a model that is not there": [["optimize", at("absent.onnx"), ...flowers, ...machine], /absent\.onnx: /],
  "a truncated model": [["optimize", at("cut.onnx"), ...flowers, ...machine], /cut\.onnx.*\n/],
  "a truncated model to inspect": [["inspect", at("cut.onnx")], /cut\.onnx.*\n/],
  "an unknown network": [["inspect", "lenet"], /neither a file nor a network of the zoo[\s\S]*did you mean "lenet5"/],
  "data that are not there": [["optimize", at("mlp.onnx"), "--data", at("absent.npz"), ...machine], /absent\.npz: /],
  "an unknown data set": [["optimize", "lenet5", "--data", "mnits", ...machine], /did you mean "mnist"/],
  "an unknown data set to fetch": [["data", "fetch", "fashion"], /no data set of this name/],
  "NaN in the data": [["optimize", at("mlp.onnx"), "--data", at("nan.csv"), ...machine], /nan\.csv/],
  "one class only": [["optimize", at("mlp.onnx"), "--data", at("one.csv"), ...machine], /class/],
  "an unknown machine": [
    ["optimize", at("mlp.onnx"), ...flowers, "--machine", "horowitz"],
    /neither a file nor a machine/,
  ],
  "a machine file that is not there": [["optimize", at("mlp.onnx"), ...flowers, "--machine", "x.yaml"], /x\.yaml: /],
  "a machine without a price": [
    ["optimize", at("mlp.onnx"), ...flowers, "--machine", at("no-multiply.yaml")],
    /no-multiply\.yaml.*multiply/,
  ],
  "a price without a unit": [["machines", "show", at("no-unit.yaml")], /no-unit\.yaml:\d+ .*unit is missing/],
  "impossible bit-widths": [["optimize", ...usual, "--options", '{"qMin":8,"qMax":4}'], /qMin 8 must be below qMax 4/],
  "an unknown option of the method": [["optimize", ...usual, "--options", '{"aplha":1}'], /did you mean "alpha"/],
  "options that are not JSON": [["optimize", ...usual, "--options", "{qMin:8}"], /--options: is not JSON/],
  "an accumulator too narrow for the network": [
    ["optimize", at("mlp.onnx"), ...flowers, "--method", "lws", "--options", '{"accumulatorBits":12}'],
    /partial sums can overflow the accumulator[\s\S]*got +12 bits/,
  ],
  "an array too tall for any accumulator": [
    ["optimize", at("mlp.onnx"), ...flowers, "--method", "lws", "--array", "65536x4"],
    /rows: .*needs 32 bits/,
  ],
  "a budget of nothing": [["optimize", ...usual, "--budget", "0"], /budget/],
  "a set without a usable member": [["optimize", ...usual, "--set", "1"], /no member of \[1\]/],
  "no epochs": [["optimize", ...usual, "--epochs", "0"], /--epochs: has a wrong value\n {2}expected {2}at least 1/],
  "a baseline of one bit": [["optimize", ...usual, "--baselines", "8,1"], /--baselines: has a wrong value/],
  "an unknown method": [["optimize", ...usual, "--method", "eqta"], /did you mean "eqat"/],
  "examples of another shape": [
    ["optimize", "lenet5", ...flowers, ...machine],
    /does not take examples of such a shape/,
  ],
  "an output that cannot be written": [["optimize", ...usual.slice(0, -1), at("file/out")], /file\/out: /],
  "an unknown experiment": [["reproduce", "eqat", "--only", "imagenet"], /no experiment "imagenet"/],
  "an unknown recipe": [["reproduce", "xyz"], /no recipe "xyz"/],
  "a folder without a report": [
    ["export", folder, "--to", "int", "--out", at("x.onnx")],
    /report\.json: there is no such file/,
  ],
  "an unknown form": [["export", at("mlp.onnx"), "--to", "onnx", "--out", at("x.onnx")], /expected {2}qdq, int, qonnx/],
  "a plain model to export": [["export", at("mlp.onnx"), "--to", "int", "--out", at("x.onnx")], /nothing to lower/],
};

test.each(Object.entries(mistakes))(
  "%s: one message, code 2, nothing on standard output",
  async (_, [words, message]) => {
    const { code, stdout, stderr } = await runCaptured(...words);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect([code, stdout]).toEqual([2, ""]);
  },
);

test("under --json a mistake is an object too", async () => {
  const { code, stdout } = await runCaptured("inspect", at("cut.onnx"), "--json");
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { where: expect.stringContaining("cut.onnx") } });
});

test("inspect: a file", async () => {
  const { code, stdout } = await runCaptured("inspect", at("mlp.onnx"), "--json");
  const seen = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(seen).toMatchObject({ name: "mlp.onnx", macs: 4 * 6 + 6 * 3, nodes: { Gemm: 2, Relu: 1 } });
  expect(seen.initializers.elements).toBe(4 * 6 + 6 + 6 * 3 + 3);
  expect(seen.file.opsets[""]).toBeGreaterThanOrEqual(17);
  const { stdout: text } = await runCaptured("inspect", at("mlp.onnx"));
  expect(text).toMatch(/work +42 multiply-accumulates in 2 layers/);
});

test("inspect: a network of the zoo", async () => {
  const { stdout } = await runCaptured("inspect", "lenet-5", "--json");
  const seen = JSON.parse(stdout);
  expect(seen).toMatchObject({ name: "lenet5", macs: 416_520 });
  expect(seen.layers.map(({ name }: { name: string }) => name)).toEqual(["conv1", "conv2", "fc1", "fc2", "fc3"]);
});

test("data list knows what is here", async () => {
  const { stdout } = await runCaptured("data", "list", "--json");
  const sets = JSON.parse(stdout) as { name: string; state: string }[];
  // mnist10k comes with a dependency, so it is everywhere.
  expect(sets.find(({ name }) => name === "mnist10k")).toMatchObject({ state: "yes", train: 8000, test: 2000 });
  expect((await runCaptured("data", "list")).stdout).toContain("mnist10k");
});

test("a machine's file read again is the same machine", async () => {
  writeFileSync(at("copy.yaml"), sound);
  const { stdout } = await runCaptured("machines", "show", at("copy.yaml"), "--json");
  const original = JSON.parse((await runCaptured("machines", "show", "horowitz-45nm-sram8k", "--json")).stdout);
  expect({ ...JSON.parse(stdout), origin: original.origin }).toEqual(original);
  expect((await runCaptured("machines", "list")).stdout).toContain("horowitz-45nm-sram8k");
});
