/** @file The commands around machine files: check, import, fit. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadMachine, priceOf } from "../machines/index.ts";
import { runCaptured } from "./captured.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-machines-"));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const golden = new URL("../../golden/zigzag/", import.meta.url).pathname;

test("check says what a machine is and what its reader should know", async () => {
  const sound = await runCaptured("machines", "check", "lpddr4-edge");
  expect(sound.code).toBe(0);
  expect(sound.stdout).toContain("4 components, 11 prices, mapping systolic\nnothing to remark upon");
  const free = put(
    "free.yaml",
    loadMachine("jouppi-7nm").text.replace(
      /value: 14, unit: pJ, bits: 64, source: jouppi2021_recalled/,
      "value: 0, unit: pJ, bits: 64, source: jouppi2021_recalled",
    ),
  );
  expect((await runCaptured("machines", "check", free)).stdout).toMatch(/free\.yaml:\d+: sram\.read is priced at zero/);
  const read = await runCaptured("machines", "check", "horowitz-45nm-sram8k", "--json");
  expect(JSON.parse(read.stdout)).toMatchObject({
    mapping: "once",
    remarks: [expect.stringContaining("no price for write")],
  });
  const broken = put(
    "broken.yaml",
    loadMachine("jouppi-7nm").text.replace("class: dram\n    type: hbm2", "class: dram"),
  );
  const refused = await runCaptured("machines", "check", broken);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/broken\.yaml:\d+ .*type is missing/);
});

test("import writes a machine file; what did not come along goes to standard error", async () => {
  const out = join(folder, "tpu.yaml");
  const hardware = `${golden}hardware/tpu_like.yaml`;
  const done = await runCaptured(
    "machines",
    "import",
    hardware,
    "--node",
    "28",
    "--mapping",
    `${golden}mapping/tpu_like.yaml`,
    "--dram",
    "lpddr4",
    "--name",
    "mine",
    "--out",
    out,
  );
  expect([done.code, done.stdout]).toEqual([0, `wrote ${out}\n`]);
  expect(done.stderr).toContain("tpu_like.yaml:74: ports: the key stands twice");
  const machine = loadMachine(readFileSync(out, "utf8"), out);
  expect(machine.name).toBe("mine");
  expect(machine.components.at(-1)).toMatchObject({ dram: "lpddr4" });
  const untold = await runCaptured("machines", "import", hardware);
  expect(untold.code).toBe(2);
  expect(untold.stderr).toContain("--node 28");
  const unknown = await runCaptured("machines", "import", put("x.txt", "hello: 1\n"));
  expect(unknown.stderr).toContain("no tool is known that writes such a file");
});

test("import of SCALE-Sim takes prices from a machine, or says what is missing", async () => {
  const cfg = put(
    "a.cfg",
    "[architecture_presets]\nArrayHeight: 8\nArrayWidth: 8\nIfmapSramSzkB: 16\nFilterSramSzkB: 16\nOfmapSramSzkB: 16\nDataflow: ws\nBandwidth: 4\n",
  );
  const priced = await runCaptured("machines", "import", cfg, "--prices", "lpddr4-edge");
  const machine = loadMachine(priced.stdout);
  expect(machine.mapping).toMatchObject({ kind: "systolic", rows: 8 });
  expect(priced.stderr).not.toContain("no energy is stated");
  const bare = JSON.parse((await runCaptured("machines", "import", cfg, "--node", "28", "--json")).stdout);
  expect(bare.missing).toContain("dram.read");
});

test("fit prints prices and residuals, and writes the machine", async () => {
  const rows = [1, 2, 3, 4, 5].map((i) => {
    const [macs, bits] = [1e6 * i, 5e5 * ((i * 3) % 5) + 1e5];
    return `layer${i},${(macs * 0.5 + bits * 0.25) / 1e6},${macs},${bits}`;
  });
  const csv = put("m.csv", `layer,uj,macs,sram.read\n${rows.join("\n")}\n`);
  const out = join(folder, "fitted.yaml");
  const citation = "a bench with a shunt, board B";
  const done = await runCaptured("machines", "fit", "jouppi-7nm", csv, "--citation", citation, "--out", out);
  expect([done.code, done.stdout]).toEqual([0, `wrote ${out}\n`]);
  expect(done.stderr).toMatch(/multiplier\.multiply\.int8 +0\.5000/);
  expect(done.stderr).toMatch(/sram\.read +0\.2500/);
  expect(done.stderr).toContain("errors of 0.0 %");
  const fitted = loadMachine(readFileSync(out, "utf8"));
  const sram = fitted.components.find(({ name }) => name === "sram")!;
  expect(priceOf(fitted, sram, "read")).toMatchObject({ energy: { mid: 0.25 }, source: { text: citation } });
  const short = await runCaptured("machines", "fit", "jouppi-7nm", csv, "--citation", "bench", "--out", out);
  expect([short.code, short.stderr]).toEqual([2, expect.stringContaining("--citation: is too short to be followed")]);
  const few = put("few.csv", "layer,uj,macs,sram.read\na,1,5,6\n");
  expect((await runCaptured("machines", "fit", "jouppi-7nm", few)).stderr).toContain(
    "there are fewer layers than prices",
  );
});
