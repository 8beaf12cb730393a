import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { isMemory, loadMachine, type Machine, priceOf } from "../index.ts";
import { importZigzag } from "./zigzag.ts";

const golden = new URL("../../../golden/zigzag/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, golden), "utf8");
const files = readdirSync(new URL("hardware/", golden)).map((file) => file.replace(".yaml", ""));
const mappingOf: Record<string, string> = { meta_prototype: "meta_prototype_like" };
const hasMapping = (name: string) =>
  readdirSync(new URL("mapping/", golden)).includes(`${mappingOf[name] ?? name}.yaml`);
const mapping = (name: string) =>
  hasMapping(name) ? { mapping: read(`mapping/${mappingOf[name] ?? name}.yaml`) } : {};

/** The ZigZag description of an imported machine, to hold against the one it was made of. */
function backToZigzag(machine: Machine): { memories: Record<string, object>; operational_array: object } {
  const { mapping: nest, components } = machine;
  if (nest.kind !== "nest") throw new Error("no nest");
  const named = (name: string) => components.find((component) => component.name === name)!;
  const cost = (name: string, verb: string) => {
    const price = priceOf(machine, named(name), verb);
    return Number((price.energy.mid * price.accessBits!).toPrecision(12));
  };
  return {
    memories: Object.fromEntries(
      nest.memories.map((memory) => [
        memory.component,
        {
          size: memory.sizeBits,
          r_cost: cost(memory.component, "read"),
          w_cost: cost(memory.component, "write"),
          area: memory.area,
          latency: memory.latencyCycles,
          operands: memory.operands,
          ports: memory.ports.map(({ name, type, bandwidthMin, bandwidthMax, allocation }) => ({
            name,
            type,
            bandwidth_min: bandwidthMin,
            bandwidth_max: bandwidthMax,
            allocation: allocation.map(({ operand, direction }) => `${operand}, ${direction}`),
          })),
          served_dimensions: memory.servedDimensions,
        },
      ]),
    ),
    operational_array: {
      ...(nest.array.inputPrecision && { input_precision: nest.array.inputPrecision }),
      unit_energy: priceOf(machine, named(nest.array.unit), "mac", "int8").energy.mid,
      unit_area: nest.array.unitArea,
      dimensions: nest.array.dimensions.map(({ name }) => name),
      sizes: nest.array.dimensions.map(({ size }) => size),
    },
  };
}

describe.each(files)("%s", (name) => {
  const text = read(`hardware/${name}.yaml`);
  const imported = importZigzag(text, { nodeNm: 28, origin: `${name}.yaml`, ...mapping(name) });
  const machine = loadMachine(imported.text, `${name}.yaml`);

  test("there and back: every figure of the file", () => {
    const source = parse(text, { uniqueKeys: false });
    for (const memory of Object.values(source.memories) as { auto_cost_extraction?: boolean }[]) {
      delete memory.auto_cost_extraction;
    }
    expect(backToZigzag(machine)).toEqual({ memories: source.memories, operational_array: source.operational_array });
  });

  test("bytes are bits over eight, and units without served dimensions are counted", () => {
    if (machine.mapping.kind !== "nest") throw new Error("no nest");
    const sizes = machine.mapping.array.dimensions;
    for (const { component, sizeBits, servedDimensions } of machine.mapping.memories) {
      const memory = machine.components.filter(isMemory).find((part) => part.name === component)!;
      expect(memory.sizeBytes! * 8).toBe(sizeBits);
      const instances = sizes.reduce(
        (count, { name: own, size }) => (servedDimensions.includes(own) ? count : count * size),
        1,
      );
      if (memory.class !== "dram") expect(memory.count).toBe(instances);
    }
  });

  test("what the mapping file says comes along", () => {
    if (machine.mapping.kind !== "nest") throw new Error("no nest");
    const entries = hasMapping(name) ? parse(mapping(name).mapping!) : [];
    expect(machine.mapping.spatial.map(({ operator }) => operator)).toEqual(
      entries.map((entry: { name: string }) => entry.name),
    );
    machine.mapping.spatial.forEach(({ unroll, links, temporalOrdering }, i) => {
      const spatial = Object.fromEntries(
        Object.entries(unroll).map(([dimension, loops]) => [
          dimension,
          loops.map(({ loop, size }) => `${loop}, ${size}`),
        ]),
      );
      expect(spatial).toEqual(entries[i].spatial_mapping);
      expect(links).toEqual(entries[i].memory_operand_links);
      expect(temporalOrdering?.map(({ loop, size }) => [loop, size])).toEqual(entries[i].temporal_ordering);
    });
  });

  test("only what is remarked upon is left out", () => {
    expect(imported.missing).toEqual([]);
    for (const { line, key } of imported.remarks) {
      expect(text.split("\n")[line - 1]).toContain(key.split(".").at(-1));
    }
  });
});

test.each([
  ["tpu-like", "tpu_like"],
  ["ascend-like", "ascend_like"],
  ["edge-tpu-like", "edge_tpu_like"],
  ["meta-prototype-like", "meta_prototype"],
])("%s of the library is what the importer makes of %s", (own, name) => {
  const made = loadMachine(importZigzag(read(`hardware/${name}.yaml`), { nodeNm: 28, ...mapping(name) }).text);
  const library = loadMachine(own);
  // an example of a layer's name in the mapping file is no default
  const nest = made.mapping.kind === "nest" ? made.mapping : undefined;
  expect(library.mapping).toEqual({
    ...nest,
    spatial: nest!.spatial.filter(({ operator }) => !operator.startsWith("example")),
  });
  const plain = (machine: Machine) =>
    machine.components.map((component) => ({
      ...component,
      line: 0,
      prices: component.prices.map((price) => ({ ...price, line: 0, source: undefined })),
    }));
  expect(plain(library)).toEqual(plain(made));
});

test("check 8: 416.16 pJ per 2048 bits are 0.2032 pJ per bit", () => {
  const machine = loadMachine(importZigzag(read("hardware/tpu_like.yaml"), { nodeNm: 28 }).text);
  const sram = machine.components.find(({ name }) => name === "sram_2MB")!;
  expect(priceOf(machine, sram, "read").energy.mid).toBe(416.16 / 2048);
  expect(Number(priceOf(machine, sram, "read").energy.mid.toFixed(4))).toBe(0.2032);
});

test("a mapping that stands twice is remarked upon; so are unknown keys, CACTI and in-memory computing, with lines", () => {
  const twice = importZigzag(read("hardware/tpu_like.yaml"), { nodeNm: 28 }).remarks;
  expect(twice[0]).toMatchObject({ key: "ports", line: 74, remark: expect.stringContaining("twice") });
  const text = read("hardware/gemm_l1.yaml")
    .replace("    area: 0\n    latency: 1\n    auto", "    area: 0\n    colour: red\n    latency: 1\n    auto")
    .replace("auto_cost_extraction: False", "auto_cost_extraction: True")
    .replace("    r_cost: 0.02  # TODO\n", "")
    .replace("  unit_energy: 0.04 # pJ\n", "  is_imc: True\n");
  const { remarks, missing, text: made } = importZigzag(text, { nodeNm: 28 });
  const at = (part: string) => text.split("\n").findIndex((line) => line.includes(part)) + 1;
  expect(remarks).toEqual([
    { line: at("colour"), key: "memories.reg_O.colour", remark: "unknown key" },
    { line: at("auto_cost"), key: "memories.reg_O.auto_cost_extraction", remark: expect.stringContaining("CACTI") },
    { line: at("is_imc"), key: "operational_array.is_imc", remark: expect.stringContaining("crossbar") },
  ]);
  expect(missing).toEqual(["mac.mac", "reg_O.read"]);
  const machine = loadMachine(made);
  expect(() => priceOf(machine, machine.components[0]!, "mac", "int8")).toThrow(
    expect.objectContaining({ code: "machine.price" }),
  );
});

test.each<[string, (text: string) => string, object]>([
  [
    "no sizes",
    (text) => text.replace("sizes: [8, 8, 8]", "sizes: [8, 8]"),
    { expected: "one size for each dimension" },
  ],
  ["an array of no rows", (text) => text.replace("sizes: [8, 8, 8]", "sizes: [0, 8, 8]"), { got: "0" }],
  ["a size that is no number", (text) => text.replace("size: 32", "size: small"), { got: '"small"' }],
  [
    "no memories",
    (text) => text.replace("memories:", "memory:"),
    { message: expect.stringContaining("memories is missing") },
  ],
])("%s: one message with its line", (_, change, fields) => {
  expect(() => importZigzag(change(read("hardware/gemm_l1.yaml")), { nodeNm: 28, origin: "h.yaml" })).toThrow(
    expect.objectContaining({ code: "import.zigzag", where: expect.stringMatching(/^h\.yaml:\d+/), ...fields }),
  );
});
