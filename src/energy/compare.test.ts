import { expect, test } from "vitest";
import { loadMachine } from "../machines/index.ts";
import { bill, orderHolds, type Width } from "./index.ts";
import { countsOf, layer } from "./layer.fixture.ts";

const counts = countsOf(layer("compute", 1e6, 1e2, 1), layer("memory", 1e3, 1e5, 1));
const machine = loadMachine("horowitz-45nm-sram8k");
const billOf = (compute: Width, memory: Width) =>
  bill(counts, machine, [
    { layer: "compute", weight: compute, input: compute },
    { layer: "memory", weight: memory, input: memory },
  ]);

test("fewer bits everywhere is cheaper at every price", () => {
  expect(orderHolds(billOf(4, 4), billOf(5, 5))).toEqual({
    holds: 1,
    samples: 1000,
    law: "log-uniform between low and high",
  });
  expect(orderHolds(billOf(8, 8), billOf(4, 4)).holds).toBe(1);
});

test("an order that rests on the price of a multiplication does not always hold", () => {
  // 8 → 7 bits of compute saves 46.9 nJ at 0.2 pJ and 186 nJ at 0.79; 8 → 1 bits of memory save 109 nJ at any price
  const lessCompute = billOf(7, 8);
  const lessMemory = billOf(8, 1);
  expect(lessMemory.total.mid).toBeLessThan(lessCompute.total.mid);
  const { holds } = orderHolds(lessMemory, lessCompute, { samples: 4000 });
  // the orders cross where 15/64e6 · p = 109e3 …: the share of ln(p) below the crossing
  const saved = lessCompute.rows[1]!.energy.mid - lessMemory.rows[1]!.energy.mid;
  const crossing = saved / (1e6 * (15 / 64));
  const share = Math.log(crossing / 0.19375) / Math.log(0.7925 / 0.19375);
  expect(share).toBeGreaterThan(0.5);
  expect(Math.abs(holds - share)).toBeLessThan(0.03);
  expect(orderHolds(lessCompute, lessMemory, { samples: 4000 }).holds).toBe(holds);
});

test("two machines keep their own prices under the same name: the smaller memory is cheaper at every price", () => {
  const widths = [8, 8].map((bits, i) => ({ layer: counts.layers[i]!.name, weight: bits, input: bits }));
  const [small, large] = ["horowitz-45nm-sram8k", "horowitz-45nm-sram1m"].map((name) =>
    bill(counts, loadMachine(name), widths),
  ) as [ReturnType<typeof billOf>, ReturnType<typeof billOf>];
  // 10 and 100 pJ for 64 bits; the multiplier is one and the same, and moves in both
  expect(small.total.mid).toBeLessThan(large.total.mid);
  expect(orderHolds(small, large).holds).toBe(1);
  expect(orderHolds(large, small).holds).toBe(1);
});
