import { beforeAll, describe, expect, test } from "vitest";
import { Rng } from "../../base/rng.ts";
import { fanOutWeights, weigh } from "../gates/activity.ts";
import { calibrate } from "../gates/calibration.ts";
import { referenceActivity } from "../gates/reference.ts";
import { boothDigits } from "../netlist/mac/booth.ts";
import { buildMac } from "../netlist/mac/mac.ts";
import { behaviouralTable } from "./behavioural.ts";
import { Characteriser } from "./characteriser.ts";
import { readWeightTable, writeWeightTable } from "./csv.ts";
import { drawFromTrace, drawIndices, drawTransitions, drawUniform, stimulusOf } from "./draw.ts";
import { convolutionLike, withImagesShuffled } from "./layer.fixture.ts";
import { layerEnergy, mapTiles, networkEnergy, tilePowers } from "./layer-energy.ts";
import { mergeStatistics } from "./merge.ts";
import { collectStatistics } from "./statistics.ts";
import { weightTableFromJson, weightTableToJson } from "./table-json.ts";
import { checkTrace, defaultArray, type LayerTrace } from "./trace.ts";
import { energyAt, inPicojoules, meanEnergy, type WeightTable } from "./weight-table.ts";

const mac = buildMac();
const images = 6;
const layer = convolutionLike({ channels: 8, outputs: 16, size: 8, images, seed: 2 });
const shape = { outputs: layer.outputs, inputs: layer.inputs, steps: layer.steps };
const refused = (code: string) => expect.objectContaining({ code });

let unit: Characteriser;
let table: WeightTable;
let exact: number;

beforeAll(async () => {
  unit = await Characteriser.compile(mac, "unit");
  table = unit.table(drawTransitions(collectStatistics(layer, defaultArray)));
  exact = unit.exact(layer, defaultArray).total;
});

const correlation = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const product = (f: (i: number) => number) => Array.from(x, (_, i) => f(i)).reduce((sum, v) => sum + v, 0);
  const covariance = product((i) => (x[i]! - mx) * (y[i]! - my));
  return covariance / Math.sqrt(product((i) => (x[i]! - mx) ** 2) * product((i) => (y[i]! - my) ** 2));
};

/** E(−105)/E(−2), dearest over cheapest of −127 … 127, Ē(0) over the mean. */
const figures = (of: WeightTable) => ({
  ratio: energyAt(of, -105) / energyAt(of, -2),
  range: Math.max(...of.energies.subarray(1)) / Math.min(...of.energies.subarray(1)),
  floor: energyAt(of, 0) / meanEnergy(of),
});

describe("statistics", () => {
  test("frequencies sum to 1, rows of P to the frequency of their group", () => {
    const { activations, partialSums, groups, transitions } = collectStatistics(layer, defaultArray);
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
    expect(sum(activations)).toBeCloseTo(1, 12);
    expect(sum(partialSums)).toBeCloseTo(1, 12);
    expect(transitions).toBe(layer.weights.length * (layer.steps - 1));
    // A stream enters a group as often as it leaves it, but for its two ends: at most one transition per element.
    for (let group = 0; group < groups; group++) {
      let [row, column] = [0, 0];
      for (let other = 0; other < groups; other++) {
        row += partialSums[group * groups + other]!;
        column += partialSums[other * groups + group]!;
      }
      expect(Math.abs(row - column)).toBeLessThanOrEqual(1 / (layer.steps - 1) + 1e-12);
    }
  });

  test("52 to 64 groups of values and 110 to 150 of transitions occur", () => {
    const values = collectStatistics(layer, defaultArray);
    const rows = new Set<number>();
    values.partialSums.forEach((frequency, cell) => {
      if (frequency > 0) rows.add(Math.floor(cell / values.groups)).add(cell % values.groups);
    });
    expect(rows.size).toBeGreaterThanOrEqual(52);
    expect(rows.size).toBeLessThanOrEqual(64);
    const transitions = collectStatistics(layer, defaultArray, { grouping: "transitions" });
    const occurring = transitions.partialSums.filter((frequency) => frequency > 0).length;
    expect(occurring).toBeGreaterThanOrEqual(110);
    expect(occurring).toBeLessThanOrEqual(150);
  });

  test("statistics of images one by one, merged, are those of all but for the steps between images", () => {
    const perImage = layer.steps / images;
    const parts = Array.from({ length: images }, (_, image) => {
      const activations = Int8Array.from({ length: layer.inputs * perImage }, (_, at) => {
        const [input, t] = [Math.floor(at / perImage), at % perImage];
        return layer.activations[input * layer.steps + image * perImage + t]!;
      });
      return collectStatistics({ ...layer, activations, steps: perImage }, defaultArray);
    });
    const merged = mergeStatistics(parts);
    const whole = collectStatistics(layer, defaultArray);
    expect(merged.transitions).toBe(layer.weights.length * images * (perImage - 1));
    expect(merged.partialSums.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    const distance = merged.partialSums.reduce((sum, value, at) => sum + Math.abs(value - whole.partialSums[at]!), 0);
    expect(distance / 2).toBeLessThan((images - 1) / (layer.steps - 1));
    expect(() => mergeStatistics([])).toThrow(refused("statistics.merge"));
    const other = collectStatistics(layer, { ...defaultArray, rows: 32 });
    expect(() => mergeStatistics([whole, other])).toThrow(refused("statistics.merge"));
  });

  test("a partial sum is counted as a plain loop finds it", () => {
    const tiny: LayerTrace = {
      name: "tiny",
      weights: Int8Array.of(2, -3, 5),
      activations: Int8Array.of(1, 2, 3, 4, 5, 6),
      outputs: 1,
      inputs: 3,
      steps: 2,
    };
    // Two rows per tile: element 0 and 2 receive 0, element 1 receives 2·1 then 2·2.
    const { partialSums, groups } = collectStatistics(tiny, { ...defaultArray, rows: 2 });
    expect(partialSums[0]).toBeCloseTo(2 / 3, 12);
    const [two, four] = [4 * 2, 4 * 3];
    expect(partialSums[two * groups + four]).toBeCloseTo(1 / 3, 12);
  });
});

test("systematic draws meet every frequency to within one draw", () => {
  const rng = new Rng(4);
  const frequencies = Float64Array.from({ length: 50 }, (_, i) => (i % 3 === 0 ? 0 : rng.uniform()));
  const sum = frequencies.reduce((total, value) => total + value, 0);
  const scaled = frequencies.map((value) => value / sum);
  const counts = new Float64Array(50);
  for (const index of drawIndices(scaled, 500, rng)) counts[index]!++;
  scaled.forEach((frequency, i) => {
    expect(Math.abs(counts[i]! - 500 * frequency)).toBeLessThanOrEqual(2);
    if (frequency === 0) expect(counts[i]).toBe(0);
  });
});

describe("tables", () => {
  test("the fast table is the reference evaluator's, for both delay models", async () => {
    const draws = drawTransitions(collectStatistics(layer, defaultArray), { count: 50, seed: 3 });
    for (const delay of ["zero", "unit"] as const) {
      const fast = (await Characteriser.compile(mac, delay)).table(draws);
      for (const w of [0, -105, 127]) {
        const { toggles } = referenceActivity(mac, stimulusOf(draws, w), { delay });
        expect(energyAt(fast, w)).toBeCloseTo(weigh(toggles, fanOutWeights(mac)) / 50, 9);
      }
    }
  });

  test("ReLU-like stimulus: figures of the fused Booth unit lie in the sheet's bands", () => {
    // The sheet's bands are 1.63–2.04, 2.3–3.3, 0.40–0.64 on its layers; layers like this one gave 1.60 to 1.67 for the ratio.
    const { ratio, range, floor } = figures(table);
    expect(ratio).toBeGreaterThan(1.55);
    expect(ratio).toBeLessThan(2.04);
    expect(range).toBeGreaterThan(2.3);
    expect(range).toBeLessThan(3.3);
    expect(floor).toBeGreaterThan(0.4);
    expect(floor).toBeLessThan(0.64);
  });

  test("uniform stimulus: near an independent build of the same unit (2.3–2.4, 3.9–4.0, 0.31–0.32)", () => {
    const { ratio, range, floor } = figures(unit.table(drawUniform(defaultArray)));
    expect(Math.abs(ratio / 2.35 - 1)).toBeLessThan(0.1);
    expect(Math.abs(range / 3.95 - 1)).toBeLessThan(0.1);
    expect(Math.abs(floor / 0.315 - 1)).toBeLessThan(0.1);
  });

  test("Booth: 0 is the cheapest weight, energy follows the number of non-zero digits and not of ones", () => {
    const weights = Array.from({ length: 255 }, (_, i) => i - 127);
    const energies = weights.map((w) => energyAt(table, w));
    expect(weights[energies.indexOf(Math.min(...energies))]).toBe(0);
    const digits = weights.map((w) => boothDigits(w, 8).filter((digit) => digit !== 0).length);
    const ones = weights.map((w) => (w & 255).toString(2).replaceAll("0", "").length);
    expect(correlation(energies, digits)).toBeGreaterThan(0.9);
    expect(correlation(energies, ones)).toBeLessThan(0.4);
    const cheapest = weights.toSorted((a, b) => energyAt(table, a) - energyAt(table, b)).slice(0, 9);
    for (const w of [1, 4, 16, 64]) expect(cheapest).toContain(w);
  });

  test("the multiplier decides the ranking: for Baugh-Wooley −105 is cheaper than −2", async () => {
    const other = await Characteriser.compile(buildMac({ multiplier: "baughWooley" }), "unit");
    const { ratio } = figures(other.table(drawTransitions(collectStatistics(layer, defaultArray))));
    expect(ratio).toBeGreaterThan(0.75);
    expect(ratio).toBeLessThan(0.95);
  });

  test("zero-gating takes most of the floor away, a separate adder much of it", async () => {
    const draws = drawTransitions(collectStatistics(layer, defaultArray));
    const floorOf = async (options: Parameters<typeof buildMac>[0]) =>
      figures((await Characteriser.compile(buildMac(options), "unit")).table(draws)).floor;
    expect(await floorOf({ isZeroGated: true })).toBeLessThan(0.1);
    const separate = await floorOf({ isFused: false });
    expect(separate).toBeGreaterThan(0.06);
    expect(separate).toBeLessThan(0.32);
  });

  test("nothing that does not change costs anything, at any fidelity", () => {
    const draws = drawUniform(defaultArray, { count: 40 });
    const still = { ...draws, to: draws.from };
    expect(unit.table(still).energies.every((energy) => energy === 0)).toBe(true);
    expect(behaviouralTable(still, defaultArray).energies.every((energy) => energy === 0)).toBe(true);
  });

  test("behavioural: mean of the worked formula; toggles per net are handed over", () => {
    const draws = drawUniform(defaultArray, { count: 300 });
    const { energies, origin } = behaviouralTable(draws, defaultArray);
    expect(origin.level).toBe("behavioural");
    // Random 8-, 16- and 22-bit words differ in half their bits; the product with 0 never changes.
    expect(energies[128]! / (4 + 11 + 11)).toBeCloseTo(1, 1);
    const weights = fanOutWeights(mac);
    const sums: number[] = [];
    const made = unit.table(draws, (_, toggles) => sums.push(weigh(toggles, weights) / 300));
    expect(Array.from(made.energies)).toEqual(sums);
  });

  test("one constant turns a table into picojoules, and none of another netlist does", async () => {
    const calibration = await calibrate(mac, { delay: "unit", published: "mac8 45nm" });
    const priced = inPicojoules(table, calibration);
    expect(priced.unit).toBe("pJ");
    expect(energyAt(priced, 43)).toBeCloseTo(energyAt(table, 43) * calibration.picojoulesPerUnit, 12);
    const zero = await calibrate(mac, { delay: "zero", published: "mac8 45nm" });
    expect(() => inPicojoules(table, zero)).toThrow(refused("table.calibration"));
    expect(weightTableFromJson(weightTableToJson(priced), "t.json")).toEqual(priced);
    expect(priced.origin.scale).toContain("Horowitz");
  });
});

describe("layer energy", () => {
  test("by table it is within 5 % of the exact simulation of every element", () => {
    const byTable = layerEnergy(layer.weights, shape, table, defaultArray).total;
    expect(Math.abs(byTable / exact - 1)).toBeLessThan(0.05);
    const direct = unit.table(drawFromTrace(layer, defaultArray, { count: 8192 }));
    expect(Math.abs(layerEnergy(layer.weights, shape, direct, defaultArray).total / exact - 1)).toBeLessThan(0.05);
    expect(correlation(table.energies, direct.energies)).toBeGreaterThan(0.998);
  });

  test("groups of transitions are the worse reading", () => {
    const grouped = unit.table(drawTransitions(collectStatistics(layer, defaultArray, { grouping: "transitions" })));
    const error = layerEnergy(layer.weights, shape, grouped, defaultArray).total / exact - 1;
    expect(error).toBeGreaterThan(-0.12);
    expect(error).toBeLessThan(0);
    expect(correlation(table.energies, grouped.energies)).toBeGreaterThan(0.99);
  });

  test("exact simulation is what the reference evaluator counts for each element", () => {
    const small = convolutionLike({ channels: 1, outputs: 2, size: 3, images: 1, seed: 5 });
    const array = { ...defaultArray, rows: 4 };
    let sum = 0;
    for (let output = 0; output < 2; output++) {
      for (let input = 0; input < 9; input++) {
        const p = Array.from({ length: 9 }, (_, t) => {
          let total = 0;
          for (let k = input - (input % 4); k < input; k++) {
            total += small.weights[output * 9 + k]! * small.activations[k * 9 + t]!;
          }
          return total;
        });
        const a = small.activations.slice(input * 9, input * 9 + 9);
        const w = small.weights[output * 9 + input]!;
        const { toggles } = referenceActivity(
          mac,
          { kind: "stream", count: 9, vectors: { a, w, p } },
          { delay: "unit" },
        );
        sum += weigh(toggles, fanOutWeights(mac));
      }
    }
    const { total, transitions } = unit.exact(small, array);
    expect(transitions).toBe(18 * 8);
    expect(total).toBeCloseTo((sum * 9) / 8, 6);
  });

  test("images in another order change the energy by less than 1 %, pixels in another order raise it", () => {
    const shuffled = withImagesShuffled(layer, images, 5);
    expect(Math.abs(unit.exact(shuffled, defaultArray).total / exact - 1)).toBeLessThan(0.01);
    const order = new Rng(6).permutation(layer.steps);
    const activations = Int8Array.from(
      layer.activations,
      (_, at) => layer.activations[at - (at % layer.steps) + order[at % layer.steps]!]!,
    );
    expect(unit.exact({ ...layer, activations }, defaultArray).total / exact).toBeGreaterThan(1.1);
  });

  test("a layer of zeros costs T·K·M·Ē(0), the least of all choices", () => {
    const zeros = layerEnergy(new Int8Array(layer.weights.length), shape, table, defaultArray).total;
    expect(zeros).toBeCloseTo(layer.steps * layer.weights.length * energyAt(table, 0), 3);
    const rng = new Rng(7);
    for (let trial = 0; trial < 20; trial++) {
      const weights = Int8Array.from({ length: layer.weights.length }, () => rng.below(255) - 127);
      expect(layerEnergy(weights, shape, table, defaultArray).total).toBeGreaterThan(zeros);
    }
  });

  test("tiles: 576 × 64 weights, 1024 columns on 64 × 64", () => {
    const mapping = mapTiles({ inputs: 576, outputs: 64, steps: 1024 }, defaultArray);
    expect(mapping).toMatchObject({ rowTiles: 9, columnTiles: 1, cycles: 10_926, macs: 37_748_736, idleElements: 0 });
    expect(mapping.utilisation).toBeCloseTo(0.843, 3);
    expect(mapTiles({ inputs: 65, outputs: 65, steps: 2 }, defaultArray).idleElements).toBe(4 * 4096 - 65 * 65);
  });

  test("idle elements cost nothing if gated, else what a zero costs; tiles add up to the layer; shares to 1", () => {
    const gated = layerEnergy(layer.weights, shape, table, defaultArray);
    const ungated = layerEnergy(layer.weights, shape, table, defaultArray, { areIdleGated: false });
    const { idleElements } = gated.mapping;
    expect(gated.idle).toBe(0);
    expect(ungated.total - gated.total).toBeCloseTo(layer.steps * idleElements * energyAt(table, 0), 3);
    const power = tilePowers(layer.weights, shape, table, defaultArray, 1e9).reduce((sum, tile) => sum + tile, 0);
    expect((power * layer.steps) / 1e9).toBeCloseTo(gated.used, 3);
    const { total, shares } = networkEnergy([gated, ungated, gated]);
    expect(total).toBeCloseTo(2 * gated.total + ungated.total, 3);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });
});

describe("measured tables", () => {
  test("CSV written and read again is the same table", () => {
    const read = readWeightTable(writeWeightTable(table), "measured.csv");
    expect(read.energies).toEqual(table.energies);
    expect(read.unit).toBe("relative");
    expect(read.origin).toEqual({ level: "measured", stimulus: "read from measured.csv" });
  });

  test("255 weights, any order, femtojoules", () => {
    const lines = Array.from({ length: 255 }, (_, i) => `${127 - i},${100 + i}`);
    const read = readWeightTable(["Weight, energy_fJ", ...lines].join("\r\n"), "m.csv");
    expect(read.unit).toBe("pJ");
    expect(energyAt(read, 127)).toBeCloseTo(0.1, 12);
    expect(energyAt(read, -128)).toBe(energyAt(read, -127));
  });

  test("JSON that is no table is refused with the path", () => {
    const where = (change: object) => {
      const text = JSON.stringify({ ...JSON.parse(weightTableToJson(table)), ...change });
      return expect(() => weightTableFromJson(text, "t.json"));
    };
    where({ unit: "J" }).toThrow(expect.objectContaining({ code: "table.json", where: "t.json › unit" }));
    where({ energies: [1] }).toThrow(expect.objectContaining({ got: "1", where: "t.json › energies" }));
    expect(() => weightTableFromJson("{", "t.json")).toThrow(refused("table.json"));
  });

  const rows = Array.from({ length: 255 }, (_, i) => `${i - 127},1`);
  test.each([
    ["a wrong header", ["w,e", ...rows], "line 1"],
    ["a weight too large", ["weight,energy", ...rows, "128,1"], "line 257"],
    ["a weight twice", ["weight,energy", ...rows, "5,2"], "line 257"],
    ["a negative energy", ["weight,energy", "0,-1"], "line 2"],
    ["a missing cell", ["weight,energy", "0,"], "line 2"],
    ["missing weights", ["weight,energy", ...rows.slice(3)], "line 253"],
  ])("refuses %s", (_, lines, where) => {
    expect(() => readWeightTable(lines.join("\n"), "m.csv")).toThrow(
      expect.objectContaining({ code: "table.csv", where: `m.csv › ${where}` }),
    );
  });
});

test("layers that cannot be characterised are refused", async () => {
  const check = (change: Partial<LayerTrace>, array = defaultArray) => checkTrace({ ...layer, ...change }, array);
  const floats = Float32Array.from(layer.weights) as unknown as Int8Array;
  expect(() => check({ weights: floats })).toThrow(refused("trace.type"));
  expect(() => check({ outputs: 17 })).toThrow(refused("trace.size"));
  const column = layer.activations.slice(0, layer.inputs);
  expect(() => check({ steps: 1, activations: column })).toThrow(refused("trace.steps"));
  const wide = Int16Array.from(layer.weights);
  wide[7] = -128;
  expect(() => check({ weights: wide })).toThrow(expect.objectContaining({ code: "trace.range", got: "-128 at 7" }));
  const unsigned = Uint8Array.from(layer.activations);
  unsigned[0] = 200;
  expect(() => check({ activations: unsigned })).toThrow(refused("trace.range"));
  expect(() => check({}, { ...defaultArray, accumulatorBits: 20 })).toThrow(
    expect.objectContaining({ code: "trace.overflow", hint: "21 bits hold them" }),
  );
  expect(() => check({}, { ...defaultArray, rows: 16, accumulatorBits: 20 })).not.toThrow();
  expect(() => check({}, { ...defaultArray, rows: 0 })).toThrow(refused("array.size"));
  expect(() => drawTransitions(collectStatistics(layer, defaultArray), { count: 0 })).toThrow(refused("draw.count"));
  expect(() => layerEnergy(layer.weights, { ...shape, inputs: 3 }, table, defaultArray)).toThrow(refused("layer.size"));
  const b = (await import("../netlist/builder.ts")).NetlistBuilder;
  const builder = new b("not");
  builder.output("y", [builder.not(builder.input("x", 1)[0]!)]);
  const narrow = await Characteriser.compile(buildMac({ accumulatorBits: 16 }), "zero");
  expect(() => narrow.table(drawUniform(defaultArray))).toThrow(refused("characterise.width"));
  expect(() => narrow.exact(layer, defaultArray)).toThrow(refused("characterise.width"));
  await expect(Characteriser.compile(builder.build())).rejects.toThrow(refused("characterise.ports"));
});
