/** @file Tests what a report says of restricted weights, on a real network: traces of real digits, tables from gates. */

import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { projectWeights, type SwitchedLayer } from "../methods/index.ts";
import { realSelection as golden } from "../reports/weight-selection/real.fixture.ts";
import { selectionBasis, selectionFigures } from "./selection-figures.fixture.ts";
import {
  Bench,
  goldenFolder,
  images,
  ownSets,
  readNetwork,
  realSelection,
  withWeights,
} from "./weight-selection.fixture.ts";

test.runIf(process.env.FEMTO_GOLDEN === "write")(
  "write the golden",
  async () => {
    writeFileSync(`${goldenFolder}selection.json`, `${JSON.stringify(await realSelection())}\n`);
  },
  900_000,
);

describe("LeNet-5 of the golden, 32 values a layer, ungated", () => {
  let bench: Bench;
  let baseline: SwitchedLayer[];
  let now: SwitchedLayer[];
  let sets: ReadonlyMap<string, readonly number[]>;

  beforeAll(async () => {
    bench = await Bench.of(false);
    const model = readNetwork();
    baseline = bench.layersOf(model);
    sets = ownSets(baseline, 32);
    const weights = new Map(
      baseline.map(({ name, weights: own, table }) => [name, projectWeights(own, sets.get(name)!, table)]),
    );
    now = bench.layersOf(withWeights(model, weights));
  }, 300_000);

  test("is what the golden says: figures, sets, histograms, energies, maps", () => {
    const basis = bench.basis(baseline);
    const { bases, rows } = golden();
    expect(basis).toEqual(bases[0]);
    const { name, method, detail, seed, accuracy, basis: id, ...expected } = rows.find((row) => row.name === "LWS 32")!;
    expect([method, id]).toEqual(["lws", "ungated"]);
    const found = selectionFigures({ baseline, now, sets, basis, images, withHeat: true });
    expect(JSON.parse(JSON.stringify(found))).toEqual(expected);
  });

  test("other layers, and energies of another constant, are refused", () => {
    const basis = bench.basis(baseline);
    const refused = (code: string) => expect.objectContaining({ code });
    const input = { baseline, now: now.slice(1), sets, basis, images, withHeat: false };
    expect(() => selectionFigures(input)).toThrow(refused("selection.layers"));
    const switching = {
      layers: [],
      total: 1,
      allZero: 1,
      basis: { ...basis, unit: "relative", level: "unit", scale: "" },
    };
    const options = { isZeroGated: false, stimulus: "none" };
    expect(() => selectionBasis("x", switching as never, bench.calibration, options)).toThrow(
      refused("selection.basis"),
    );
  });
});
