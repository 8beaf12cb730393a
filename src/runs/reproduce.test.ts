/** @file Recipes: what is asked for by name, how long it will take, and that what is finished is not run again. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { eqatRecipe } from "../methods/index.ts";
import { syntheticReport } from "../reports/report.fixture.ts";
import { recipes } from "./recipes.ts";
import { estimateHours, experimentsOf, findRecipe, reproduce } from "./reproduce.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-reproduce-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("recipes", () => {
  it("of LWS are estimated by what a seed of three rows took: 4.5 minutes of one core", () => {
    const [experiment] = experimentsOf("lws", ["mnist-lenet5"]);
    const named = experiment!.learned as Record<string, object>;
    const learned = Object.fromEntries(["LWS", "PowerPruning", "magnitude"].map((name) => [name, named[name]!]));
    const hours = estimateHours("lws", { ...experiment!, learned }, "minutes", 6000, 1);
    expect((60 * hours) / experiment!.seeds.minutes.length).toBeCloseTo(4.5, 0);
    const more = estimateHours("lws", experiment!, "minutes", 6000, 1);
    expect(more).toBeGreaterThan(hours);
    expect(estimateHours("lws", experiment!, "hours", 55_000, 1)).toBeGreaterThan(more);
  });

  it("of LWS on ResNet-20 fits into an hour of two cores a seed; its estimate grows with steps and rows", () => {
    const [experiment] = experimentsOf("lws", ["cifar10-resnet20"]);
    expect(experiment!.seeds.hours).toHaveLength(3);
    // The file of weights is none of the repository's: a network of its size stands for it.
    const like = { ...experiment!, network: { zoo: "resnet20", options: {} } };
    const hours = (own: object) => estimateHours("lws", { ...like, ...own }, "hours", 50_000, 2) / 3;
    expect(hours({})).toBeLessThan(1);
    expect(hours({})).toBeGreaterThan(0.5);
    const { LWS, ...others } = like.learned as Record<string, object>;
    expect(LWS).toBeDefined();
    expect(hours({ learned: others })).toBeLessThan(hours({}));
    const more = { ...like.learned, LWS: { ...LWS, sizes: [32, 16, 8] } };
    expect(hours({ learned: more })).toBeGreaterThan(hours({}));
    expect(hours({ learned: { magnitude: others.magnitude } })).toBeLessThan(hours({ learned: { LWS } }));
  });

  it("rows may train longer than the others, and the estimate knows", () => {
    const [vit] = experimentsOf("quweit", ["vit-cifar10"]);
    const epochs = new Map(
      recipes.quweit!.rows(vit!, [0, 6], 1).map(({ name, options }) => [name, (options as { epochs: number }).epochs]),
    );
    expect([epochs.get("dense"), epochs.get("dense, long"), epochs.get("dense, continued")]).toEqual([6, 24, 6]);
    expect(estimateHours("quweit", vit!, "hours", 50_000, 1)).toBeGreaterThan(
      estimateHours("quweit", { ...vit!, longer: {} }, "hours", 50_000, 1),
    );
  });

  it("are found by name, and unknown names say what there is", () => {
    expect(findRecipe("eqat")).toBe(eqatRecipe);
    for (const id of ["eqta", "toString", "constructor", ""]) {
      expect(() => findRecipe(id)).toThrow(
        expect.objectContaining({ code: "recipe.unknown", expected: "eqat, dwn, lws, quweit" }),
      );
    }
    const ids = eqatRecipe.experiments.map((experiment) => experiment.id);
    expect(experimentsOf("eqat").map(({ id }) => id)).toEqual(ids);
    expect(experimentsOf("eqat", [ids[1]!]).map(({ id }) => id)).toEqual([ids[1]]);
    expect(() => experimentsOf("eqat", ["mnist-lenet6"])).toThrow(
      expect.objectContaining({ code: "recipe.experiment", expected: ids.join(", ") }),
    );
  });

  it.each(eqatRecipe.experiments.filter(({ network }) => "zoo" in network).map((entry) => [entry.id, entry] as const))(
    "%s is estimated from its work",
    (_id, experiment) => {
      const hours = estimateHours("eqat", experiment, "hours", 60_000, 2);
      expect(hours).toBeGreaterThan(0.001);
      expect(hours).toBeLessThan(24);
      expect(estimateHours("eqat", experiment, "hours", 120_000, 2)).toBeCloseTo(2 * hours, 9);
      expect(estimateHours("eqat", experiment, "hours", 60_000, 1)).toBeGreaterThan(hours);
      expect(estimateHours("eqat", experiment, "full", 60_000, 2)).toBeGreaterThanOrEqual(hours);
    },
  );
});

describe("reproduce", () => {
  const report = syntheticReport();
  const [experiment] = eqatRecipe.experiments;
  const seeds = experiment!.seeds.minutes;
  const options = { size: "minutes", folder, only: [experiment!.id], dataDir: join(folder, "no data here") } as const;
  const place = (seed: number) => join(folder, "minutes", `${experiment!.id}-seed${seed}`);

  it("takes finished experiments from their reports, without data and without a run", async () => {
    for (const seed of seeds) {
      mkdirSync(place(seed), { recursive: true });
      writeFileSync(join(place(seed), "report.json"), JSON.stringify(report));
    }
    const { results } = await reproduce("eqat", options, { onRun: () => expect.unreachable("a run began") });
    expect(results.map(({ seed }) => seed)).toEqual(seeds);
    expect(results[0]!.rows.map(({ name, accuracy, energy }) => ({ name, accuracy, energy }))).toEqual(
      report.rows.map(({ name, accuracy, energy }) => ({ name, accuracy: accuracy.value, energy: energy.relative })),
    );
    expect(JSON.parse(readFileSync(join(folder, "summary-minutes.json"), "utf8"))).toEqual(results);
  });

  it.each(["", "{", '{"schema": "femto.report/0"}'])("names a report that is damaged: %j", async (text) => {
    const path = join(place(seeds[0]!), "report.json");
    writeFileSync(path, text);
    await expect(reproduce("eqat", options)).rejects.toMatchObject({ code: "report.format", where: path });
  });

  it("begins nothing when told to stop before", async () => {
    await expect(reproduce("eqat", options, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
  });
});
