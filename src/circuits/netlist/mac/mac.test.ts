import fc from "fast-check";
import { expect, test } from "vitest";
import { Rng } from "../../../base/rng.ts";
import { gateKind } from "../gate-kind.ts";
import { levelise } from "../levelise.ts";
import { countKinds, type Netlist } from "../netlist.ts";
import { boothDigits } from "./booth.ts";
import { buildMac, type MacOptions } from "./mac.ts";

/** Outputs of a·w + p, 32 vectors per word. */
function evaluate(netlist: Netlist, inputs: Record<string, readonly number[]>, count: number): number[] {
  const words = Math.ceil(count / 32);
  const { order } = levelise(netlist);
  const results = new Array<number>(count).fill(0);
  for (let word = 0; word < words; word++) {
    const nets = new Int32Array(netlist.netNames.length);
    nets[1] = -1;
    for (const port of netlist.ports.filter(({ direction }) => direction === "input")) {
      port.nets.forEach((net, bit) => {
        for (let lane = 0; lane < 32 && word * 32 + lane < count; lane++) {
          nets[net]! |= ((inputs[port.name]![word * 32 + lane]! >> bit) & 1) << lane;
        }
      });
    }
    for (const index of order) {
      const { kind, inputs: pins, output } = netlist.gates[index]!;
      nets[output] = gateKind(kind).evaluate(nets[pins[0]!]!, nets[pins[1]!]!, nets[pins[2]!]!, nets[pins[3]!]!);
    }
    const out = netlist.ports.find(({ name }) => name === "o")!.nets;
    for (let lane = 0; lane < 32 && word * 32 + lane < count; lane++) {
      results[word * 32 + lane] = out.reduce((value, net, bit) => value | (((nets[net]! >>> lane) & 1) << bit), 0);
    }
  }
  return results;
}

const signed = (value: number, bits: number) => (value << (32 - bits)) >> (32 - bits);

const forms: [string, Partial<MacOptions>][] = [
  ["Booth, fused", {}],
  ["Booth, separate adder", { isFused: false }],
  ["Baugh-Wooley, fused", { multiplier: "baughWooley" }],
  ["Baugh-Wooley, separate adder", { multiplier: "baughWooley", isFused: false }],
  ["Booth, fused, zero-gated", { isZeroGated: true }],
];

test.each(forms)("%s: a·w + p for all 65 536 operands and random p", (_, options) => {
  const rng = new Rng(1, "mac");
  const count = 65_536;
  const a = Array.from({ length: count }, (_, i) => signed(i, 8));
  const w = Array.from({ length: count }, (_, i) => signed(i >> 8, 8));
  const p = Array.from({ length: count }, () => signed(rng.uint32(), 22));
  const got = evaluate(buildMac(options), { a, w, p }, count);
  const wrong = got.findIndex((value, i) => signed(value, 22) !== signed(a[i]! * w[i]! + p[i]!, 22));
  expect(wrong).toBe(-1);
});

test("any widths, both multipliers, fused or not, gated or not", () => {
  fc.assert(
    fc.property(
      fc.record({
        multiplier: fc.constantFrom("booth4" as const, "baughWooley" as const),
        isFused: fc.boolean(),
        isZeroGated: fc.boolean(),
        activationBits: fc.integer({ min: 2, max: 10 }),
        weightBits: fc.integer({ min: 2, max: 10 }),
        accumulatorBits: fc.integer({ min: 2, max: 24 }),
      }),
      fc.integer(),
      (options, seed) => {
        const rng = new Rng(seed);
        const draw = (bits: number) => Array.from({ length: 64 }, () => signed(rng.uint32(), bits));
        const [a, w, p] = [draw(options.activationBits), draw(options.weightBits), draw(options.accumulatorBits)];
        w[0] = 0;
        const got = evaluate(buildMac(options), { a, w, p }, 64);
        got.forEach((value, i) => {
          const bits = options.accumulatorBits;
          expect(signed(value, bits)).toBe(signed(a[i]! * w[i]! + p[i]!, bits));
        });
      },
    ),
    { numRuns: 60 },
  );
});

test("Booth digits of the sheet, their value, and how many weights have how many non-zero digits", () => {
  expect(boothDigits(-105, 8)).toEqual([-1, 2, 1, -2]);
  expect(boothDigits(-2, 8)).toEqual([-2, 0, 0, 0]);
  expect(boothDigits(2, 8)).toEqual([-2, 1, 0, 0]);
  expect(boothDigits(127, 8)).toEqual([-1, 0, 0, 2]);
  const counts = [0, 0, 0, 0, 0];
  const single: number[] = [];
  for (let w = -128; w < 128; w++) {
    const digits = boothDigits(w, 8);
    expect(digits.reduce((sum, digit, k) => sum + digit * 4 ** k, 0)).toBe(w);
    const nonZero = digits.filter((digit) => digit !== 0).length;
    counts[nonZero]!++;
    if (nonZero === 1) single.push(w);
  }
  expect(counts).toEqual([1, 12, 54, 108, 81]);
  expect(single).toEqual([-128, -64, -32, -16, -8, -4, -2, -1, 1, 4, 16, 64]);
});

test("the default unit has 424 gates", () => {
  const mac = buildMac();
  expect(mac.gates).toHaveLength(424);
  expect(countKinds(mac)).toEqual({ AND: 176, XOR: 145, OR: 84, NOT: 19 });
});

test("widths and multipliers that make no sense are refused", () => {
  expect(() => buildMac({ weightBits: 1 })).toThrow(expect.objectContaining({ code: "mac.width" }));
  expect(() => buildMac({ accumulatorBits: 22.5 })).toThrow(expect.objectContaining({ code: "mac.width" }));
  expect(() => buildMac({ multiplier: "dadda" as "booth4" })).toThrow(
    expect.objectContaining({ code: "mac.multiplier" }),
  );
});
