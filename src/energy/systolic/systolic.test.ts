import { describe, expect, test } from "vitest";
import { foldsOf, mapSystolic, type SystolicRequest } from "./index.ts";

const layer = { K: 576, M: 64, T: 1024, groups: 1 };
const bits = { input: 8, weight: 8, partialSum: 32, output: 8 };
const base: SystolicRequest = { gemm: layer, array: { rows: 64, cols: 64 }, dataflow: "weight-stationary", bits };

describe("the worked example of the sheet: 3 × 3 convolution, 64 → 64, 32 × 32 outputs, 64 × 64 array", () => {
  const made = mapSystolic({ ...base, elements: { input: 64 * 32 * 32, weight: 576 * 64, output: 64 * 1024 } });

  test("folds, cycles, utilisation (LWS states the same 10 926)", () => {
    expect(made.folds).toMatchObject({ rowFolds: 9, colFolds: 1, folds: 9, cyclesPerFold: 1214, cycles: 10_926 });
    expect(made.folds.macs).toBe(37_748_736);
    expect(made.folds.utilisation).toBeCloseTo(0.84349, 5);
    expect(made.folds.occupancy).toBe(1);
  });

  test("accesses", () => {
    const { inputReads, weightReads, partialSumReads, partialSumWrites, finishedWrites } = made.buffers;
    expect([inputReads, weightReads]).toEqual([589_824, 36_864]);
    expect(partialSumReads + partialSumWrites).toBe(1_114_112);
    expect([partialSumReads, partialSumWrites, finishedWrites]).toEqual([8 * 65_536, 9 * 65_536, 65_536]);
  });

  test("energy: 11.325 + 1.475 + 0.092 + 11.141 + 10.748 = 34.780 µJ", () => {
    const { buffers, mainMemory, folds } = made;
    const sums = buffers.partialSumReads + buffers.partialSumWrites;
    const microjoules = [
      folds.macs * 0.3,
      buffers.inputReads * 2.5,
      buffers.weightReads * 2.5,
      sums * 4 * 2.5,
      (mainMemory.bits / 8) * 64,
    ].map((picojoules) => picojoules / 1e6);
    expect(microjoules.map((energy) => energy.toFixed(3))).toEqual(["11.325", "1.475", "0.092", "11.141", "10.748"]);
    const total = microjoules.reduce((sum, energy) => sum + energy, 0);
    expect(total.toFixed(3)).toBe("34.780");
    expect(microjoules.map((energy) => ((100 * energy) / total).toFixed(1))).toEqual([
      "32.6",
      "4.2",
      "0.3",
      "32.0",
      "30.9",
    ]);
  });

  test("registers: one activation and one partial sum written per MAC, each weight once", () => {
    expect(made.registers.writes).toEqual({ input: made.folds.macs, weight: 36_864, partialSum: made.folds.macs });
  });
});

describe("dataflows", () => {
  const gemm = { K: 100, M: 70, T: 130, groups: 3 };
  const array = { rows: 32, cols: 16 };

  test("output-stationary keeps sums in place", () => {
    const { folds, buffers, registers } = mapSystolic({ gemm, array, dataflow: "output-stationary", bits });
    expect(folds).toMatchObject({ rowFolds: 5, colFolds: 5, folds: 75, cyclesPerFold: 64 + 16 + 100 - 2 });
    expect(buffers).toEqual({
      inputReads: 3 * 5 * 100 * 130,
      weightReads: 3 * 5 * 100 * 70,
      partialSumReads: 0,
      partialSumWrites: 3 * 70 * 130,
      finishedWrites: 3 * 70 * 130,
    });
    expect(registers.writes).toEqual({ input: folds.macs, weight: folds.macs, partialSum: folds.macs });
  });

  test("input-stationary is weight-stationary with the two factors exchanged", () => {
    const swapped = { ...gemm, M: gemm.T, T: gemm.M };
    const input = mapSystolic({ gemm, array, dataflow: "input-stationary", bits });
    const weight = mapSystolic({ gemm: swapped, array, dataflow: "weight-stationary", bits });
    expect(input.folds).toEqual(weight.folds);
    expect(input.buffers).toEqual({
      ...weight.buffers,
      inputReads: weight.buffers.weightReads,
      weightReads: weight.buffers.inputReads,
    });
    expect(input.folds).toMatchObject({ rowFolds: 4, colFolds: 9, cyclesPerFold: 64 + 16 + 70 - 2 });
  });

  test("a depthwise layer repeats a product of one output channel: at most 1/columns of the array works", () => {
    const depthwise = { K: 9, M: 1, T: 196, groups: 256 };
    const folds = foldsOf(depthwise, { rows: 9, cols: 64 }, "weight-stationary");
    expect(folds).toMatchObject({ folds: 256, macs: 256 * 9 * 196, occupancy: 1 / 64 });
    expect(folds.utilisation).toBeLessThan(1 / 64);
  });
});

describe("main memory", () => {
  const gemm = { K: 576, M: 200, T: 1000, groups: 1 };
  const big: SystolicRequest = { ...base, gemm };
  const input = 576 * 1000 * 8;

  test("inputs come once where they fit, once per column of folds otherwise", () => {
    const fits = mapSystolic({ ...big, buffers: { input } });
    const misses = mapSystolic({ ...big, buffers: { input: input - 1 } });
    expect(fits.plan.loads).toEqual({ input: 1, weight: 1 });
    expect(misses.plan.loads).toEqual({ input: 4, weight: 1 });
    expect(misses.mainMemory).toEqual({
      inputReads: 4 * 576_000,
      weightReads: 115_200,
      outputWrites: 200_000,
      bits: (4 * 576_000 + 115_200 + 200_000) * 8,
    });
  });

  test("output- and input-stationary: the same with inputs and weights exchanged", () => {
    const weights = 576 * 200 * 8;
    const loads = (dataflow: SystolicRequest["dataflow"], weight: number) =>
      mapSystolic({ ...big, dataflow, buffers: { weight } }).plan.loads;
    expect(loads("output-stationary", weights)).toEqual({ input: 1, weight: 1 });
    expect(loads("output-stationary", weights - 1)).toEqual({ input: 1, weight: 16 });
    expect(loads("input-stationary", weights - 1)).toEqual({ input: 1, weight: 16 });
  });

  test("partial sums that do not fit cut the positions into passes, which load the weights again", () => {
    // 64 columns × 32 bits, two halves: 4096 bits per position
    const { plan, folds, buffers, mainMemory } = mapSystolic({ ...big, buffers: { output: 300 * 4096, weight: 0 } });
    expect(plan).toEqual({ passes: 4, loads: { input: 1, weight: 4 } });
    expect(folds).toMatchObject({ passes: 4, folds: 9 * 4 * 4, cyclesPerFold: 190 + 250 });
    expect(folds.cycles).toBe(9 * 4 * (4 * 190 + 1000));
    expect(buffers.weightReads).toBe(4 * 115_200);
    expect(mainMemory.weightReads).toBe(4 * 115_200);
    // without the second half twice as many positions fit
    expect(mapSystolic({ ...big, buffers: { output: 300 * 4096 }, doubleBuffered: false }).plan.passes).toBe(2);
    // a single row of folds leaves no partial sums
    expect(mapSystolic({ ...big, gemm: { ...gemm, K: 64 }, buffers: { output: 0 } }).plan.passes).toBe(1);
  });

  test("one buffer for all: tile, sums, then what is left", () => {
    const tile = 2 * 64 * 64 * 8;
    const sums = 4096 * 1000;
    const loads = (shared: number) => mapSystolic({ ...big, buffers: { shared } }).plan;
    expect(loads(tile + sums + input)).toEqual({ passes: 1, loads: { input: 1, weight: 1 } });
    expect(loads(tile + sums)).toEqual({ passes: 1, loads: { input: 4, weight: 1 } });
    expect(loads(tile + sums / 2)).toEqual({ passes: 2, loads: { input: 4, weight: 2 } });
  });

  test("sums of one position that do not fit are one clear message", () => {
    expect(() => mapSystolic({ ...big, buffers: { output: 4095 } })).toThrow(
      expect.objectContaining({
        code: "energy.capacity",
        where: "output buffer",
        expected: "at least 4096 bits",
        got: "4095 bits, 1 too few",
      }),
    );
  });
});

describe("latency", () => {
  test("memories that keep up stall nothing; slow ones say what binds", () => {
    const at = (mainMemory: number, buffers?: SystolicRequest["buffers"], gemm = base.gemm) =>
      mapSystolic({ ...base, gemm, bandwidth: { mainMemory }, ...(buffers && { buffers }) });
    const free = mapSystolic(base);
    expect(free.schedule).toMatchObject({
      computeCycles: 10_926,
      latencyCycles: 10_926,
      stallCycles: 0,
      fillCycles: 0,
    });
    expect(free.binding).toBe("compute");
    // a fold loads 64·1024 + 64·64 bytes, the last one writes 64·1024 more
    const slow = at(256);
    expect(slow.schedule.latencyCycles).toBe(8 * ((69_632 * 8) / 256) + ((69_632 + 65_536) * 8) / 256);
    expect(slow.schedule.stallCycles).toBe(slow.schedule.latencyCycles - 10_926);
    expect(slow.schedule.fillCycles).toBe(2176);
    expect(slow.binding).toBe("main memory bandwidth");
    // four columns of folds that load the input four times over: a larger buffer would do
    const wide = { ...layer, M: 256 };
    // at 512 bits per cycle only the fold that writes the outputs waits: 2112 cycles for 1214
    expect(at(512, { input: 0 }, wide).schedule.stallCycles).toBe(4 * (2112 - 1214));
    expect(at(448, { input: 0 }, wide).binding).toBe("buffer capacity");
    expect(at(16, undefined, wide).binding).toBe("main memory bandwidth");
  });

  test("buffers that cannot feed the array", () => {
    const { binding, schedule } = mapSystolic({ ...base, bandwidth: { buffers: { input: 256 } } });
    expect(binding).toBe("buffer bandwidth");
    expect(schedule.latencyCycles).toBe(9 * 2048);
    const shared = mapSystolic({ ...base, bandwidth: { buffers: 1024 } });
    // per fold 64·1024 inputs and 64·64 weights of 8 bits; sums of 32 bits out, and back in but for the first fold
    const fed = 69_632 * 8;
    const sums = 65_536 * 32;
    const cycles = [fed + sums, ...Array(7).fill(fed + 2 * sums), fed + sums + 65_536 * 8];
    expect(shared.schedule.latencyCycles).toBe(cycles.reduce((total, moved) => total + moved / 1024, 0));
  });

  test("roofline", () => {
    const { roofline } = mapSystolic({ ...base, bandwidth: { mainMemory: 16 } });
    expect(roofline.macsPerBit).toBe(37_748_736 / ((589_824 + 36_864 + 65_536) * 8));
    expect(roofline).toMatchObject({ peakMacsPerCycle: 4096, ridgeMacsPerBit: 256 });
    expect(roofline.attainableMacsPerCycle).toBe(roofline.macsPerBit * 16);
    expect(roofline.achievedMacsPerCycle).toBeLessThanOrEqual(roofline.attainableMacsPerCycle);
  });
});

test.each([
  [{ gemm: { ...layer, K: 0 } }, "K"],
  [{ gemm: { ...layer, T: 1.5 } }, "T"],
  [{ array: { rows: 0, cols: 4 } }, "array rows"],
  [{ bits: { ...bits, weight: -1 } }, "bits of weight"],
  [{ buffers: { input: Number.NaN } }, "size of input"],
  [{ bandwidth: { mainMemory: 0 } }, "bandwidth of mainMemory"],
  [{ bandwidth: { buffers: -1 } }, "bandwidth of buffers"],
  [{ elements: { input: Number.NaN, weight: 1, output: 1 } }, "elements of input"],
])("%j is refused", (change, where) => {
  expect(() => mapSystolic({ ...base, ...change })).toThrow(expect.objectContaining({ code: "energy.range", where }));
});
