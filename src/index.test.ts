import { expect, test } from "vitest";
import {
  bill,
  cloneModel,
  countWork,
  type FemtoError,
  inferModel,
  loadMachine,
  oneExample,
  readModel,
  uniformWidths,
  version,
  writeModel,
  zoo,
} from "./index.ts";

test("from a network to its bytes, back, and to its price, through the public entry alone", () => {
  const model = zoo.lenet5({ seed: 1 });
  inferModel(model);
  const again = readModel(writeModel(cloneModel(model)));
  inferModel(again);
  const counts = countWork(again, oneExample(again));
  expect(counts.layers.map(({ macs }) => macs)).toEqual([117_600, 240_000, 48_000, 10_080, 840]);
  const { relative, total } = bill(counts, loadMachine("horowitz-45nm-sram8k"), uniformWidths(counts.layers, 8));
  expect(relative.mid).toBe(1);
  expect(total.mid).toBeGreaterThan(0);
});

test("mistakes are FemtoErrors", () => {
  const caught = (() => {
    try {
      return loadMachine("nowhere");
    } catch (error) {
      return error as FemtoError;
    }
  })();
  expect(caught).toMatchObject({ name: "FemtoError", code: "machine.unknown" });
  expect(version()).toMatch(/^\d+\.\d+\.\d+/);
});
