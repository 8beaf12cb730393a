import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GemmShape, matrixElements } from "../../gemm.ts";
import { dataflows, type ElementBits, mapSystolic, searchTiling, type TilingRequest } from "../index.ts";
import { tiledLatency } from "./latency.ts";
import { equalTiles, fits, spatialTiles, type TilingProblem, tileBits } from "./tile.ts";
import { type LoopOrder, loopOrders, mainMemoryBits, tiledTraffic } from "./traffic.ts";

const bits: ElementBits = { input: 8, weight: 8, partialSum: 32, output: 8 };
const cost = { mainMemory: { read: 8, write: 8 }, buffer: { read: 0.3, write: 0.3 } };
const layer: GemmShape = { K: 1152, M: 256, T: 3136, groups: 1 };
const base: TilingRequest = { gemm: layer, array: { rows: 32, cols: 32 }, bits, buffers: {}, cost };

const problem = (request: TilingRequest, dataflow: TilingProblem["dataflow"]): TilingProblem => ({
  doubleBuffered: true,
  ...request,
  elements: matrixElements(request.gemm),
  dataflow,
  density: { input: 1, weight: 1, output: 1 },
});

/** Every order, for trying one by one. */
const allOrders = loopOrders.flatMap(([a, b, c]) => [[a, b, c] as const, [b, a, c] as const]);

describe("tiles", () => {
  test("every way to cut an axis evenly", () => {
    expect(equalTiles(10)).toEqual([10, 5, 4, 3, 2, 1]);
    expect(equalTiles(1)).toEqual([1]);
    for (const extent of [7, 64, 1000]) {
      const all = Array.from({ length: extent }, (_, i) => Math.ceil(extent / (i + 1)));
      expect(equalTiles(extent)).toEqual([...new Set(all)]);
    }
    expect(spatialTiles(100, 32).slice(0, 5)).toEqual([100, 64, 50, 34, 32]);
  });

  test("two tiles of each buffer, one where a tensor is all there", () => {
    const at = (K: number, M: number, T: number) => tileBits(problem(base, "weight-stationary"), { K, M, T });
    expect(at(96, 64, 100)).toEqual({ input: 2 * 96 * 100 * 8, weight: 2 * 96 * 64 * 8, output: 2 * 64 * 100 * 32 });
    expect(at(1152, 256, 100)).toMatchObject({ weight: 1152 * 256 * 8, input: 2 * 1152 * 100 * 8 });
    // outputs that are never added to again are as narrow as they are stored
    const once = tileBits(problem(base, "output-stationary"), { K: 1152, M: 64, T: 100 });
    expect(once.output).toBe(2 * 64 * 100 * 8);
  });
});

describe("traffic of a tiling", () => {
  const tile = { K: 576, M: 64, T: 392 };
  const at = (order: LoopOrder) => tiledTraffic(problem(base, "weight-stationary"), tile, order).mainMemory;
  const inputs = 1152 * 3136 * 8;
  const weights = 1152 * 256 * 8;
  const outputs = 256 * 3136;

  test("the innermost loop keeps the tensor that it does not move through", () => {
    // 2 tiles of K, 4 of M, 8 of T
    expect(at(["M", "T", "K"])).toEqual({
      input: { reads: 4 * inputs, writes: 0 },
      weight: { reads: 8 * weights, writes: 0 },
      output: { reads: 0, writes: outputs * 8 },
    });
    expect(at(["K", "M", "T"])).toEqual({
      input: { reads: 4 * inputs, writes: 0 },
      weight: { reads: weights, writes: 0 },
      output: { reads: outputs * 32, writes: outputs * 32 + outputs * 8 },
    });
    expect(at(["T", "K", "M"])).toMatchObject({ input: { reads: inputs }, weight: { reads: 8 * weights } });
  });

  test("a loop of one step moves nothing", () => {
    const whole = tiledTraffic(problem(base, "weight-stationary"), { ...tile, K: 1152 }, ["M", "T", "K"]).mainMemory;
    expect(whole).toMatchObject({ weight: { reads: weights }, input: { reads: 4 * inputs } });
  });

  test("everything in one tile is the untiled mapping", () => {
    for (const dataflow of dataflows) {
      const one = problem(base, dataflow);
      const { buffers, mainMemory, cycles } = tiledTraffic(one, { K: 1152, M: 256, T: 3136 }, ["M", "T", "K"]);
      const made = mapSystolic({ gemm: layer, array: base.array, bits, dataflow });
      expect(cycles).toBe(made.folds.cycles);
      expect(buffers.input.reads).toBe(made.buffers.inputReads * 8);
      expect(buffers.weight.reads).toBe(made.buffers.weightReads * 8);
      expect(buffers.output.writes).toBe(
        (made.buffers.partialSumWrites - made.buffers.finishedWrites) * 32 + made.buffers.finishedWrites * 8,
      );
      expect(buffers.output.reads - outputs * 8).toBe(made.buffers.partialSumReads * 32);
      expect(mainMemoryBits({ mainMemory })).toBe(made.mainMemory.bits);
    }
  });
});

describe("search", () => {
  test("unlimited buffers: every tensor crosses main memory once", () => {
    const found = searchTiling(base);
    expect(mainMemoryBits(found.traffic)).toBe((1152 * 3136 + 1152 * 256 + 256 * 3136) * 8);
    expect(found.binding).toBe("compulsory traffic");
  });

  test("small buffers: what fits, and which one binds", () => {
    const buffers = { input: 64 * 8192, weight: 16 * 8192, output: 1024 * 8192 };
    const found = searchTiling({ ...base, buffers });
    for (const name of ["input", "weight", "output"] as const)
      expect(found.bufferBits[name]).toBeLessThanOrEqual(buffers[name]);
    expect(mainMemoryBits(found.traffic)).toBeGreaterThan(mainMemoryBits(searchTiling(base).traffic));
    // a larger one of this kind helps, and more than either of the others
    const gains = (["input", "weight", "output"] as const).map((name) => {
      const { [name]: _, ...others } = buffers;
      return [searchTiling({ ...base, dataflow: found.dataflow, buffers: others }).cost, `${name} buffer`] as const;
    });
    const [least, name] = gains.reduce((best, next) => (next[0] < best[0] ? next : best));
    expect(least).toBeLessThan(found.cost);
    expect(found.binding).toBe(name);
  });

  test("latency: main memory binds where it is slow, compute where it is not", () => {
    const fast = searchTiling({ ...base, objective: "latency", bandwidth: 4096 });
    expect(fast).toMatchObject({ binding: "compute", latency: { stallCycles: 0 } });
    const slow = searchTiling({ ...base, objective: "latency", bandwidth: 4 });
    expect(slow.binding).toBe("main memory bandwidth");
    expect(slow.latency.latencyCycles).toBeGreaterThanOrEqual(mainMemoryBits(slow.traffic) / 4);
    const small = { ...base, objective: "latency", bandwidth: 32, buffers: { shared: 2 ** 19 } } as const;
    expect(searchTiling(small).binding).toBe("shared buffer");
  });

  test("when nothing fits, one message says which buffer lacks how much", () => {
    expect(() => searchTiling({ ...base, buffers: { input: 1024, weight: 15, output: 64 } })).toThrow(
      expect.objectContaining({
        code: "energy.capacity",
        where: "weight buffer",
        expected: "at least 16 bits",
        got: "15 bits, 1 too few",
      }),
    );
  });

  test.each([
    [{ gemm: { ...layer, M: 0 } }, "M"],
    [{ buffers: { shared: -1 } }, "size of shared"],
    [{ bandwidth: 0 }, "bandwidth of main memory"],
    [{ cost: { ...cost, buffer: { read: Number.NaN, write: 1 } } }, "cost of read"],
    [{ bits: { ...bits, input: 0 } }, "bits of input"],
  ])("%j is refused", (change, where) => {
    expect(() => searchTiling({ ...base, ...change })).toThrow(
      expect.objectContaining({ code: "energy.range", where }),
    );
  });

  const size = (max: number) => fc.integer({ min: 1, max });
  const problems = fc.record({
    gemm: fc.record({ K: size(14), M: size(14), T: size(14), groups: size(2) }),
    array: fc.record({ rows: size(5), cols: size(5) }),
    dataflow: fc.constantFrom(...dataflows),
    bits: fc.record({ input: size(8), weight: size(8), partialSum: size(24), output: size(8) }),
    buffers: fc.oneof(
      fc.record({
        input: fc.integer({ min: 16, max: 800 }),
        weight: fc.integer({ min: 16, max: 800 }),
        output: fc.integer({ min: 48, max: 2000 }),
      }),
      fc.record({ shared: fc.integer({ min: 80, max: 3000 }) }),
    ),
    doubleBuffered: fc.boolean(),
    cost: fc.record({
      mainMemory: fc.record({ read: size(20), write: size(20) }),
      buffer: fc.record({ read: size(4), write: size(4) }),
    }),
  });

  test("finds the least of all equal tilings in all orders, tried one by one", () => {
    fc.assert(
      fc.property(problems, size(32), (request, bandwidth) => {
        const one = problem(request, request.dataflow);
        let least = Number.POSITIVE_INFINITY;
        let fastest = Number.POSITIVE_INFINITY;
        for (const K of equalTiles(request.gemm.K))
          for (const M of equalTiles(request.gemm.M))
            for (const T of equalTiles(request.gemm.T)) {
              if (!fits(one, { K, M, T })) continue;
              for (const order of allOrders) {
                const { mainMemory, buffers } = tiledTraffic(one, { K, M, T }, order);
                let total = 0;
                for (const name of ["input", "weight", "output"] as const) {
                  total += mainMemory[name].reads * request.cost.mainMemory.read;
                  total += mainMemory[name].writes * request.cost.mainMemory.write;
                  total += buffers[name].reads * request.cost.buffer.read;
                  total += buffers[name].writes * request.cost.buffer.write;
                }
                least = Math.min(least, total);
                fastest = Math.min(fastest, tiledLatency(one, { K, M, T }, order, bandwidth).latencyCycles);
              }
            }
        expect(searchTiling(request).cost).toBeLessThanOrEqual(least);
        const found = searchTiling({ ...request, bandwidth, objective: "latency" });
        expect(found.latency.latencyCycles).toBeLessThanOrEqual(fastest);
        expect(fits(one, found.tile)).toBe(true);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test("larger buffers, arrays and bandwidths are never worse; a smaller layer is never dearer", () => {
    fc.assert(
      fc.property(problems, ({ dataflow: _, ...request }) => {
        const found = searchTiling(request);
        const { buffers, array, gemm } = request;
        const doubled = Object.fromEntries(Object.entries(buffers).map(([name, room]) => [name, 2 * (room as number)]));
        expect(searchTiling({ ...request, buffers: doubled as typeof buffers }).cost).toBeLessThanOrEqual(found.cost);
        const one = searchTiling({ ...request, array: { rows: 1, cols: 1 } });
        expect(one.cost).toBeGreaterThanOrEqual(found.cost);
        expect(
          searchTiling({ ...request, array: { rows: array.rows * 2, cols: array.cols } }).cost,
        ).toBeLessThanOrEqual(found.cost);
        expect(searchTiling({ ...request, gemm: { ...gemm, groups: gemm.groups + 1 } }).cost).toBeGreaterThan(
          found.cost,
        );
      }),
      { numRuns: 80, seed: 2 },
    );
  });

  test("the latency of the closed form: at least computing, at least moving", () => {
    fc.assert(
      fc.property(problems, fc.constantFrom(...loopOrders), size(10), size(10), size(10), (request, order, k, m, t) => {
        const { gemm, dataflow } = request;
        const tile = { K: Math.min(k, gemm.K), M: Math.min(m, gemm.M), T: Math.min(t, gemm.T) };
        const one = problem(request, dataflow);
        const traffic = tiledTraffic(one, tile, order);
        const free = tiledLatency(one, tile, order);
        expect(free).toMatchObject({ computeCycles: traffic.cycles, stallCycles: 0 });
        // so slow that moving is all that counts
        const slow = tiledLatency(one, tile, order, 2 ** -40).latencyCycles / 2 ** 40;
        expect(slow / mainMemoryBits(traffic)).toBeCloseTo(1, 6);
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});
