import { expect, test } from "vitest";
import { loadMachine } from "../machines/index.ts";
import { usageOf } from "./index.ts";

const total = { lo: 1e6, mid: 2e6, hi: 4e6 };

test("2 µJ a thousand times a second are 2 mW; a battery of 10 mWh lasts five hours", () => {
  const usage = usageOf({ total, latency: undefined }, loadMachine("horowitz-45nm-sram8k"), 1000, 10);
  expect(usage.activeMw.mid).toBeCloseTo(2, 12);
  expect(usage.idleMw.mid).toBe(0);
  expect(usage.batteryHours!.lo).toBeCloseTo(2.5, 12);
  expect(usage.batteryHours!.mid).toBeCloseTo(5, 12);
  expect(usage.batteryHours!.hi).toBeCloseTo(10, 12);
});

test("leakage is paid for the time that inferences leave over: theirs is in the bill", () => {
  const text = loadMachine("horowitz-45nm-sram8k").text.replace(
    "class: sram\n",
    "class: sram\n    static: { leakage_mw: 0.5, source: horowitz2014 }\n",
  );
  const machine = loadMachine(`${text}clock_mhz: 100\n`, "leaky.yaml");
  const latency = { cycles: 25_000, seconds: 2.5e-4, utilisation: 1, untimedRows: 0 };
  const usage = usageOf({ total, latency }, machine, 1000);
  expect(usage.busyShare).toBeCloseTo(0.25, 12);
  expect(usage.idleMw.mid).toBeCloseTo(0.375, 12);
  expect(usage.totalMw.mid).toBeCloseTo(2.375, 12);
});
