import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyNetwork } from "./any-network.fixture.ts";
import { argmax, isGreater, popcount } from "./count.ts";
import { filled } from "./dont-care.ts";
import { evaluateGates } from "./evaluate-gates.fixture.ts";
import { toGates } from "./gates.ts";
import { FALSE, type Literal, Logic, not, TRUE } from "./logic.ts";
import { floorToFloat32, type LutNetlist, toNetlist } from "./netlist.ts";
import { type LutNetwork, tableCount } from "./network.ts";
import { randomNetwork, randomSamples } from "./random-network.ts";
import { evaluate } from "./reference.ts";
import { simplified } from "./simplify.ts";
import { synthesise } from "./synthesise.ts";
import { bitAt, complement, dependsOn, permuted, tableFrom } from "./tables.ts";

/** Word i of variable k: address bit k of addresses 32·word … 32·word + 31. */
const addressWord = (k: number, word: number) =>
  Array.from({ length: 32 }, (_, lane) => (((32 * word + lane) >>> k) & 1) * 2 ** lane).reduce((a, b) => a + b, 0);

/** The table that a literal computes from the first n inputs. */
function tableOfLiteral(logic: Logic, n: number, literal: Literal): Uint32Array {
  const words = Math.max(1, 2 ** (n - 5));
  return Uint32Array.from({ length: words }, (_, word) => {
    const inputs = Array.from({ length: n }, (_, k) => addressWord(k, word));
    const mask = n < 5 ? 2 ** (2 ** n) - 1 : 0xffffffff;
    return (evaluateGates(logic, inputs, [literal])[0]! & mask) >>> 0;
  });
}

const anyTable = (n: number) =>
  fc
    .array(fc.integer({ min: 0, max: 0xffffffff }), {
      minLength: Math.max(1, 2 ** (n - 5)),
      maxLength: Math.max(1, 2 ** (n - 5)),
    })
    .map((words) => Uint32Array.from(words, (word) => (n < 5 ? word & (2 ** (2 ** n) - 1) : word)));
const tableAndInputs = fc
  .integer({ min: 1, max: 8 })
  .chain((n) => fc.record({ n: fc.constant(n), table: anyTable(n) }));

test("property: the gates of a random table are the table, for all addresses and any n from 1 to 8", () => {
  fc.assert(
    fc.property(tableAndInputs, fc.integer({ min: 1, max: 5 }), ({ n, table }, orders) => {
      const logic = new Logic();
      const inputs = Array.from({ length: n }, () => logic.input());
      expect(tableOfLiteral(logic, n, synthesise(logic, inputs, table, orders))).toEqual(table);
    }),
    { numRuns: 200 },
  );
});

test("random tables of six inputs take 27 gates or fewer on average, constants and single inputs none", () => {
  let gates = 0;
  const sample = fc.sample(anyTable(6), { numRuns: 100, seed: 5 });
  for (const table of sample) {
    const logic = new Logic();
    const inputs = Array.from({ length: 6 }, () => logic.input());
    synthesise(logic, inputs, table, 4);
    gates += logic.size - 7;
  }
  expect(gates / sample.length).toBeLessThan(27);
  const logic = new Logic();
  const inputs = Array.from({ length: 6 }, () => logic.input());
  expect(synthesise(logic, inputs, new Uint32Array(2), 4)).toBe(FALSE);
  expect(synthesise(logic, inputs, new Uint32Array(2).fill(0xffffffff), 4)).toBe(TRUE);
  expect(
    synthesise(
      logic,
      inputs,
      tableFrom(6, (a) => 1 - ((a >>> 3) & 1)),
      4,
    ),
  ).toBe(not(inputs[3]!));
  expect(logic.size).toBe(7);
});

describe("logic", () => {
  test("constants fold, equal gates are one, inversions do not make gates", () => {
    const logic = new Logic();
    const [a, b] = [logic.input(), logic.input()];
    expect([logic.and(a, FALSE), logic.and(a, TRUE), logic.and(a, a), logic.and(a, not(a))]).toEqual([
      FALSE,
      a,
      a,
      FALSE,
    ]);
    expect([logic.xor(a, FALSE), logic.xor(a, TRUE), logic.xor(a, a), logic.xor(a, not(a))]).toEqual([
      a,
      not(a),
      FALSE,
      TRUE,
    ]);
    expect(logic.xor(not(a), b)).toBe(not(logic.xor(b, a)));
    expect(logic.and(a, b)).toBe(logic.and(b, a));
    expect([logic.mux(a, TRUE, FALSE), logic.mux(a, b, b)]).toEqual([a, b]);
    expect(logic.size).toBe(5);
  });

  test("forgetting alternatives leaves what was there before", () => {
    const logic = new Logic();
    const [a, b] = [logic.input(), logic.input()];
    const kept = logic.and(a, b);
    const size = logic.size;
    const tried = logic.xor(a, b);
    logic.truncate(size);
    expect(logic.size).toBe(size);
    expect(logic.and(a, b)).toBe(kept);
    expect(logic.and(a, not(b))).toBe(tried);
  });
});

describe("counting", () => {
  // N − (⌊log2 N⌋ + 1) full adders of five gates; half adders have two.
  test.each([
    [7, 4 * 5],
    [15, 11 * 5],
    [31, 26 * 5],
    [16, 11 * 5 + 4 * 2],
  ])("%i bits take %i gates", (count, gates) => {
    const logic = new Logic();
    const inputs = Array.from({ length: count }, () => logic.input());
    popcount(logic, inputs);
    expect(logic.size - 1 - count).toBe(gates);
  });

  test("property: popcount, comparison and argmax are those of numbers; ties give the lowest index", () => {
    const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(values, fc.array(fc.boolean(), { maxLength: 40 }), (numbers, bits) => {
        const logic = new Logic();
        const input = logic.input();
        // Constants would fold: every bit is an input's value or its complement, seen by lane 0.
        const literal = (bit: boolean | number) => (bit ? input : not(input));
        const sum = popcount(logic, bits.map(literal));
        const rows = numbers.map((value) => [1, 2, 4, 8].map((weight) => literal(value & weight)));
        const read = (row: readonly Literal[]) =>
          evaluateGates(logic, [1], row).reduce((total, word, bit) => total + (word & 1) * 2 ** bit, 0);
        expect(read(sum)).toBe(bits.filter(Boolean).length);
        expect(read(argmax(logic, rows))).toBe(numbers.indexOf(Math.max(...numbers)));
        expect(read([isGreater(logic, rows[0]!, rows.at(-1)!)])).toBe(numbers[0]! > numbers.at(-1)! ? 1 : 0);
      }),
    );
  });
});

describe("tables", () => {
  test("property: order, complement, dependence", () => {
    fc.assert(
      fc.property(tableAndInputs, fc.nat(), ({ n, table }, seed) => {
        const order = Array.from({ length: n }, (_, k) => (k + seed) % n);
        const back = order.map((_, old) => order.indexOf(old));
        expect(permuted(permuted(table, n, order), n, back)).toEqual(table);
        expect(complement(complement(table, n), n)).toEqual(table);
        const ignored = tableFrom(n + 1, (address) => bitAt(table, address >>> 1));
        expect(dependsOn(ignored, n + 1, 0)).toBe(false);
        expect(dependsOn(ignored, n + 1, 1)).toBe(dependsOn(table, n, 0));
      }),
    );
  });

  test("property: a filled table agrees where it matters, and drops inputs that need not count", () => {
    const cared = fc
      .integer({ min: 1, max: 7 })
      .chain((n) => fc.record({ n: fc.constant(n), table: anyTable(n), care: anyTable(n) }));
    fc.assert(
      fc.property(cared, ({ n, table, care }) => {
        const result = filled(table, care, n);
        expect(result.map((word, i) => word & care[i]!)).toEqual(table.map((word, i) => word & care[i]!));
        expect(filled(table, table, n)).toEqual(tableFrom(n, () => Math.max(...table)));
        // No input begins to count.
        const counting = (of: Uint32Array) => Array.from({ length: n }, (_, k) => dependsOn(of, n, k));
        const before = counting(table);
        expect(counting(result).every((counts, k) => before[k] || !counts)).toBe(true);
      }),
    );
    // Only addresses 00 and 11 matter: one of the inputs is enough.
    expect(filled(Uint32Array.of(0b1000), Uint32Array.of(0b1001), 2)).toEqual(Uint32Array.of(0b1100));
  });
});

/** The classes and sums of up to 32 samples by gates. */
function byGates(netlist: LutNetlist, samples: Uint8Array | Float32Array): { sums: number[]; class: number }[] {
  const { features } = netlist.input;
  const count = samples.length / features;
  const gates = toGates(netlist, 2);
  const words = netlist.bits.map(({ feature, threshold }) => {
    let word = 0;
    for (let i = 0; i < count; i++) if (samples[i * features + feature]! > threshold) word |= 1 << i;
    return word;
  });
  const rows = [gates.class, ...gates.sums].map((row) => evaluateGates(gates.logic, words, row));
  return Array.from({ length: count }, (_, i) => {
    const [winner, ...sums] = rows.map((row) =>
      row.reduce((total, word, bit) => total + ((word >>> i) & 1) * 2 ** bit, 0),
    );
    return { sums, class: winner! };
  });
}

test("property: a netlist, simplified or not, computes what the network computes", () => {
  fc.assert(
    fc.property(anyNetwork, fc.nat(), (network, seed) => {
      const samples = randomSamples(network.input, 20, seed);
      const { features } = network.input;
      const expected = Array.from({ length: 20 }, (_, i) => {
        const { sums, class: winner } = evaluate(network, samples.subarray(i * features, (i + 1) * features));
        return { sums, class: winner };
      });
      const netlist = toNetlist(network);
      expect(byGates(netlist, samples)).toEqual(expected);
      const small = simplified(netlist);
      expect(byGates(small, samples)).toEqual(expected);
      expect(small.luts.length).toBeLessThanOrEqual(netlist.luts.length);
      expect(simplified(small)).toEqual(small);
    }),
    { numRuns: 150 },
  );
});

describe("simplification", () => {
  const netlist = (network: Partial<LutNetwork>) =>
    simplified(
      toNetlist({
        input: { dtype: "uint8", features: 2 },
        encoder: { feature: Uint32Array.of(0, 0, 1), threshold: Float64Array.of(10, 20, 5) },
        layers: [],
        classes: 1,
        ...network,
      }),
    );
  const layer = (n: number, mapping: number[], tables: number[]) => ({
    n,
    mapping: Uint32Array.from(mapping),
    tables: Uint32Array.from(tables),
  });

  test("bits of one feature rise together: x > 10 and not x > 20 keeps both, x > 10 or x > 20 is x > 10", () => {
    expect(netlist({ layers: [layer(2, [0, 1], [0b0010])] }).luts).toHaveLength(1);
    const or = netlist({ layers: [layer(2, [0, 1], [0b1110])] });
    expect(or).toMatchObject({ luts: [], bits: [{ feature: 0, threshold: 10 }], groups: [[2]] });
    // x > 20 without x > 10 never happens.
    expect(netlist({ layers: [layer(2, [0, 1], [0b0100])] })).toMatchObject({ luts: [], bits: [], groups: [[0]] });
  });

  test("equal and opposite tables are one, with the inputs in any order", () => {
    const { luts, groups } = netlist({ layers: [layer(2, [0, 2, 2, 0, 0, 2], [0b0010, 0b0100, 0b1101])] });
    expect(luts).toHaveLength(1);
    expect(groups).toEqual([[6, 6, 7]]);
  });

  test("a constant passes through the layers, and what nothing reads is gone", () => {
    const { luts, bits, groups } = netlist({
      layers: [layer(2, [0, 2, 1, 2], [0, 0b0110]), layer(2, [0, 1], [0b0101])],
    });
    expect({ luts, bits, groups }).toEqual({ luts: [], bits: [], groups: [[1]] });
  });

  test("a network of random tables stays as it is", () => {
    const network = randomNetwork(
      { input: { dtype: "uint8", features: 40 }, codeBits: 40, bitsPerFeature: 1, layers: [60, 20], n: 6, classes: 2 },
      3,
    );
    const used = new Set(network.layers[1]!.mapping);
    expect(simplified(toNetlist(network)).luts.length).toBeGreaterThan(
      0.9 * (used.size + tableCount(network.layers[1]!)),
    );
  });
});

test("float32 thresholds: the greatest float32 that is not above, for any double", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.float({ noNaN: true }), (threshold, x) => {
      const floor = floorToFloat32(threshold);
      expect(Math.fround(floor)).toBe(floor);
      expect(floor <= threshold).toBe(true);
      expect(x > floor).toBe(x > threshold);
      const near = Math.fround(threshold);
      expect(near > floor).toBe(near > threshold);
    }),
    { numRuns: 1000 },
  );
});
