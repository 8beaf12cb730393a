import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../../base/rng.ts";
import type { Move, NestArchitecture } from "./architecture.ts";
import { evaluateNest, type NestCost } from "./evaluate.ts";
import type { NestLayer, OperandName } from "./layer.ts";
import type { NestMapping } from "./mapping.ts";
import { problemOf } from "./problem.ts";
import { type RandomNest, randomMapping, randomNest } from "./random-nest.fixture.ts";
import { searchNest } from "./search.ts";

const nests = fc.integer({ min: 0, max: 2 ** 31 }).map(randomNest);
/** Nests whose array divides every loop, so that counts are exact and not means. */
const evenNests = nests.filter(({ problem }) => problem.isEven);
const holds = (law: (nest: RandomNest) => void, from = nests) => fc.assert(fc.property(from, law), { numRuns: 200 });

/** The same mapping for another layer or architecture of the same loops. */
function costOf(
  { layer, architecture, wanted, mapping }: RandomNest,
  change: { layer?: NestLayer; architecture?: NestArchitecture; mapping?: NestMapping } = {},
): NestCost {
  const problem = problemOf(change.layer ?? layer, change.architecture ?? architecture, wanted);
  return evaluateNest(problem, change.mapping ?? mapping, { loading: "bounded" });
}

const expectClose = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-12 * Math.max(1, a, b));

test("10 000 random nests: nothing is negative, not a number, or beyond what doubles count", () => {
  for (let seed = 0; seed < 10_000; seed++) {
    const { problem, mapping } = randomNest(seed);
    const loading = seed % 2 === 0 ? "zigzag" : "bounded";
    const { traffic, energy, time, utilisation } = evaluateNest(problem, mapping, { loading });
    const whole = traffic.flatMap(({ granules, elements }) => [granules, elements]);
    if (!whole.every((count) => Number.isSafeInteger(count) && count > 0)) expect({ seed, whole }).toBe("whole");
    const { cycles } = time;
    const figures = [...Object.values(cycles), energy.mac, ...energy.byMemory, ...Object.values(energy.byOperand)];
    if (!figures.every((figure) => Number.isFinite(figure) && figure >= 0)) expect({ seed, figures }).toBe("≥ 0");
    const { spatial, overall } = utilisation;
    const isShare = spatial > 0 && spatial <= 1 && overall > 0 && overall <= spatial;
    if (!isShare) expect({ seed, utilisation }).toBe("shares of one");
  }
});

describe("conservation", () => {
  test("causes and memories add up to the total, and parts of the time to its sum", () => {
    holds((nest) => {
      const { energy, time } = costOf(nest);
      const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);
      expectClose(energy.mac + sum(Object.values(energy.byOperand)), energy.total);
      expectClose(energy.mac + sum(energy.byMemory), energy.total);
      const { computing, stalled, onloading, offloading, total } = time.cycles;
      expectClose(computing + stalled + onloading + offloading, total);
    });
  });

  test("what a memory is filled with left the memory above, at most shared among places", () => {
    holds((nest) => {
      const { traffic } = costOf(nest);
      const elements = (operand: OperandName, level: number, move: Move) =>
        traffic.find((row) => row.operand === operand && row.level === level && row.move === move)?.elements;
      for (const { operand, level, move, elements: arriving } of traffic) {
        if (move === "fill" && operand !== "output") {
          const left = elements(operand, level + 1, "feed")!;
          expect(arriving % left).toBe(0);
        }
        if (move === "drain") expect(arriving % elements(operand, level + 1, "collect")!).toBe(0);
      }
    }, evenNests);
  });

  test("every element of an operand passes its outermost memory; the array takes at most one of each per MAC", () => {
    holds((nest) => {
      const { problem } = nest;
      const { traffic, macs } = costOf(nest);
      const all = problem.layer.loops.map(({ size }) => size);
      for (const operand of problem.operands) {
        const inward = traffic.filter(
          (row) => row.operand === operand.operand && (row.move === "feed" || row.move === "collect"),
        );
        const top = inward.filter(({ level }) => level === operand.memories.length - 1);
        expect(Math.max(...top.map(({ elements }) => elements))).toBeGreaterThanOrEqual(operand.elements(all));
        for (const row of inward.filter(({ level }) => level === 0)) expect(row.elements).toBeLessThanOrEqual(macs);
      }
    }, evenNests);
  });
});

test("finished outputs leave, and unfinished sums go both ways", () => {
  holds((nest) => {
    const { traffic } = costOf(nest);
    for (const { operand, level, move, isPartial, granules } of traffic) {
      if (operand !== "output") expect(isPartial).toBe(false);
      else if (move === "feed" || move === "fill") {
        expect(isPartial).toBe(true);
        const way = move === "feed" ? "collect" : "drain";
        const back = traffic.find((row) => row.operand === operand && row.level === level && row.move === way)!;
        expect({ isPartial: back.isPartial, granules: back.granules }).toEqual({ isPartial, granules });
      }
    }
    const finished = traffic.filter(
      ({ operand, level, isPartial, move }) =>
        operand === "output" &&
        !isPartial &&
        move === "collect" &&
        level === nest.problem.operands[0]!.memories.length - 1,
    );
    const open = traffic.some(
      ({ operand, level, isPartial }) =>
        operand === "output" && isPartial && level === nest.problem.operands[0]!.memories.length - 1,
    );
    expect(finished.length === 1).toBe(!open);
  });
});

describe("widths", () => {
  const halved = (layer: NestLayer, factor: number): NestLayer => ({
    ...layer,
    operands: layer.operands.map((operand) => ({
      ...operand,
      bits: operand.bits * factor,
      ...(operand.partialBits === undefined ? {} : { partialBits: operand.partialBits * factor }),
    })),
  });
  const roomy = (architecture: NestArchitecture, leastBits?: number): NestArchitecture => ({
    ...architecture,
    memories: architecture.memories.map((memory) => ({
      ...memory,
      sizeBits: memory.sizeBits * 2,
      ports: memory.ports.map((port) => ({ ...port, leastBits: leastBits ?? port.leastBits })),
    })),
  });

  test("with granules of one bit, twice the bits are exactly twice the traffic", () => {
    holds((nest) => {
      const architecture = roomy(nest.architecture, 1);
      const [one, two] = [1, 2].map((factor) => costOf(nest, { architecture, layer: halved(nest.layer, factor) }));
      expect(two!.traffic.map(({ granules }) => granules)).toEqual(one!.traffic.map(({ granules }) => 2 * granules));
      expectClose(two!.energy.total + one!.energy.mac, 2 * one!.energy.total);
    });
  });

  test("with any granule, fewer bits never cost more energy or time", () => {
    holds((nest) => {
      const architecture = roomy(nest.architecture);
      const [one, two] = [1, 2].map((factor) => costOf(nest, { architecture, layer: halved(nest.layer, factor) }));
      for (const [i, { granules }] of one!.traffic.entries()) {
        expect(granules).toBeLessThanOrEqual(two!.traffic[i]!.granules);
      }
      expect(one!.energy.total).toBeLessThanOrEqual(two!.energy.total);
      expect(one!.time.cycles.total).toBeLessThanOrEqual(two!.time.cycles.total * (1 + 1e-12));
    });
  });
});

describe("monotony", () => {
  test("wider ports never take longer", () => {
    holds((nest) => {
      const wider: NestArchitecture = {
        ...nest.architecture,
        memories: nest.architecture.memories.map((memory) => ({
          ...memory,
          ports: memory.ports.map((port) => ({ ...port, mostBits: port.mostBits * 2 })),
        })),
      };
      const [before, after] = [costOf(nest), costOf(nest, { architecture: wider })];
      expect(after.time.cycles.total).toBeLessThanOrEqual(before.time.cycles.total * (1 + 1e-12));
    });
  });

  test("energy is linear in each price", () => {
    holds((nest) => {
      const before = costOf(nest);
      for (const index of nest.architecture.memories.keys()) {
        const memories = nest.architecture.memories.map((memory, i) =>
          i === index ? { ...memory, readEnergy: 3 * memory.readEnergy, writeEnergy: 3 * memory.writeEnergy } : memory,
        );
        const after = costOf(nest, { architecture: { ...nest.architecture, memories } });
        expectClose(after.energy.total, before.energy.total + 2 * before.energy.byMemory[index]!);
      }
    });
  });

  test("a loop cut into pieces that stand together in one memory is the same loop", () => {
    holds((nest) => {
      const { order, held } = nest.mapping;
      const at = order.findIndex(({ size }) => size % 2 === 0);
      fc.pre(at >= 0);
      const { loop, size } = order[at]!;
      const pieces = [...order.slice(0, at), { loop, size: 2 }, { loop, size: size / 2 }, ...order.slice(at + 1)];
      const moved = (cuts: readonly number[]) => cuts.map((cut) => (cut > at ? cut + 1 : cut));
      const cut = { output: moved(held.output), weight: moved(held.weight), input: moved(held.input) };
      expect(costOf(nest, { mapping: { order: pieces, held: cut } })).toEqual(costOf(nest));
    });
  });
});

test("the search is at least as good as any order of the same pieces", () => {
  for (let seed = 0; seed < 12; seed++) {
    const { problem } = randomNest(seed);
    const rng = new Rng(seed, "orders");
    const best = Object.fromEntries(
      (["latency", "energy", "product"] as const).map((objective) => [
        objective,
        searchNest(problem, { objective, pieces: 5 }).cost,
      ]),
    );
    const figure = {
      latency: ({ time }: NestCost) => time.cycles.total,
      energy: ({ energy }: NestCost) => energy.total,
      product: ({ time, energy }: NestCost) => time.cycles.total * energy.total,
    };
    for (let i = 0; i < 10; i++) {
      const mapping = randomMapping(problem, (bound) => rng.below(bound), 5);
      if (mapping === undefined) continue;
      const other = evaluateNest(problem, mapping);
      for (const [objective, of] of Object.entries(figure)) {
        expect(of(best[objective]!)).toBeLessThanOrEqual(of(other) * (1 + 1e-12));
      }
    }
  }
});
