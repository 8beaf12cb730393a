import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { fitMachine, listMachines, loadMachine, machineJsonSchema, machineNames, pricesOf, recipeB } from "./index.ts";

const good = `schema: femto-machine/1
name: mine
title: A machine of my own
energy: pJ
technology: { node_nm: 28, voltage: 0.9 }
sources:
  measured: "Our own measurement, test chip 3, March"
components:
  - name: multiplier
    class: arithmetic
    mac_scaling: { set: [8, 4, 2] }
    prices:
      - verb: multiply
        operand: int8
        value: 60
        unit: fJ
        source: measured
  - name: flash
    class: sram
    size: 1.5 MB
    holds: [weights, activations]
    prices:
      - verb: read
        value: 0.02
        unit: nJ
        bits: 128
        range: { low: 0.01, high: 0.05, source: measured }
        node_nm: 40
        source: measured
`;

const lineOf = (text: string, part: string) => text.split("\n").findLastIndex((line) => line.includes(part)) + 1;

test("a machine of one's own: units become picojoules, a price may have its own node", () => {
  const machine = loadMachine(good, "mine.yaml");
  const [multiply, read] = pricesOf(machine);
  expect(multiply).toMatchObject({
    id: "multiplier.multiply.int8",
    per: "operation",
    nodeNm: 28,
    rangeSource: undefined,
  });
  expect(multiply!.energy).toEqual({ lo: 0.06, mid: 0.06, hi: 0.06 });
  expect(read).toMatchObject({ id: "flash.read", per: "bit", nodeNm: 40, stated: "0.02 nJ for 128 bits" });
  expect(read!.energy).toEqual({ lo: 10 / 128, mid: 20 / 128, hi: 50 / 128 });
  expect(machine.components[0]).toMatchObject({ scaling: { kind: "set", widths: [2, 4, 8] } });
  expect(machine.components[1]).toMatchObject({ sizeBytes: 1.5 * 2 ** 20 });
});

describe("one clear message with its line", () => {
  const change = (from: string, to: string) => good.replace(from, to);
  test.each<[string, string, string, string, object]>([
    [
      "a price without unit",
      change("        unit: fJ\n", ""),
      "machine.schema",
      "verb: multiply",
      { message: "unit is missing" },
    ],
    ["an unknown unit", change("unit: fJ", "unit: joule"), "machine.schema", "unit: joule", { got: '"joule"' }],
    [
      "a price without source",
      change("        unit: fJ\n        source: measured\n", "        unit: fJ\n"),
      "machine.schema",
      "verb: multiply",
      { message: "source is missing" },
    ],
    [
      "a source that is not cited",
      change("unit: fJ\n        source: measured", "unit: fJ\n        source: rumour"),
      "machine.source",
      "source: rumour",
      { expected: "measured" },
    ],
    [
      "an empty citation",
      change('"Our own measurement, test chip 3, March"', '"me"'),
      "machine.schema",
      'measured: "me"',
      { got: '"me"' },
    ],
    [
      "an unknown key",
      change("    size: 1.5 MB", "    sizes: 1.5 MB"),
      "machine.schema",
      "name: flash",
      { message: "unknown key sizes" },
    ],
    [
      "a missing scaling",
      change("    mac_scaling: { set: [8, 4, 2] }\n", ""),
      "machine.schema",
      "name: multiplier",
      { message: "mac_scaling is missing" },
    ],
    ["a negative price", change("value: 60", "value: -60"), "machine.schema", "value: -60", { got: "-60" }],
    [
      "a price that is no number",
      change("value: 60", "value: sixty"),
      "machine.schema",
      "value: sixty",
      { got: '"sixty"' },
    ],
    ["an absurd node", change("node_nm: 28", "node_nm: 3000"), "machine.schema", "node_nm: 3000", { got: "3000" }],
    [
      "a range that does not hold the value",
      change("low: 0.01", "low: 0.03"),
      "machine.schema",
      "low: 0.03",
      { expected: "low ≤ value ≤ high" },
    ],
    [
      "DRAM without its kind",
      change("class: sram", "class: dram"),
      "machine.schema",
      "name: flash",
      { message: "type is missing" },
    ],
    [
      "a class that does not exist",
      change("class: sram", "class: tape"),
      "machine.schema",
      "class: tape",
      { got: '"tape"' },
    ],
    [
      "a price per access without bits",
      change("        bits: 128\n", ""),
      "machine.price",
      "value: 0.02",
      { got: "nJ" },
    ],
    [
      "a price per bit with bits",
      change("unit: nJ\n        bits", "unit: pJ/bit\n        bits"),
      "machine.price",
      "value: 0.02",
      { got: "pJ/bit and bits: 128" },
    ],
    ["arithmetic without operand", change("        operand: int8\n", ""), "machine.price", "value: 60", {}],
    [
      "a relative price among joules",
      change("unit: fJ", "unit: relative"),
      "machine.price",
      "value: 60",
      { got: "relative" },
    ],
    [
      "another schema",
      change("femto-machine/1", "femto-machine/9"),
      "machine.schema",
      "femto-machine/9",
      { got: '"femto-machine/9"' },
    ],
    [
      "two components of one name",
      change("name: flash", "name: multiplier"),
      "machine.duplicate",
      "name: multiplier",
      {},
    ],
    ["broken YAML", change("energy: pJ", "energy: [pJ"), "yaml.syntax", "technology", {}],
    ["a key that is there twice", change("energy: pJ", "energy: pJ\nenergy: pJ"), "yaml.syntax", "energy: pJ", {}],
    ["a cyclic anchor", change("components:\n", "components: &loop\n  - *loop\n"), "yaml.alias", "- *loop", {}],
  ])("%s", (_, text, code, place, fields) => {
    let error: unknown;
    try {
      loadMachine(text, "mine.yaml");
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code, ...fields });
    const line = Number(/^mine\.yaml:(\d+)/.exec((error as FemtoError).where!)![1]);
    expect(line).toBe(lineOf(text, place));
  });

  test("a text that is no mapping", () => {
    expect(() => loadMachine("- a: 1\n- b", "x.yaml")).toThrow(
      expect.objectContaining({ code: "machine.schema", where: "x.yaml:1" }),
    );
  });

  test("a second integer width, which would contradict mac_scaling", () => {
    const text = good.replace(
      "  - name: flash",
      "      - { verb: multiply, operand: int16, value: 1, unit: pJ, source: measured }\n  - name: flash",
    );
    expect(() => loadMachine(text)).toThrow(expect.objectContaining({ code: "machine.duplicate" }));
  });

  test("ten megabytes", () => {
    expect(() => loadMachine(`${good}#${"x".repeat(10_000_000)}`)).toThrow(
      expect.objectContaining({ code: "yaml.size" }),
    );
  });

  test("aliases that multiply", () => {
    const bomb = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`);
    expect(() => loadMachine(`a0: &a0 [x]\n${bomb.join("\n")}\n`)).toThrow(
      expect.objectContaining({ code: "yaml.alias" }),
    );
  });

  test("any mutilation of a good file is a FemtoError or a machine", () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(12), fc.string({ maxLength: 6 }), (at, length, insert) => {
        try {
          loadMachine(good.slice(0, at) + insert + good.slice(at + length));
        } catch (error) {
          expect(error).toBeInstanceOf(FemtoError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test("the schema is published as JSON Schema", () => {
  expect(machineJsonSchema()).toMatchObject({
    type: "object",
    required: expect.arrayContaining(["schema", "sources"]),
  });
  expect(machineNames.length).toBeGreaterThanOrEqual(5);
});

describe("docs/machines.md", () => {
  const page = readFileSync(new URL("../../docs/machines.md", import.meta.url), "utf8");
  const example = /```yaml\n([\s\S]*?)```/.exec(page)![1]!;

  test("its example is a machine", () => {
    expect(pricesOf(loadMachine(example)).map(({ id, energy }) => [id, energy.mid])).toEqual([
      ["multiplier.multiply.int8", 0.06],
      ["flash.read", 20 / 128],
      ["buffer.read", 0.11],
    ]);
  });

  test("its scaled price is one, by both recipes", () => {
    const price = /```yaml\n(- verb: multiply\n[\s\S]*?scale: [\s\S]*?)```/.exec(page)![1]!.replaceAll(/^/gm, "      ");
    const sources = "  horowitz2014: M. Horowitz, ISSCC 2014\n  stillmaker2017: Stillmaker and Baas 2017\n  measured:";
    const text = example
      .replace("  measured:", sources)
      .replace(/prices:\n {6}- verb[\s\S]*? {2}- name: flash/, `prices:\n${price}\n  - name: flash`);
    const [multiply] = pricesOf(loadMachine(text));
    expect(multiply!.scaled).toMatchObject({ recipe: "A", fromNm: 45, toNm: 28 });
    expect(multiply!.energy).toEqual({
      lo: 0.2 * recipeB(45, 28),
      mid: expect.closeTo(0.153, 4),
      hi: expect.closeTo(0.153, 4),
    });
  });

  test("its measurements can be fitted to its example", () => {
    const csv = /```csv\n([\s\S]*?)```/.exec(page)![1]!;
    const fit = fitMachine({ machine: loadMachine(example), csv, citation: "the example of the page" });
    expect(fit.prices.map(({ id }) => id)).toEqual(["multiplier.multiply.int8", "flash.read", "buffer.read"]);
    const truth = [0.062, 0.15, 0.12];
    fit.prices.forEach(({ value }, i) => {
      expect(Math.abs(value / truth[i]! - 1)).toBeLessThan(0.15);
    });
    expect(fit.relativeError).toBeLessThan(0.05);
  });

  test("its error is what a file without source gets", () => {
    let text = "";
    try {
      loadMachine(good.replace("        unit: fJ\n        source: measured\n", "        unit: fJ\n"), "mine.yaml");
    } catch (error) {
      text = (error as FemtoError).render();
    }
    expect(page).toContain(text.replace(/:\d+ /, ":17 "));
  });

  test("it lists every machine as it is", () => {
    for (const { name, title, nodeNm, mapping, prices } of listMachines()) {
      expect(page).toContain(`| \`${name}\` | ${title} | ${nodeNm} | ${mapping} | ${prices} |`);
    }
  });
});
