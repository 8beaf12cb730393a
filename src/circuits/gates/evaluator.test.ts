import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../../base/rng.ts";
import { buildMac } from "../netlist/mac/mac.ts";
import type { Netlist } from "../netlist/netlist.ts";
import { readYosysNetlist } from "../netlist/read-yosys.ts";
import type { DelayModel } from "./activity.ts";
import { bitPlanes } from "./bit-planes.ts";
import { GateEvaluator } from "./evaluator.ts";
import { randomNetlist } from "./random-netlist.fixture.ts";
import { referenceActivity } from "./reference.ts";
import type { Stimulus } from "./stimulus.ts";

const golden = (name: string) =>
  readYosysNetlist(readFileSync(new URL(`../../../golden/gate-netlists/${name}.json`, import.meta.url), "utf8"));

/** Both evaluators on one stimulus, net by net. */
async function expectEqual(netlist: Netlist, stimulus: Stimulus, delay: DelayModel, still: string[] = []) {
  const evaluator = await GateEvaluator.compile(netlist, { delay, still, countsHigh: true });
  expect(evaluator.run(stimulus)).toEqual(referenceActivity(netlist, stimulus, { delay }));
}

const words = (rng: Rng, count: number) => Array.from({ length: count }, () => rng.uint32() | 0);

describe.each(["zero", "unit"] as const)("%s delay equals the reference, net by net", (delay) => {
  test("random netlists without state: streams, several streams, pairs; inputs held still", async () => {
    for (let seed = 0; seed < 12; seed++) {
      const rng = new Rng(seed, "netlists");
      const netlist = randomNetlist(rng, { gates: 20 + rng.below(60), inputs: 1 + rng.below(12), registers: 0 });
      const still = rng.below(2) ? ["k"] : [];
      const k = still.length > 0 ? rng.below(8) : words(rng, 300);
      const count = 2 + rng.below(290);
      await expectEqual(netlist, { kind: "stream", count, vectors: { x: words(rng, count), k } }, delay, still);
      const streams = 1 + rng.below(5);
      const x = words(rng, 20 * streams);
      await expectEqual(netlist, { kind: "stream", count: 20, streams, vectors: { x, k } }, delay, still);
      const [before, after] = [words(rng, count), words(rng, count)];
      await expectEqual(
        netlist,
        { kind: "pairs", count, before: { x: before, k }, after: { x: after, k } },
        delay,
        still,
      );
    }
  });

  test("random netlists with flip-flops, enables and resets", async () => {
    for (let seed = 0; seed < 12; seed++) {
      const rng = new Rng(seed, "registers");
      const size = { gates: 10 + rng.below(40), inputs: 1 + rng.below(8), registers: 1 + rng.below(8) };
      const netlist = randomNetlist(rng, size);
      const streams = 1 + rng.below(4);
      const count = 2 + rng.below(30);
      const vectors = { x: words(rng, streams * count), k: 5 };
      await expectEqual(netlist, { kind: "stream", count, streams, vectors }, delay, rng.below(2) ? ["k"] : []);
    }
  });

  test("more than 128 streams of a netlist with flip-flops", async () => {
    const rng = new Rng(9);
    const netlist = randomNetlist(rng, { gates: 12, inputs: 3, registers: 4 });
    const vectors = { x: words(rng, 150 * 4), k: words(rng, 150 * 4) };
    await expectEqual(netlist, { kind: "stream", count: 4, streams: 150, vectors }, delay);
  });

  test.each([
    ["Booth", buildMac()],
    ["Booth, gated, separate adder", buildMac({ isFused: false, isZeroGated: true })],
    ["Baugh-Wooley", buildMac({ multiplier: "baughWooley" })],
    ["Yosys' 8-bit multiplier", golden("mul8")],
  ])("%s", async (_, netlist) => {
    const rng = new Rng(2, "mac");
    const count = 140;
    const ports = netlist.ports.filter(({ direction }) => direction === "input").map(({ name }) => name);
    const vectors = Object.fromEntries(ports.map((name) => [name, words(rng, count)]));
    await expectEqual(netlist, { kind: "stream", count, vectors }, delay);
    if (ports.includes("w"))
      await expectEqual(netlist, { kind: "stream", count, vectors: { ...vectors, w: -105 } }, delay, ["w"]);
  });

  test.each(["counter", "counter-own"])("%s", async (name) => {
    await expectEqual(golden(name), { kind: "stream", count: 257, vectors: { rst: 0, en: 1 } }, delay);
  });
});

test("sums are emptied before they overflow: 16 lanes that toggle at every step, 20 000 steps", async () => {
  const netlist = buildMac({ activationBits: 2, weightBits: 2, accumulatorBits: 2 });
  const evaluator = await GateEvaluator.compile(netlist, { delay: "zero" });
  const count = 128 * 20_000 + 1;
  const a = Int8Array.from({ length: count }, (_, i) => i & 1);
  const { toggles } = evaluator.run({ kind: "stream", count, vectors: { a, w: 1, p: 0 } });
  const input = netlist.ports.find(({ name }) => name === "a")!.nets[0]!;
  expect(toggles[input]).toBe(count - 1);
}, 20_000);

test("a run leaves nothing behind: the same stimulus counts the same again", async () => {
  const netlist = golden("counter");
  const evaluator = await GateEvaluator.compile(netlist, { delay: "unit" });
  const stimulus: Stimulus = { kind: "stream", count: 40, vectors: { rst: 0, en: 1 } };
  const first = evaluator.run(stimulus);
  evaluator.run({ kind: "stream", count: 3, vectors: { rst: [1, 0, 0], en: 1 } });
  expect(evaluator.run(stimulus)).toEqual(first);
});

test("a port held still must not change, and must exist", async () => {
  const mac = buildMac();
  const evaluator = await GateEvaluator.compile(mac, { delay: "zero", still: ["w"] });
  const vectors = { a: [1, 2], w: [3, 4], p: 0 };
  expect(() => evaluator.run({ kind: "stream", count: 2, vectors })).toThrow(
    expect.objectContaining({ code: "stimulus.still", got: "4 at 1" }),
  );
  await expect(GateEvaluator.compile(mac, { delay: "zero", still: ["v"] })).rejects.toThrow(
    expect.objectContaining({ code: "gates.still" }),
  );
});

test("bit planes: plane b, bit l is bit b of value l, for numbers up to 53 bits and for bigints", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), { minLength: 32, maxLength: 32 }),
      fc.integer({ min: 1, max: 53 }),
      (values, width) => {
        const indices = values.map((_, lane) => lane);
        const [planes, big] = [new Int32Array(64), new Int32Array(64)];
        bitPlanes(values, indices, 0, width, planes);
        bitPlanes(values.map(BigInt), indices, 0, width, big);
        expect(big.subarray(0, width)).toEqual(planes.subarray(0, width));
        for (let bit = 0; bit < width; bit++) {
          const expected = values.map((value) => Number((BigInt(value) >> BigInt(bit)) & 1n));
          expect(Array.from({ length: 32 }, (_, lane) => (planes[bit]! >>> lane) & 1)).toEqual(expected);
        }
      },
    ),
    { numRuns: 50 },
  );
});
