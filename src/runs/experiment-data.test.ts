/** @file Data of experiments: held out, brought by a user, or missing; the recipe of jets on a file of that form. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { count, loadDataSet } from "../data/index.ts";
import { dwnRecipe } from "../methods/index.ts";
import { examplesOf, partsOf } from "./experiment-data.ts";
import { experimentsOf, reproduce } from "./reproduce.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-brought-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("holds out the end of the training part, and never opens the test", async () => {
  const { train, test } = await partsOf({ data: "mnist10k", heldOut: 500 });
  const whole = loadDataSet("mnist10k").train!;
  expect([count(train), count(test), test.split]).toEqual([count(whole) - 500, 500, "validation"]);
  expect(test.inputs.data).toEqual(whole.inputs.data.slice(-500 * 784));
  expect(test.notes.at(-1)).toContain("the last 500 training examples");
  expect(examplesOf({ data: "mnist10k", heldOut: 500 })).toBe(count(train));
});

it.each(["jets", "keywords"])("%s are not run unless asked for, and say what must be brought", async (id) => {
  const none = join(folder, "none");
  expect(experimentsOf("dwn", undefined, none).map((entry) => entry.id)).not.toContain(id);
  const [experiment] = experimentsOf("dwn", [id], none);
  await expect(partsOf(experiment!, none)).rejects.toMatchObject({
    code: "data.not-found",
    where: experiment!.data,
    expected: expect.stringMatching(/\.npz or .*\.csv or .* in one of: .*none/),
    hint: expect.stringContaining("--data-dir"),
  });
});

it("runs the recipe of jets on a table of sixteen features and five letters", async () => {
  const dataDir = join(folder, "data");
  mkdirSync(dataDir);
  const rng = new Rng(4, "jets");
  const rows = Array.from({ length: 500 }, (_, i) => {
    const features = Array.from({ length: 16 }, (_, f) => (rng.normal() + (f % 5 === i % 5 ? 2.5 : 0)).toFixed(4));
    return [...features, "gqtwz"[i % 5]].join(",");
  });
  const names = [...Array.from({ length: 16 }, (_, f) => `feature${f}`), "class"].join(",");
  writeFileSync(join(dataDir, "jets.csv"), `${[names, ...rows].join("\n")}\n`);
  expect(experimentsOf("dwn", undefined, dataDir).map((entry) => entry.id)).toContain("jets");
  const out = join(folder, "runs");
  const { results } = await reproduce("dwn", { size: "minutes", folder: out, only: ["jets"], dataDir, jobs: 1 });
  const { learned } = dwnRecipe.experiments.find(({ id }) => id === "jets")!;
  expect(results[0]!.rows.map(({ name }) => name)).toEqual([...Object.keys(learned), "uniform 8 bit"]);
  for (const { kind, accuracy, verdict } of results[0]!.rows) {
    // Five classes: a fifth by chance.
    expect(accuracy).toBeGreaterThan(0.4);
    if (kind === "dwn") expect(verdict).toBe("network.json: bit-exact");
  }
}, 300_000);
