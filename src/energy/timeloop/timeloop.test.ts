import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadMachine } from "../../machines/index.ts";
import type { ProductMaps } from "../gemm.ts";
import type { TensorName } from "../systolic/index.ts";
import { countNest, type LevelCounts, type NestLevel } from "./index.ts";

interface Reference {
  readonly mapping: readonly {
    readonly name: string;
    readonly keeps: readonly TensorName[];
    readonly temporal: readonly [string, number][];
    readonly spatial?: readonly [string, number][];
  }[];
  readonly macs: number;
  readonly cycles: number;
  readonly utilised: number;
  readonly elements: number;
  readonly microjoules: string;
  readonly femtojoulesPerMac: Readonly<Record<string, string>>;
  readonly accesses: readonly LevelCounts[];
}

const reference: Reference = JSON.parse(
  readFileSync(new URL("../../../golden/timeloop-eyeriss/reference.json", import.meta.url), "utf8"),
);
const loops = (pairs: readonly [string, number][] = []) => pairs.map(([name, size]) => ({ name, size }));
const levels: NestLevel[] = reference.mapping.map(({ name, keeps, temporal, spatial }) => ({
  name,
  keeps,
  temporal: loops(temporal),
  spatial: loops(spatial),
}));
const maps: ProductMaps = {
  weight: [{ M: 1 }, { C: 1 }, { R: 1 }, { S: 1 }],
  input: [{ C: 1 }, { P: 2, R: 1 }, { Q: 2, S: 1 }],
  output: [{ M: 1 }, { P: 1 }, { Q: 1 }],
};

/** fJ per MAC of each part, from accesses of single instances and the prices of the machine. */
function parts(
  accesses: readonly LevelCounts[],
  { macs, cycles, lanes }: { macs: number; cycles: number; lanes: number },
) {
  const machine = loadMachine("eyeriss-65nm");
  const component = (name: string) => machine.components.find((part) => part.name === name)!;
  const price = (name: string, verb: string) => component(name).prices.find((entry) => entry.verb === verb)!.energy.mid;
  const leakage = (name: string, instances: number) =>
    // milliwatts for a nanosecond are picojoules
    (component(name).staticPower?.leakageMw?.mid ?? 0) * instances * cycles;
  const energies: Record<string, number> = { mac: macs * price("mac", "mac") + leakage("mac", 0) };
  for (const { level, tensor, instances, reads, fills, updates } of accesses) {
    const name = level === "DRAM" ? "dram" : level;
    const bits = tensor === "output" && name === "psum_spad" ? 16 : 8;
    energies[name] ??= leakage(name, instances);
    energies[name] += instances * bits * (reads * price(name, "read") + (fills + updates) * price(name, "write"));
  }
  expect(lanes).toBe(reference.utilised);
  return Object.fromEntries(Object.entries(energies).map(([name, energy]) => [name, (1000 * energy) / macs]));
}

function expectReference(perMac: Readonly<Record<string, number>>) {
  const total = Object.values(perMac).reduce((sum, part) => sum + part, 0);
  const shown = Object.fromEntries(Object.entries({ ...perMac, total }).map(([name, part]) => [name, part.toFixed(2)]));
  expect(shown).toEqual(reference.femtojoulesPerMac);
  expect(((total * reference.macs) / 1e9).toFixed(2)).toBe(reference.microjoules);
}

describe("Timeloop's Eyeriss-like reference run", () => {
  test("arithmetic: its accesses times its prices (sheet, check 3)", () => {
    const dram = reference.accesses.filter(({ level }) => level === "DRAM");
    const bytes = dram.reduce((sum, { reads, updates }) => sum + reads + updates, 0);
    expect(bytes).toBe(572_528);
    expect(((bytes * 512) / 8 / reference.macs).toFixed(6)).toBe("3.380858");
    expectReference(parts(reference.accesses, { ...reference, lanes: reference.utilised }));
  });

  test("every access follows from the mapping", () => {
    const counted = countNest(levels, maps);
    expect(counted).toMatchObject({ macs: reference.macs, cycles: reference.cycles, lanes: reference.utilised });
    expect(counted.lanes / reference.elements).toBe(0.75);
    const sorted = (counts: readonly LevelCounts[]) =>
      counts.toSorted((a, b) => `${a.level} ${a.tensor}`.localeCompare(`${b.level} ${b.tensor}`));
    expect(sorted(counted.levels)).toEqual(sorted(reference.accesses));
  });

  test("and so does the energy: 59.28 µJ", () => {
    const counted = countNest(levels, maps);
    expectReference(parts(counted.levels, counted));
  });
});

describe("loop nests", () => {
  const matrix: ProductMaps = {
    weight: [{ k: 1 }, { m: 1 }],
    input: [{ k: 1 }, { t: 1 }],
    output: [{ m: 1 }, { t: 1 }],
  };
  const keeps = ["weight", "input", "output"] as const;

  test("a reduction outside a tile of sums brings them back", () => {
    const nest = (outer: readonly [string, number][]): NestLevel[] => [
      { name: "memory", keeps, temporal: loops(outer) },
      {
        name: "buffer",
        keeps,
        temporal: loops([
          ["m", 4],
          ["k", 2],
        ]),
      },
    ];
    const of = (outer: readonly [string, number][], level: string) =>
      countNest(nest(outer), matrix).levels.find((entry) => entry.level === level && entry.tensor === "output");
    // 8 outputs in tiles of 4, 6 products each, in blocks of 2: innermost, the blocks keep the tile
    expect(
      of(
        [
          ["t", 2],
          ["k", 3],
        ],
        "memory",
      ),
    ).toMatchObject({ reads: 0, updates: 8 });
    expect(
      of(
        [
          ["t", 2],
          ["k", 3],
        ],
        "buffer",
      ),
    ).toMatchObject({ updates: 48, reads: 48 - 8, fills: 0 });
    // outermost, they send it away and fetch it again twice
    expect(
      of(
        [
          ["k", 3],
          ["t", 2],
        ],
        "memory",
      ),
    ).toMatchObject({ updates: 24, reads: 16 + 16 });
    expect(
      of(
        [
          ["k", 3],
          ["t", 2],
        ],
        "buffer",
      ),
    ).toMatchObject({ updates: 48, fills: 16, reads: 48 - 24 + 16 });
  });

  test("copies of the same data are one read", () => {
    const { levels: counts } = countNest(
      [
        {
          name: "memory",
          keeps,
          temporal: loops([["k", 5]]),
          spatial: loops([
            ["m", 4],
            ["t", 3],
          ]),
        },
      ],
      matrix,
    );
    expect(counts.map(({ tensor, reads, updates }) => [tensor, reads, updates])).toEqual([
      ["weight", 20, 0],
      ["input", 15, 0],
      ["output", 60 - 12, 60],
    ]);
  });

  test("the outermost level keeps everything, or the nest is refused", () => {
    expect(() => countNest([{ name: "buffer", keeps: ["input"], temporal: [] }], matrix)).toThrow(
      expect.objectContaining({ code: "energy.nest", where: "buffer" }),
    );
  });
});
