import fc from "fast-check";
import { expect, test } from "vitest";
import { macsOf } from "../gemm.ts";
import { dataflows, mapSystolic, type SystolicMapping, type SystolicRequest } from "./index.ts";

const size = (max: number) => fc.integer({ min: 1, max });
const gemms = fc.record({ K: size(5000), M: size(3000), T: size(60_000), groups: size(64) });
const arrays = fc.record({ rows: size(256), cols: size(256) });
const widths = fc.record({ input: size(32), weight: size(32), partialSum: size(48), output: size(32) });
const capacity = fc.option(fc.integer({ min: 2 ** 16, max: 2 ** 28 }), { nil: undefined });
const flows = fc.constantFrom(...dataflows);
const sharedOrSplit = fc.oneof(
  fc.record({ input: capacity, weight: capacity, output: capacity }),
  fc.record({ shared: fc.integer({ min: 2 ** 24, max: 2 ** 28 }) }),
) as fc.Arbitrary<NonNullable<SystolicRequest["buffers"]>>;
const bandwidths = fc.record({ mainMemory: size(1024), buffers: size(65_536) });

const numbersIn = (value: unknown): number[] =>
  typeof value === "number" ? [value] : value instanceof Object ? Object.values(value).flatMap(numbersIn) : [];

/** Traffic of every level in elements, no prices. */
const levels = ({ buffers, registers, mainMemory }: SystolicMapping) => ({
  buffer: buffers.inputReads + buffers.weightReads + buffers.partialSumReads + buffers.partialSumWrites,
  memory: mainMemory.inputReads + mainMemory.weightReads + mainMemory.outputWrites,
  moved: registers.reads.input + registers.reads.weight + registers.reads.partialSum,
});

test("10 000 random layers: nothing is negative, infinite or no number; work is the same under every mapping", () => {
  fc.assert(
    fc.property(
      gemms,
      arrays,
      widths,
      flows,
      sharedOrSplit,
      bandwidths,
      (gemm, array, bits, dataflow, buffers, bandwidth) => {
        const made = mapSystolic({ gemm, array, bits, dataflow, buffers, bandwidth });
        if (numbersIn(made).some((count) => !(count >= 0 && count <= Number.MAX_VALUE))) throw new Error("not a count");
        const counts = [made.folds.cycles, made.schedule.latencyCycles, ...Object.values(levels(made))];
        if (!counts.every(Number.isSafeInteger)) throw new Error(`not whole: ${counts.join(", ")}`);
        if (made.folds.macs !== macsOf(gemm)) throw new Error("work is lost");
        if (made.folds.utilisation > 1 || made.folds.occupancy > 1) throw new Error("more than everything is used");
        if (made.schedule.computeCycles !== made.folds.cycles) throw new Error("two cycle counts differ");
        if (made.schedule.stallCycles < 0) throw new Error("negative stalls");
      },
    ),
    { numRuns: 10_000, seed: 1 },
  );
});

test("what the folds load and store is the main memory traffic", () => {
  fc.assert(
    fc.property(gemms, arrays, flows, sharedOrSplit, (gemm, array, dataflow, buffers) => {
      // so slow a memory that it alone takes the time
      const bits = { input: 4, weight: 3, partialSum: 20, output: 5 };
      const { mainMemory, schedule } = mapSystolic({
        gemm,
        array,
        dataflow,
        bits,
        buffers,
        bandwidth: { mainMemory: 2 ** -30 },
      });
      expect(schedule.latencyCycles / 2 ** 30 / mainMemory.bits).toBeCloseTo(1, 6);
    }),
    { numRuns: 300, seed: 2 },
  );
});

test("an array of one element never moves less", () => {
  fc.assert(
    fc.property(gemms, arrays, widths, flows, capacity, (gemm, array, bits, dataflow, input) => {
      const buffers = input === undefined ? {} : { input, weight: input };
      const large = levels(mapSystolic({ gemm, array, bits, dataflow, buffers }));
      const one = levels(mapSystolic({ gemm, array: { rows: 1, cols: 1 }, bits, dataflow, buffers }));
      for (const level of ["buffer", "memory", "moved"] as const)
        expect(one[level]).toBeGreaterThanOrEqual(large[level]);
    }),
    { numRuns: 500, seed: 3 },
  );
});

test("larger layers, narrower memories and more bits never cost less", () => {
  fc.assert(
    fc.property(gemms, arrays, widths, flows, capacity, capacity, (gemm, array, bits, dataflow, input, weight) => {
      const buffers = { ...(input && { input }), ...(weight && { weight }) };
      const request = { gemm, array, bits, dataflow, buffers, bandwidth: { mainMemory: 64 } };
      const base = mapSystolic(request);
      const atLeast = (other: SystolicMapping) => {
        expect(other.mainMemory.bits).toBeGreaterThanOrEqual(base.mainMemory.bits);
        expect(other.schedule.latencyCycles).toBeGreaterThanOrEqual(base.schedule.latencyCycles);
        expect(levels(other).buffer).toBeGreaterThanOrEqual(levels(base).buffer);
      };
      for (const axis of ["K", "M", "T", "groups"] as const)
        atLeast(mapSystolic({ ...request, gemm: { ...gemm, [axis]: gemm[axis] + 1 } }));
      for (const name of ["input", "weight", "output"] as const)
        atLeast(mapSystolic({ ...request, bits: { ...bits, [name]: bits[name] + 1 } }));
      atLeast(mapSystolic({ ...request, buffers: { input: (input ?? 2 ** 28) / 2, weight: (weight ?? 2 ** 28) / 2 } }));
      atLeast(mapSystolic({ ...request, bandwidth: { mainMemory: 32 } }));
    }),
    { numRuns: 500, seed: 4 },
  );
});

test("half the bits are half the main memory traffic, exactly, where residence does not change", () => {
  fc.assert(
    fc.property(gemms, arrays, flows, (gemm, array, dataflow) => {
      const at = (width: number) =>
        mapSystolic({
          gemm,
          array,
          dataflow,
          bits: { input: width, weight: width, partialSum: 4 * width, output: width },
        }).mainMemory.bits;
      expect(at(4)).toBe(at(8) / 2);
    }),
    { numRuns: 200, seed: 5 },
  );
});
