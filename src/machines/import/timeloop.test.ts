import { describe, expect, test } from "vitest";
import { isMemory, loadMachine, priceOf } from "../index.ts";
import { importTimeloop } from "./timeloop.ts";

/** A row of elements around an Eyeriss-like buffer, with the figures of Accelergy's reference output. */
const arch = `architecture:
  version: 0.4
  nodes:
  - !Container
    name: system
    attributes: {technology: "65nm"}
  - !Component
    name: DRAM
    class: DRAM
    attributes: {type: "LPDDR4", width: 64, datawidth: 8}
  - !Component
    name: glb
    class: smartbuffer_SRAM
    attributes:
      depth: 16384
      width: 64
      n_banks: 32
      datawidth: 8
      read_bandwidth: 16
      write_bandwidth: 16
    constraints:
      dataspace: {keep: [Inputs, Outputs], bypass: [Weights]}
  - !Container
    name: column
    spatial: {meshX: 14}
    constraints:
      spatial: {permutation: [N, C, P], factors: [N=1]}
  - !Container
    name: element
    spatial: {meshY: 12}
  - !Parallel
    nodes:
    - !Component
      name: inputs
      class: smartbuffer_RF
      attributes: {depth: 12, width: 16, datawidth: 8}
      constraints: {dataspace: {keep: [Inputs]}}
    - !Component
      name: weights
      class: storage
      subclass: smartbuffer_RF
      attributes: {depth: 192, width: 16, datawidth: 8}
      constraints: {dataspace: {keep: [Weights]}, temporal: {factors: [N=1]}}
    - !Component
      name: sums
      class: smartbuffer_RF
      attributes: {depth: 16, width: 16, datawidth: 16, update_fifo_depth: 2}
      constraints: {dataspace: {keep: [Outputs]}}
  - !Component
    name: mac
    class: intmac
    attributes: {multiplier_width: 8, adder_width: 16}
`;

const table = (name: string, actions: Record<string, number>) =>
  `      - name: system.${name}\n        actions:\n${Object.entries(actions)
    .map(([action, energy]) => `          - {name: ${action}, arguments: {}, energy: ${energy}}\n`)
    .join("")}`;
const ert = `ERT:
    version: '0.4'
    tables:
      - name: system.DRAM[1..1]
        actions:
          - name: read
            arguments: {global_cycle_seconds: 1e-09}
            energy: 512.0
          - {name: write, arguments: {}, energy: 512.0}
${table("glb[1..1]", { read: 18.183829, write: 14.137929, update: 14.137929, leak: 0.005652 })}${table("inputs[1..168]", { read: 0.202442, write: 0.176713, leak: 0.000101 })}${table("weights[1..168]", { read: 1.976602, write: 1.881657, leak: 0.001592 })}${table("sums[1..168]", { read: 0.2513, write: 0.2191, update: 0.3, leak: 0.000134 })}${table("mac[1..168]", { compute: 0.207692, leak: 0.002374 })}${table("wires[1..14]", { transfer: 1 })}`;

const at = (part: string) => arch.split("\n").findIndex((line) => line.includes(part)) + 1;

describe("with its energy reference table", () => {
  const { text, remarks, missing } = importTimeloop(arch, { ert, origin: "arch.yaml", name: "eyeriss" });
  const machine = loadMachine(text, "eyeriss.yaml");
  const part = (name: string) => machine.components.find((component) => component.name === name)!;

  test("it prices what the library's eyeriss-65nm prices", () => {
    const library = loadMachine("eyeriss-65nm");
    const twins: [string, string][] = [
      ["DRAM", "dram"],
      ["glb", "shared_glb"],
      ["inputs", "ifmap_spad"],
      ["weights", "weights_spad"],
      ["sums", "psum_spad"],
    ];
    for (const [own, theirs] of twins) {
      const twin = library.components.find(({ name }) => name === theirs)!;
      const [memory, other] = [part(own), twin].map((component) => (isMemory(component) ? component : undefined));
      for (const verb of ["read", "write"]) {
        expect(priceOf(machine, part(own), verb).energy).toEqual(priceOf(library, twin, verb).energy);
      }
      expect(part(own).count).toBe(twin.count);
      expect(part(own).staticPower?.leakageMw).toEqual(twin.staticPower?.leakageMw);
      if (own !== "DRAM") expect(memory!.sizeBytes).toBe(other!.sizeBytes);
      expect(memory!.holds).toEqual(other!.holds);
    }
    expect(priceOf(machine, part("mac"), "mac", "int8").energy.mid).toBe(0.207692);
    expect(machine.technology.nodeNm).toBe(65);
    expect(part("DRAM")).toMatchObject({ dram: "lpddr4", backs: ["weights", "glb"] });
    expect(part("glb")).toMatchObject({ bandwidthBits: { read: 128, write: 128 }, backs: ["inputs", "sums"] });
    expect(missing).toEqual([]);
  });

  test("check 8: 512 pJ per 64 bits are 8 pJ per bit", () => {
    expect(priceOf(machine, part("DRAM"), "read").energy.mid).toBe(8);
  });

  test("meshes become dimensions of a nest, which memories outside of them serve", () => {
    if (machine.mapping.kind !== "nest") throw new Error("no nest");
    const { array, memories } = machine.mapping;
    expect(array).toMatchObject({
      unit: "mac",
      dimensions: [
        { name: "column.X", size: 14 },
        { name: "element.Y", size: 12 },
      ],
    });
    expect(
      memories.map(({ component, operands, servedDimensions }) => [component, operands, servedDimensions.length]),
    ).toEqual([
      ["sums", ["O"], 0],
      ["weights", ["I2"], 0],
      ["inputs", ["I1"], 0],
      ["glb", ["I1", "O"], 2],
      ["DRAM", ["I2", "I1", "O"], 2],
    ]);
    const directions = memories[3]!.ports.map(({ allocation }) =>
      allocation.map(({ operand, direction }) => `${operand} ${direction}`),
    );
    expect(directions).toEqual([
      ["I1 tl", "O tl", "O th"],
      ["I1 fh", "O fh", "O fl"],
    ]);
  });

  test("what did not come along is said, with its line", () => {
    const said = remarks.map(({ line, key }) => [line, key.split(".").at(-1)]);
    expect(said).toContainEqual([at("n_banks"), "n_banks"]);
    expect(said).toContainEqual([at("update_fifo_depth"), "update_fifo_depth"]);
    expect(said).toContainEqual([at("permutation"), "spatial"]);
    expect(said).toContainEqual([at("temporal: {"), "temporal"]);
    const texts = remarks.map(({ remark }) => remark).join("\n");
    expect(texts).toContain("prices wires, which the architecture does not have");
    expect(texts).toContain("an update costs 0.3 pJ");
    expect(texts).toContain("words of datawidth bits");
  });
});

test("without a table every price is missing, none is invented, and the machine loads", () => {
  const { text, missing } = importTimeloop(arch, { origin: "arch.yaml" });
  expect(missing).toEqual([
    "DRAM.read",
    "DRAM.write",
    "glb.read",
    "glb.write",
    "inputs.read",
    "inputs.write",
    "weights.read",
    "weights.write",
    "sums.read",
    "sums.write",
    "mac.mac",
  ]);
  const machine = loadMachine(text);
  expect(machine.components.flatMap(({ prices }) => prices)).toEqual([]);
  expect(() => priceOf(machine, machine.components[1]!, "read")).toThrow(
    expect.objectContaining({ code: "machine.price", got: "no prices" }),
  );
});

test("energies in attributes are prices", () => {
  const { text, missing } = importTimeloop(
    arch
      .replace("width: 64, datawidth: 8", "width: 64, datawidth: 8, read_energy: 512, write_energy: 500")
      .replace("multiplier_width: 8", "multiplier_width: 8, compute_energy: 0.2"),
  );
  const machine = loadMachine(text);
  expect(priceOf(machine, machine.components[0]!, "write").energy.mid).toBe(500 / 64);
  expect(priceOf(machine, machine.components.at(-1)!, "mac", "int8").energy.mid).toBe(0.2);
  expect(missing).not.toContain("DRAM.read");
});

test("expressions, unknown classes, tags and dataspaces are remarked upon", () => {
  const odd = arch
    .replace("depth: 16384", "depth: 4 * 4096")
    .replace("class: intmac", "class: abacus")
    .replace("keep: [Weights]", "keep: [Kernels]")
    .replace("- !Parallel", "- !Nothing {constraints: {}}\n  - !Parallel")
    .replace("spatial: {meshY: 12}", "spatial: {meshY: rows}\n    colour: red");
  const { remarks, text } = importTimeloop(odd);
  const texts = remarks.map(({ key, remark }) => `${key}: ${remark}`).join("\n");
  expect(texts).toContain("4 * 4096 is no number; expressions are not evaluated");
  expect(texts).toContain("class abacus is not translated, so mac is not in the machine");
  expect(texts).toContain("Kernels is none of Weights, Inputs, Outputs");
  expect(texts).toContain("!Nothing is not translated");
  expect(texts).toContain("rows is no whole number");
  expect(texts).toMatch(/colour: unknown key/);
  expect(texts).toContain("no loop nest can be made of this");
  expect(loadMachine(text).mapping.kind).toBe("once");
});

test.each<[string, () => unknown, object]>([
  [
    "a template",
    () => importTimeloop(arch.replace("depth: 16384", "depth: {{ depth }}")),
    { code: "import.timeloop", where: `arch.yaml:${at("depth: 16384")}`, message: "Jinja templates are not evaluated" },
  ],
  ["a file that is none", () => importTimeloop("a: 1\n"), { code: "import.timeloop", where: "arch.yaml:1" }],
  [
    "no technology",
    () => importTimeloop(arch.replace('{technology: "65nm"}', "{}")),
    { code: "import.timeloop", message: "no component states its technology" },
  ],
  ["a table that is none", () => importTimeloop(arch, { ert: "x: 1\n" }), { code: "import.timeloop" }],
  [
    "a negative energy",
    () => importTimeloop(arch, { ert: ert.replace("energy: 512.0", "energy: -3") }),
    { code: "import.timeloop", got: "-3" },
  ],
  ["broken YAML", () => importTimeloop("architecture: ["), { code: "yaml.syntax" }],
])("%s: one message", (_, run, fields) => {
  expect(run).toThrow(expect.objectContaining(fields));
});
