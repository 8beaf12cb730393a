import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a program that imports the built package by its name, as users do; it prints JSON. */
const program = (text: string): unknown =>
  JSON.parse(execFileSync(process.execPath, ["--input-type=module", "--eval", text], { cwd: root, encoding: "utf8" }));

test("from a network to its bytes, back, and to its price, through the public entry alone", () => {
  const seen = program(`
    import { bill, countWork, inferModel, loadMachine, oneExample, readModel, uniformWidths, writeModel, zoo } from "femto";
    const model = zoo.lenet5({ seed: 1 });
    inferModel(model);
    const again = readModel(writeModel(model));
    inferModel(again);
    const counts = countWork(again, oneExample(again));
    const { relative } = bill(counts, loadMachine("horowitz-45nm-sram8k"), uniformWidths(counts.layers, 8));
    console.log(JSON.stringify({ macs: counts.layers.map(({ macs }) => macs), relative: relative.mid }));
  `);
  expect(seen).toEqual({ macs: [117_600, 240_000, 48_000, 10_080, 840], relative: 1 });
});

test("mistakes reach a program as FemtoErrors", () => {
  const seen = program(`
    import { FemtoError, loadMachine } from "femto";
    try { loadMachine("nowhere"); } catch (error) {
      console.log(JSON.stringify({ isFemtoError: error instanceof FemtoError, ...error.toJSON() }));
    }
  `);
  expect(seen).toMatchObject({ isFemtoError: true, code: "machine.unknown" });
});
