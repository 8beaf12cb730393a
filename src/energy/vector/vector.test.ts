import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { macsOf } from "../gemm.ts";
import { mapVector, type VectorUnit } from "./index.ts";

/** 32-bit words; two 16-bit products or one 32-bit product per instruction. */
const unit: VectorUnit = {
  macs: [
    { weightBits: 32, inputBits: 32, lanes: 1, cycles: 1 },
    { weightBits: 16, inputBits: 16, lanes: 2, cycles: 1 },
  ],
  load: { bits: 32, cycles: 2 },
  store: { bits: 32, cycles: 2 },
  registers: 10,
  loopCycles: 3,
};
const gemm = { K: 64, M: 6, T: 8, groups: 2 };
const int8 = { input: 8, weight: 8, output: 8 };

describe("blocks", () => {
  test("2 × 2 results by hand", () => {
    const { instructions, memory, cycles, laneUtilisation } = mapVector({
      gemm,
      unit,
      bits: int8,
      block: { channels: 2, positions: 2 },
    });
    // 6 rows of 64 weights for each of 4 pairs of positions; 8 columns for each of 3 pairs of channels; twice
    expect(memory).toEqual({
      weightReads: 2 * 6 * 4 * 64,
      inputReads: 2 * 8 * 3 * 64,
      outputWrites: 2 * 48,
      columnReads: 0,
      columnWrites: 0,
    });
    expect(instructions).toEqual({
      mac: 2 * 48 * 32,
      load: 2 * (24 + 24) * 16,
      store: 96,
      // 8-bit operands are widened to 16 bits, a vector at a time
      unpack: 2 * (24 + 24) * 32,
      steps: 2 * 3 * 4 * 32,
    });
    expect(cycles).toBe(3072 + 2 * 1536 + 2 * 96 + 3072 + 3 * 768);
    expect(laneUtilisation).toBe(1);
  });

  test("loads per MAC are 1/channels + 1/positions where blocks divide", () => {
    const { memory, macs } = mapVector({ gemm, unit, bits: int8, block: { channels: 3, positions: 1 } });
    expect((memory.inputReads + memory.weightReads) / macs).toBeCloseTo(1 / 3 + 1, 12);
  });

  test("the best block has the fewest cycles of all that fit", () => {
    const best = mapVector({ gemm, unit, bits: int8 });
    for (const [channels, positions] of [
      [1, 1],
      [1, 4],
      [4, 1],
      [2, 2],
      [3, 1],
      [1, 3],
    ] as const)
      expect(best.cycles).toBeLessThanOrEqual(
        mapVector({ gemm, unit, bits: int8, block: { channels, positions } }).cycles,
      );
  });

  test("copying columns reads and writes each once more", () => {
    const plain = mapVector({ gemm, unit, bits: int8, block: { channels: 2, positions: 2 } });
    const copied = mapVector({ gemm, unit, bits: int8, block: { channels: 2, positions: 2 }, copiesColumns: true });
    expect(copied.memory).toMatchObject({ columnReads: 1024, columnWrites: 1024 });
    expect(copied.cycles - plain.cycles).toBe(2 * (2 + 2) * 8 * 16);
  });

  test("a depthwise layer wastes lanes that its short sums do not fill", () => {
    const depthwise = mapVector({ gemm: { K: 9, M: 1, T: 100, groups: 16 }, unit, bits: int8 });
    expect(depthwise.laneUtilisation).toBe(9 / 10);
  });
});

describe("widths", () => {
  test("the instruction is the fastest that takes both operands; wide enough operands need no unpacking", () => {
    const at = (input: number, weight: number) => mapVector({ gemm, unit, bits: { input, weight, output: 8 } });
    expect(at(8, 4).instruction.lanes).toBe(2);
    expect(at(16, 16).instructions.unpack).toBe(0);
    expect(at(8, 24).instruction.lanes).toBe(1);
    expect(at(4, 4).memory).toEqual(at(8, 8).memory);
    expect(at(4, 4).instructions.load).toBeLessThan(at(8, 8).instructions.load);
  });

  test("no instruction, or no register, is one clear message", () => {
    expect(() => mapVector({ gemm, unit, bits: { input: 64, weight: 8, output: 8 } })).toThrow(
      expect.objectContaining({ code: "energy.width", got: "32 × 32, 16 × 16" }),
    );
    expect(() => mapVector({ gemm, unit: { ...unit, registers: 2 }, bits: int8 })).toThrow(
      expect.objectContaining({ code: "energy.capacity", got: "2, 1 too few" }),
    );
    expect(() => mapVector({ gemm, unit, bits: int8, block: { channels: 4, positions: 4 } })).toThrow(
      expect.objectContaining({ code: "energy.capacity", expected: "at least 24" }),
    );
  });
});

test("random products: whole counts, work invariant, more registers and fewer bits never slower", () => {
  const size = (max: number) => fc.integer({ min: 1, max });
  fc.assert(
    fc.property(
      fc.record({ K: size(4000), M: size(1000), T: size(10_000), groups: size(64) }),
      size(16),
      size(16),
      fc.integer({ min: 3, max: 24 }),
      (shape, input, weight, registers) => {
        const request = { gemm: shape, unit: { ...unit, registers }, bits: { input, weight, output: 8 } };
        const made = mapVector(request);
        const counts = [made.cycles, ...Object.values(made.memory), ...Object.values(made.instructions)];
        if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) throw new Error("not a count");
        expect(made.macs).toBe(macsOf(shape));
        expect(mapVector({ ...request, unit: { ...unit, registers: registers + 1 } }).cycles).toBeLessThanOrEqual(
          made.cycles,
        );
        const halved = { input: Math.ceil(input / 2), weight: Math.ceil(weight / 2), output: 8 };
        expect(mapVector({ ...request, bits: halved }).instructions.load).toBeLessThanOrEqual(
          mapVector({ ...request, block: mapVector({ ...request, bits: halved }).block }).instructions.load,
        );
      },
    ),
    { numRuns: 300, seed: 1 },
  );
});
