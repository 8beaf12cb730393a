/** @file Tests what a report says of restricted weights, on a real network: traces of real digits, tables from gates. */

import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { projectWeights, type SwitchedLayer } from "../methods/index.ts";
import { realSelection as golden } from "../reports/weight-selection/real.fixture.ts";
import {
  Bench,
  figuresOf,
  goldenFolder,
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
    const { bases, rows } = golden();
    expect(bench.basis()).toEqual(bases[0]);
    const { name, method, detail, seed, accuracy, basis, ...expected } = rows.find((row) => row.name === "LWS 32")!;
    expect([method, basis]).toEqual(["lws", "ungated"]);
    const found = figuresOf(baseline, now, sets, true);
    // The golden has six digits of tables and maps.
    expect(JSON.parse(JSON.stringify(found))).toEqual(JSON.parse(JSON.stringify(expected), fourDigits));
  });
});

/** Numbers to within the last of four digits; small counts are exact. */
function fourDigits(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || (Number.isInteger(value) && Math.abs(value) < 10_000)) return value;
  return expect.closeTo(value, 2.9 - Math.floor(Math.log10(Math.abs(value))));
}
