import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Rng } from "../../base/rng.ts";
import { NetlistBuilder } from "../netlist/builder.ts";
import { buildMac } from "../netlist/mac/mac.ts";
import type { Net } from "../netlist/netlist.ts";
import { readYosysNetlist } from "../netlist/read-yosys.ts";
import { fanOutWeights, totalToggles, weigh } from "./activity.ts";
import { referenceActivity } from "./reference.ts";
import type { Stimulus } from "./stimulus.ts";

const golden = (name: string) =>
  readYosysNetlist(readFileSync(new URL(`../../../golden/gate-netlists/${name}.json`, import.meta.url), "utf8"));

/** A chain of XORs over n inputs (deep) or a balanced tree (n a power of two). */
function xorNetlist(leaves: number, shape: "chain" | "tree") {
  const b = new NetlistBuilder(`xor_${shape}`);
  let nets: Net[] = b.input("x", leaves);
  while (nets.length > 1) {
    const pairs = shape === "chain" ? 1 : nets.length >> 1;
    const sums = Array.from({ length: pairs }, (_, i) => b.xor(nets[2 * i]!, nets[2 * i + 1]!));
    nets = [...sums, ...nets.slice(2 * pairs)];
  }
  b.output("y", nets);
  return b.build();
}

const alternating = (bits: number, count: number): Stimulus => ({
  kind: "stream",
  count,
  vectors: { x: Array.from({ length: count }, (_, i) => (i % 2 ? 2 ** bits - 1 : 0)) },
});

test("constant inputs toggle nothing", () => {
  const mac = buildMac();
  const stimulus: Stimulus = { kind: "stream", count: 5, vectors: { a: 33, w: -105, p: 1000 } };
  for (const delay of ["zero", "unit"] as const) {
    expect(totalToggles(referenceActivity(mac, stimulus, { delay }))).toBe(0);
  }
});

test("all inputs of an XOR tree alternating: inputs toggle, settled inner nets do not", () => {
  const tree = xorNetlist(8, "tree");
  // Every XOR of an even number of leaves stays 0: 8 input toggles per transition and nothing else.
  expect(totalToggles(referenceActivity(tree, alternating(8, 11), { delay: "zero" }))).toBe(80);
  // Balanced paths: no glitches either.
  expect(totalToggles(referenceActivity(tree, alternating(8, 11), { delay: "unit" }))).toBe(80);
  // 9 leaves as a chain of 8 gates: gates over an odd number of leaves (2, 4, 6, 8) change, the others do not.
  const chain = xorNetlist(9, "chain");
  const settled = referenceActivity(chain, alternating(9, 11), { delay: "zero" });
  expect(totalToggles(settled)).toBe((9 + 4) * 10);
});

test("glitches of an XOR chain: gate k changes once per arriving wave", () => {
  const chain = xorNetlist(9, "chain");
  const { toggles } = referenceActivity(chain, alternating(9, 2), { delay: "unit" });
  // Gate 1 sees both inputs change at once and stays. Gate k ≥ 2 changes at time 1 (its own leaf) and then follows gate k − 1
  // one step later: k − 1 changes in all.
  const gates = chain.gates.map(({ output }) => toggles[output]!);
  expect(gates).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test.each(["counter", "counter-own"])("%s: 510 output toggles over 256 increments", (name) => {
  const counter = golden(name);
  const stimulus: Stimulus = { kind: "stream", count: 257, vectors: { rst: 0, en: 1 } };
  const activity = referenceActivity(counter, stimulus, { delay: "zero" });
  const outputs = counter.ports.find((port) => port.name === "q")!.nets;
  const toggles = outputs.reduce((sum, net) => sum + activity.toggles[net]!, 0);
  expect(toggles).toBe(510);
  expect(toggles / 256).toBe(1.9921875);
  expect(activity.high![outputs[7]!]).toBe(128);
});

test("enable holds and reset clears", () => {
  const counter = golden("counter");
  const q = counter.ports.find((port) => port.name === "q")!.nets;
  const seen: number[] = [];
  referenceActivity(
    counter,
    { kind: "stream", count: 7, vectors: { en: [1, 1, 0, 0, 1, 0, 0], rst: [0, 0, 0, 0, 0, 1, 0] } },
    {
      delay: "unit",
      onTransition: ({ settled }) => seen.push(q.reduce((value, net, bit) => value | (settled[net]! << bit), 0)),
    },
  );
  expect(seen).toEqual([1, 2, 2, 2, 3, 0]);
});

test("no change of a and p costs nothing, and no sample costs less with unit delay than with zero delay", () => {
  const mac = buildMac();
  const weights = fanOutWeights(mac);
  const rng = new Rng(3, "mac");
  const count = 60;
  const draw = (bound: number, low: number) => Array.from({ length: count }, () => rng.below(bound) + low);
  const before = { a: draw(256, -128), w: draw(256, -128), p: draw(2 ** 22, -(2 ** 21)) };
  const after = { a: draw(256, -128), w: before.w, p: draw(2 ** 22, -(2 ** 21)) };
  for (let i = 0; i < 5; i++) {
    after.a[i] = before.a[i]!;
    after.p[i] = before.p[i]!;
  }
  const energies = (delay: "zero" | "unit") => {
    const samples: number[] = [];
    const onTransition = ({ toggles }: { toggles: Uint32Array }) => samples.push(weigh(toggles, weights));
    referenceActivity(mac, { kind: "pairs", count, before, after }, { delay, onTransition });
    return samples;
  };
  const [zero, unit] = [energies("zero"), energies("unit")];
  expect(unit.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  expect(zero.slice(5).every((energy) => energy > 0)).toBe(true);
  expect(unit.every((energy, i) => energy >= zero[i]!)).toBe(true);
});

test("the order of vectors changes what they cost", () => {
  const mac = buildMac();
  const ramp = Array.from({ length: 64 }, (_, i) => i);
  const order = new Rng(5).permutation(64);
  const run = (a: number[]) =>
    totalToggles(
      referenceActivity(mac, { kind: "stream", count: 64, vectors: { a, w: 107, p: 0 } }, { delay: "unit" }),
    );
  expect(run(ramp.map((_, i) => order[i]!))).toBeGreaterThan(1.2 * run(ramp));
  // The order alone does not matter where the toggles are the same: backwards.
  expect(
    totalToggles(
      referenceActivity(
        mac,
        { kind: "stream", count: 64, vectors: { a: ramp.toReversed(), w: 107, p: 0 } },
        { delay: "zero" },
      ),
    ),
  ).toBe(
    totalToggles(
      referenceActivity(mac, { kind: "stream", count: 64, vectors: { a: ramp, w: 107, p: 0 } }, { delay: "zero" }),
    ),
  );
});

test("a stimulus that does not fit is refused", () => {
  const mac = buildMac();
  const run = (stimulus: Stimulus, netlist = mac) => referenceActivity(netlist, stimulus, { delay: "zero" });
  const refused = (code: string) => expect.objectContaining({ code });
  expect(() => run({ kind: "stream", count: 1, vectors: { a: 0, w: 0, p: 0 } })).toThrow(refused("stimulus.count"));
  expect(() => run({ kind: "stream", count: 2, vectors: { a: 0, w: 0 } })).toThrow(refused("stimulus.missing"));
  expect(() => run({ kind: "stream", count: 3, vectors: { a: 0, w: 0, p: [1, 2] } })).toThrow(
    refused("stimulus.length"),
  );
  expect(() => run({ kind: "stream", count: 2, vectors: { a: 0, w: 0, p: 0, q: 0 } })).toThrow(
    refused("stimulus.unknown"),
  );
  const vectors = { rst: 0, en: 1 };
  expect(() => run({ kind: "pairs", count: 2, before: vectors, after: vectors }, golden("counter"))).toThrow(
    refused("stimulus.pairs"),
  );
});
