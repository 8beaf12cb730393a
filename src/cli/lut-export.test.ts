/** @file `femto export` of networks of lookup tables: what is written answers what the ONNX file answers. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { tableInputs } from "../circuits/verilog/index.ts";
import { BitsEngine, toJson } from "../engine/bits/index.ts";
import { edgeSamples, toLutCircuit, toLutNetwork, withRawSamples } from "../export/index.ts";
import { toOnnx } from "../export/onnx/lut-network.ts";
import type { Model } from "../graph/model.ts";
import { writeModelFile } from "../onnx/index.ts";
import { attachFunctions } from "../rewrites/index.ts";
import { mlp } from "../zoo/index.ts";
import { runCaptured } from "./captured.fixture.ts";
import { lutNetwork } from "./lut-network.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-cli-luts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());
const at = (name: string) => join(folder, name);
const PATIENCE = 300_000;

const bytes = lutNetwork("uint8", 1);
const tiny = lutNetwork("uint8", 3, [6, 3]);
const floats = lutNetwork("float32", 2);

function save(model: Model, name: string): string {
  attachFunctions.run(model);
  writeModelFile(model, at(name));
  return at(name);
}
const bytesFile = save(toOnnx(bytes), "bytes.onnx");
const floatsFile = save(toOnnx(floats), "floats.onnx");

const exported = async (file: string, ...words: string[]) => {
  const { code, stdout, stderr } = await runCaptured("export", file, ...words, "--json");
  expect(code).toBe(0);
  // Circuits take long enough to say what goes on.
  if (words.includes("verilog")) expect(stderr).toContain("samples on the gates of ");
  else expect(stderr).toBe("");
  return JSON.parse(stdout);
};

describe.each([
  ["bytes", bytesFile],
  ["floats", floatsFile],
])("%s", (kind, file) => {
  test.each(["wasm", "js", "c"])("%s: files, and the samples on which they were run", async (form) => {
    const out = at(`${kind}-${form}`);
    const result = await exported(file, "--to", form, "--out", out, "--samples", "700", "--name", "digits");
    expect(result.check).toMatchObject({
      samples: 700,
      onnxRuntime: "bit-exact",
      source: expect.stringMatching(/^700/),
    });
    // A machine without a C compiler says so instead.
    if (result.check.missing === null) expect(result.check.counts).toBe(2100);
    else expect(form).toBe("c");
    for (const { path, bytes: size } of result.files) expect(readFileSync(path).length).toBe(size);
    expect(existsSync(join(out, form === "c" ? "digits.c" : "digits.mjs"))).toBe(true);
  });

  test(
    "verilog: run as gates; floats leave the core alone",
    async () => {
      const out = at(`${kind}-verilog`);
      const result = await exported(file, "--to", "verilog", "--out", out, "--samples", "300", "--pipelined");
      expect(result.check).toMatchObject({ samples: 300, missing: null, counts: 0 });
      expect(existsSync(join(out, "lut_network.v"))).toBe(kind === "bytes");
      expect(existsSync(join(out, "lut_network_core.v"))).toBe(true);
      expect(result.circuits).toEqual([{ latency: expect.any(Number), fpga: null }]);
      expect(result.circuits[0].latency).toBeGreaterThan(2);
    },
    PATIENCE,
  );
});

test(
  "verilog --fpga --keep-tables: counts with and without the encoder, every sample on the mapped circuit, the proof",
  async () => {
    const words = ["--to", "verilog", "--out", at("fpga"), "--samples", "200", "--keep-tables", "--fpga", "ice40"];
    const { code, stdout, stderr } = await runCaptured("export", save(toOnnx(tiny), "tiny.onnx"), ...words);
    expect(code).toBe(0);
    expect(stdout).toContain("mapped   run on 200 samples: all as the network");
    expect(stdout).toMatch(/of which tables \d+, counters \d+, argmax \d+\n/);
    expect(stdout).toMatch(/encoder {2}\d+ lookup tables/);
    expect(stderr).toMatch(/proof, tables: \d+ functions\n/);
    expect(stdout).toMatch(
      /proof {4}equal to the network for every sample, .* \(functions shown: encoder (\d+) of \1,/,
    );
  },
  PATIENCE,
);

test(
  "verilog --fpga xilinx,ice40: a circuit for each, with counters as wide as its tables",
  async () => {
    const file = save(toOnnx(lutNetwork("uint8", 4, [6, 24])), "eight.onnx");
    const words = ["--samples", "50", "--pipelined", "--keep-tables", "--fpga", "xilinx,ice40"];
    const { circuits, files } = await exported(file, "--to", "verilog", "--out", at("both"), ...words);
    for (const [i, fabric] of (["xilinx", "ice40"] as const).entries()) {
      const { fpga, latency } = circuits[i];
      expect(fpga).toMatchObject({ target: fabric, check: { differ: 0 }, proof: { verdict: "equal" } });
      // As planned for tables of this width: of the other width they would be more.
      const { core } = toLutCircuit(lutNetwork("uint8", 4, [6, 24]), { counterInputs: tableInputs[fabric] });
      expect(fpga.parts.counters).toBe(core.facts!.counterTables);
      expect(latency).toBeGreaterThan(2);
      expect(files.map(({ path }: { path: string }) => path)).toContain(at(`both/${fabric}/lut_network.v`));
    }
    const counter = (fabric: string) => readFileSync(at(`both/${fabric}/lut_network_popcount.v`), "utf8");
    expect(counter("ice40")).not.toBe(counter("xilinx"));
    expect(existsSync(at("both/lut_network.v"))).toBe(false);
  },
  PATIENCE,
);

/** Turns bit 0 of the class over in every mapped circuit that synthesis left in the cache. */
function turnClassOver(cache: string): void {
  for (const name of readdirSync(cache, { recursive: true, encoding: "utf8" })) {
    const path = join(cache, name);
    const answer = name.endsWith(".gz") ? JSON.parse(gunzipSync(readFileSync(path)).toString()) : undefined;
    if (answer?.files["cells.json"] === undefined) continue;
    const netlist = JSON.parse(answer.files["cells.json"]);
    const { ports, cells } = netlist.modules.lut_network;
    for (const cell of Object.values<{ connections: { O?: number[] }; parameters: { LUT_INIT: string } }>(cells)) {
      if (cell.connections.O?.[0] !== ports.class_o.bits[0]) continue;
      cell.parameters.LUT_INIT = cell.parameters.LUT_INIT.replace(/[01]/g, (entry) => (entry === "0" ? "1" : "0"));
    }
    answer.files["cells.json"] = JSON.stringify(netlist);
    writeFileSync(path, gzipSync(JSON.stringify(answer)));
  }
}

test(
  "a mapped circuit that answers otherwise is an error behind the report, under --json in its place",
  async () => {
    vi.stubEnv("FEMTO_CACHE", at("cache"));
    const file = save(toOnnx(tiny), "tiny.onnx");
    const words = ["--to", "verilog", "--out", at("wrong"), "--samples", "40", "--keep-tables", "--fpga", "ice40"];
    expect((await runCaptured("export", file, ...words)).code).toBe(0);
    turnClassOver(at("cache"));
    const { code, stdout, stderr } = await runCaptured("export", file, ...words);
    expect(code).toBe(2);
    expect(stdout).toContain("mapped   run on 40 samples: 40 differ, first 0\n");
    expect(stdout).toContain("proof    not shown");
    expect(stderr).toContain("circuit on ice40: the mapped circuit does not answer what the network answers");
    const asJson = await runCaptured("export", file, ...words, "--json");
    expect([asJson.code, JSON.parse(asJson.stdout).error]).toEqual([
      2,
      expect.objectContaining({
        code: "export.differs",
        got: "40 of 40 samples get another class, first sample 0",
      }),
    ]);
  },
  PATIENCE,
);

test("raw samples come from the note in the file, from the data, or are what the model reads", async () => {
  const noted = toOnnx(floats);
  const normalisation = { scale: 1 / 255, mean: [0.25], std: [0.5] };
  const file = save(withRawSamples(noted, { dtype: "uint8", normalisation }), "noted.onnx");
  const result = await exported(file, "--to", "js", "--out", at("noted"));
  expect(result.raw).toEqual({ dtype: "uint8", normalisation });
  expect(result.check.onnxRuntime).toBe("bit-exact");
  // The module answers raw bytes as the engine answers them.
  const network = toLutNetwork(noted, { dtype: "uint8", normalisation });
  const samples = edgeSamples(network, 40, 5);
  const module = await import(pathToFileURL(at("noted/lut_network.mjs")).href);
  expect(module.sums(samples)).toEqual((await BitsEngine.open(network)).sums(samples));

  const rows = Array.from({ length: 40 }, (_, i) => [...samples.subarray(12 * i, 12 * i + 12), i % 3].join(","));
  writeFileSync(at("rows.csv"), `${rows.join("\n")}\n`);
  const checked = await exported(floatsFile, "--to", "js", "--out", at("csv"), "--data", at("rows.csv"));
  expect(checked.check).toMatchObject({ samples: 8, onnxRuntime: "bit-exact" });
  expect(checked.accuracy).toBeGreaterThanOrEqual(0);
  expect((await exported(floatsFile, "--to", "js", "--out", at("plain"))).raw).toEqual({ dtype: "float32" });
});

test("--dont-care frees entries that few training samples read: what is read often stays, the answers' change is said", async () => {
  const samples = edgeSamples(floats, 60, 5);
  const rows = Array.from({ length: 60 }, (_, i) => [...samples.subarray(12 * i, 12 * i + 12), i % 3].join(","));
  writeFileSync(at("freed.csv"), `${rows.join("\n")}\n`);
  const words = ["--to", "js", "--data", at("freed.csv"), "--out"] as const;
  const all = await exported(floatsFile, ...words, at("kept"));
  expect(all.dontCare).toBeUndefined();
  const freed = await exported(floatsFile, ...words, at("freed"), "--dont-care", "1000");
  // 14 + 9 tables of 16 entries, none of which 48 samples read a thousand times.
  expect(freed.dontCare).toMatchObject({ least: 1000, trainingSamples: 48, entries: { free: 368, all: 368 } });
  expect(freed.dontCare.accuracy).toEqual({ before: all.accuracy, after: freed.accuracy });
  expect(freed.files[0].bytes).toBeLessThan(all.files[0].bytes);
  const once = await exported(floatsFile, ...words, at("once"), "--dont-care", "1");
  expect(once.dontCare.entries.free).toBeGreaterThan(0);
  expect(once.dontCare.entries.free).toBeLessThan(368);
});

test("the network as data is exported alike", async () => {
  writeFileSync(at("network.json"), JSON.stringify(toJson(bytes)));
  const result = await exported(at("network.json"), "--to", "js", "--out", at("data"));
  expect(result.check).toMatchObject({ samples: 1000, onnxRuntime: null, counts: 3000 });
  await exported(bytesFile, "--to", "js", "--out", at("model"));
  expect(readFileSync(at("data/lut_network.mjs"), "utf8")).toBe(readFileSync(at("model/lut_network.mjs"), "utf8"));
});

describe("mistakes are one error each", () => {
  writeFileSync(at("other.json"), '{"schema": "femto.report/1"}');

  const mlpFile = save(mlp({ inputs: 4, hidden: [3], classes: 2, seed: 1 }), "mlp.onnx");
  const wrongNote = toOnnx(floats);
  wrongNote.metadata.set("femto.raw_samples", '{"dtype": "int4"}');
  const wrongFile = save(wrongNote, "wrong.onnx");

  test.each([
    ["another model", [mlpFile, "--to", "c"], "the model is no network of lookup tables"],
    ["no folder", [bytesFile, "--to", "js", "--out"], "--out"],
    ["a form of quantised models", [bytesFile, "--to", "qdq"], "no femto.FakeQuant nodes"],
    ["an option of circuits", [bytesFile, "--to", "c", "--fpga", "xilinx"], "belongs to verilog"],
    ["codebooks of tables", [bytesFile, "--to", "c", "--storage", "codebook"], "--to qdq or --to int for codebooks"],
    [
      "free entries of no training samples",
      [bytesFile, "--to", "c", "--dont-care", "5"],
      "counts what training samples read",
    ],
    ["none to be read", [bytesFile, "--to", "c", "--dont-care", "0"], "--dont-care"],
    ["an unknown fabric", [bytesFile, "--to", "verilog", "--fpga", "ecp5"], "is none of the choices"],
    ["tables kept of no fabric", [bytesFile, "--to", "verilog", "--keep-tables"], "--fpga xilinx or --fpga ice40"],
    ["a name that C does not know", [bytesFile, "--to", "js", "--name", "7 up"], "must be an identifier"],
    ["data of another shape", [bytesFile, "--to", "js", "--data", "mnist10k"], "does not read such samples"],
    ["a note that is none", [wrongFile, "--to", "js"], "does not say what raw samples are"],
    ["data of another kind", [at("other.json"), "--to", "c"], "this is not a lookup-table network"],
    ["no such file", [at("nowhere.onnx"), "--to", "js"], "nowhere.onnx"],
  ])("%s", async (_, words, message) => {
    const out = words.includes("--out") ? [] : ["--out", at("never")];
    const { code, stdout, stderr } = await runCaptured("export", ...words, ...out);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });
});
