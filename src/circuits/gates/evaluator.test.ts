import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Rng } from "../../base/rng.ts";
import { NetlistBuilder } from "../netlist/builder.ts";
import { buildMac } from "../netlist/mac/mac.ts";
import type { Netlist } from "../netlist/netlist.ts";
import { readYosysNetlist } from "../netlist/read-yosys.ts";
import type { DelayModel } from "./activity.ts";
import { GateEvaluator } from "./evaluator.ts";
import { writeKernel } from "./kernel/kernel.ts";
import { type Batch, pack } from "./pack.ts";
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

test("packed words: bit b of the value that lane l sees, for numbers up to 53 bits and for bigints", async () => {
  const b = new NetlistBuilder("wide");
  const [x, y] = [b.input("x", 53), b.input("y", 3)];
  b.output("z", [...x.map((net) => b.xor(net, y[0]!)), ...y]);
  const netlist = b.build();
  const { layout } = writeKernel(netlist, { delay: "zero" });
  const batches = (stimulus: Stimulus) =>
    Array.from(pack(netlist, layout, stimulus), ({ steps, words }) => ({ steps, words: words.slice() }));
  const rng = new Rng(3);
  const count = 300;
  const values = Array.from({ length: count }, () => (rng.uniform() - 0.5) * 2 ** 52 + rng.below(2)).map(Math.round);
  const small = Int8Array.from({ length: count }, () => rng.below(8));
  const packed = batches({ kind: "stream", count, vectors: { x: values, y: small } });
  const big = batches({
    kind: "stream",
    count,
    vectors: { x: values.map(BigInt), y: Array.from(small) },
  });
  expect(big).toEqual(packed);
  const [{ steps, words }] = packed as [Batch];
  const wrong: string[] = [];
  for (let step = 0; step < steps; step++) {
    for (let lane = 0; lane < 128; lane++) {
      // Lanes beyond the last vector repeat it.
      const index = Math.min(count - 1, lane * (steps - 1) + step);
      if (lane * (steps - 1) >= count) continue;
      for (let bit = 0; bit < 56; bit++) {
        const expected =
          bit < 53 ? (BigInt(values[index]!) >> BigInt(bit)) & 1n : BigInt((small[index]! >> (bit - 53)) & 1);
        const word = words[(step * layout.stepBytes) / 4 + 4 * bit + (lane >> 5)]!;
        if (BigInt((word >>> (lane & 31)) & 1) !== expected) wrong.push(`step ${step} lane ${lane} bit ${bit}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});
