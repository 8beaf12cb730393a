/** @file Times to settle: against the reference evaluator, against the netlist's depth, and by weight. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../../base/rng.ts";
import { referenceActivity, SettleTimer } from "../gates/index.ts";
import { randomNetlist } from "../gates/random-netlist.fixture.ts";
import { buildMac, dataInputs, outputs } from "../netlist/index.ts";
import { drawUniform, joinDraws, stimulusOf } from "./draw.ts";
import { defaultArray } from "./trace.ts";
import { longestPath, weightDelays } from "./weight-delays.ts";

/** The last change of an output in each pair, by the slow evaluator. */
function lastChanges(netlist: ReturnType<typeof buildMac>, stimulus: Parameters<SettleTimer["run"]>[0]): number[] {
  const watched = new Set(outputs(netlist).flatMap(({ nets }) => nets));
  const last = new Array<number>(stimulus.count).fill(0);
  referenceActivity(netlist, stimulus, {
    delay: "unit",
    onChange: ({ transition, time, net }) => {
      if (watched.has(net)) last[transition] = Math.max(last[transition]!, time);
    },
  });
  return last;
}

describe("settle times", () => {
  test("are those of the reference evaluator, on random netlists", () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const netlist = randomNetlist(new Rng(seed, "gates"), { gates: 60, inputs: 8, registers: 0 });
        const rng = new Rng(seed, "pairs");
        const draw = () =>
          Object.fromEntries(
            dataInputs(netlist).map(({ name }) => [name, Int32Array.from({ length: 40 }, () => rng.uint32())]),
          );
        const stimulus = { kind: "pairs", count: 40, before: draw(), after: draw() } as const;
        const timer = new SettleTimer(netlist);
        const times = [...timer.run(stimulus)];
        expect(times).toEqual(lastChanges(netlist, stimulus));
        expect(Math.max(...times)).toBeLessThanOrEqual(timer.depth);
      }),
      { numRuns: 25 },
    );
  });

  test("of a unit: those of the reference; nothing moves, nothing takes time", () => {
    const mac = buildMac();
    const draws = drawUniform(defaultArray, { count: 33 });
    const timer = new SettleTimer(mac);
    expect([...timer.run(stimulusOf(draws, -105))]).toEqual(lastChanges(mac, stimulusOf(draws, -105)));
    const still = stimulusOf({ ...draws, to: draws.from }, 77);
    expect([...timer.run(still)]).toEqual(new Array(33).fill(0));
  });

  test("streams and flip-flops are refused", () => {
    const refused = (code: string) => expect.objectContaining({ code });
    const stream = { kind: "stream", count: 2, vectors: { a: [1, 2], w: [1, 1], p: [0, 0] } } as const;
    expect(() => new SettleTimer(buildMac()).run(stream)).toThrow(refused("settle.pairs"));
    const withState = randomNetlist(new Rng(1), { gates: 20, inputs: 4, registers: 3 });
    expect(() => new SettleTimer(withState)).toThrow(refused("settle.state"));
  });
});

describe("by weight", () => {
  const mac = buildMac({ accumulatorBits: 16, activationBits: 6, weightBits: 5 });
  const array = { ...defaultArray, accumulatorBits: 16, activationBits: 6, weightBits: 5 };
  const delays = weightDelays(mac, drawUniform(array, { count: 200 }));

  test("no sensitised path is longer than the weight leaves, none of those than the netlist's", () => {
    expect(delays.longest.length).toBe(32);
    for (let i = 0; i < 32; i++) {
      expect(delays.longest[i]!).toBeLessThanOrEqual(delays.bound[i]!);
      expect(delays.bound[i]!).toBeLessThanOrEqual(delays.depth);
      expect(delays.mean[i]!).toBeLessThanOrEqual(delays.longest[i]!);
    }
    expect(longestPath(mac, new Map())).toBe(delays.depth);
    // A weight of zero leaves the way of the partial sum alone.
    expect(delays.longest[16]).toBe(Math.min(...delays.longest));
  });

  test("more transitions never shorten the longest", () => {
    const few = weightDelays(mac, drawUniform(array, { count: 200 }));
    const from = drawUniform(array, { count: 200 });
    const more = { ...from, count: 100, from: cut(from.from), to: cut(from.to) };
    const less = weightDelays(mac, more);
    for (let i = 0; i < 32; i++) expect(less.longest[i]!).toBeLessThanOrEqual(few.longest[i]!);
  });

  test("a netlist without a weight is refused", () => {
    const other = randomNetlist(new Rng(2), { gates: 10, inputs: 4, registers: 0 });
    expect(() => weightDelays(other, drawUniform(array))).toThrow(
      expect.objectContaining({ code: "characterise.ports" }),
    );
  });
});

const cut = ({ a, p }: { a: Int32Array; p: Int32Array }) => ({ a: a.subarray(0, 100), p: p.subarray(0, 100) });

test("of joined draws: the latest of both, over as many transitions", () => {
  const mac = buildMac();
  const [few, others] = [drawUniform(defaultArray, { count: 20 }), drawUniform(defaultArray, { count: 30, seed: 2 })];
  const values = [-105, 0, 3, 64];
  const [one, two] = [weightDelays(mac, few, values), weightDelays(mac, others, values)];
  const joined = joinDraws([few, others], "both");
  expect([joined.count, joined.description]).toEqual([50, "both"]);
  const both = weightDelays(mac, joined, values);
  for (const value of values) {
    const at = value + 128;
    expect(both.longest[at]).toBe(Math.max(one.longest[at]!, two.longest[at]!));
    expect(both.mean[at]).toBeCloseTo(0.4 * one.mean[at]! + 0.6 * two.mean[at]!, 9);
  }
});
