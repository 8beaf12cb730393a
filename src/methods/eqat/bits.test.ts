/** @file Bit-widths: where the bits of each operand come from, and how they become whole. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numbers, tensor } from "../../base/tensor.ts";
import { initialBits, layerBits, layOutBits, slotValues } from "./bits.ts";
import { roundWithOffset, snapToSet } from "./discretise.ts";
import { type EqatOptions, eqatOptions } from "./options.ts";

const options = (own: Partial<EqatOptions> = {}): EqatOptions => eqatOptions.parse(own);
const range = { qMin: 2, qMax: 8 };
const widths = { min: 2, max: 8 };

describe("slots", () => {
  const layers = ["a", "b", "c"];

  it("learns weights and inputs apart; the network input keeps 8 bits", () => {
    const slots = layOutBits(layers, options());
    expect(slots.learned).toBe(5);
    const values = slotValues(slots, initialBits(slots, options()), widths);
    const bits = layerBits(slots, values);
    expect(bits.map(({ weight }) => weight)).toEqual([7.5, 7.5, 7.5].map((q) => expect.closeTo(q, 5)));
    expect(bits[0]!.input).toBe(8);
    expect(bits[1]!.input).toBeCloseTo(7.5, 5);
  });

  it("ties weight and input of a layer", () => {
    const slots = layOutBits(layers, options({ tie: true }));
    expect(slots.learned).toBe(3);
    const bits = layerBits(slots, [3, 4, 5, ...slots.fixed]);
    expect(bits).toEqual([
      { layer: "a", weight: 3, input: 8 },
      { layer: "b", weight: 4, input: 4 },
      { layer: "c", weight: 5, input: 5 },
    ]);
  });

  it("fixes all of them for the uniform baseline", () => {
    const slots = layOutBits(layers, options({ fixedBits: 4 }));
    expect(slots.learned).toBe(0);
    const bits = layerBits(slots, slots.fixed);
    expect(bits.map(({ weight, input }) => [weight, input])).toEqual([
      [4, 8],
      [4, 4],
      [4, 4],
    ]);
  });

  it("learns the input's width, too, when asked", () => {
    const slots = layOutBits(layers, options({ inputBits: null }));
    expect(slots.learned).toBe(6);
    expect(numbers(tensor("float32", [6], slotValues(slots, initialBits(slots, options()), widths)))).toHaveLength(6);
  });
});

/** A made-up energy that grows with every width, by layer weights. */
const energy = (bits: readonly number[]) => bits.reduce((sum, q, i) => sum + (i + 1) * q * q, 0) / (64 * 10);

describe("rounding to whole bit-widths", () => {
  const learned = [6.4, 5.5, 3.49, 7.8];

  it("without a budget rounds to the nearest, halves to even, and clamps", () => {
    expect(roundWithOffset(learned, energy, { ...range })).toEqual([6, 6, 3, 8]);
    expect(roundWithOffset([1.2, 9.7], energy, { ...range })).toEqual([2, 8]);
  });

  it("meets any budget that can be met, and no offset nearer to the learned widths would", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 2, max: 8, noNaN: true }), { minLength: 4, maxLength: 4 }),
        fc.double({ min: 0.0626, max: 1, noNaN: true }),
        (bits, budget) => {
          const chosen = roundWithOffset(bits, energy, { ...range, budget });
          expect(energy(chosen)).toBeLessThanOrEqual(budget);
          // One step up for every operand together would break the budget, or all are at the top.
          const isTop = chosen.every((q) => q === 8);
          const up = chosen.map((q) => Math.min(8, q + 1));
          if (!isTop) expect(energy(up)).toBeGreaterThan(budget);
        },
      ),
    );
  });

  it("gives what is left of the budget to the operands that lost most by rounding", () => {
    // The offset alone must lower the dear last operand and ends far below the budget.
    const dear = (q: readonly number[]) => (q[0]! + q[1]! + 20 * q[2]!) / 176;
    const chosen = roundWithOffset([4.4, 4.3, 4.45], dear, { ...range, budget: 0.52 });
    expect(chosen).toEqual([5, 5, 4]);
    expect(dear(chosen)).toBeLessThanOrEqual(0.52);
  });

  it("refuses a budget below the least energy", () => {
    expect(() => roundWithOffset(learned, energy, { ...range, budget: 0.01 })).toThrow(/cannot be met/);
  });

  it("snaps to the widths of the hardware and repairs the budget where the loss rises least", async () => {
    // Operand 2 does not matter at all; operand 3 matters most.
    const loss = async (bits: readonly number[]) => bits.reduce((sum, q, i) => sum + [1, 1, 0, 50][i]! * 4 ** -q, 0);
    const free = await snapToSet(learned, energy, loss, { ...range, bitSet: [2, 4, 8] });
    expect(free).toEqual([8, 4, 4, 8]);
    const tight = await snapToSet(learned, energy, loss, { ...range, bitSet: [2, 4, 8], budget: energy(free) - 0.05 });
    expect(tight).toEqual([8, 4, 2, 8]);
    await expect(snapToSet(learned, energy, loss, { ...range, bitSet: [4, 8], budget: 0.01 })).rejects.toMatchObject({
      code: "eqat.budget",
    });
  });
});

describe("options", () => {
  const refusal = (own: object) => eqatOptions.safeParse(own).error?.issues[0]?.path[0];

  it.each([
    [{ qMin: 8, qMax: 8 }, "qMin"],
    [{ qMin: 1 }, "qMin"],
    [{ qMax: 17 }, "qMax"],
    [{ qInit: 7.99 }, "qInit"],
    [{ qInit: 2.01 }, "qInit"],
    [{ beta: -1 }, "beta"],
    [{ bitSet: [1] }, "bitSet"],
    [{ bitSet: [] }, "bitSet"],
    [{ epochs: 0 }, "epochs"],
    [{ budget: 0 }, "budget"],
  ])("refuses %j", (own, path) => {
    expect(refusal(own)).toBe(path);
  });
});
