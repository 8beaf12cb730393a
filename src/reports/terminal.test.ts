import fc from "fast-check";
import { expect, test } from "vitest";
import { formatBytes } from "../base/units.ts";
import { energyText, percentText, ratioText } from "./format.ts";
import { syntheticReport } from "./report.fixture.ts";
import { renderTerminal } from "./terminal.ts";
import { wrap } from "./wrap.ts";

const wide = { width: 200 };

test("the table of the synthetic report", () => {
  expect(renderTerminal(syntheticReport(), { width: 120 })).toMatchInlineSnapshot(`
    "eqat · lenet5 on synthetic digits · synthetic-machine · seed 1

    row            accuracy  energy / 8 bit         energy      file       mean bits  equivalence
                   measured        modelled  per inference  measured  weight / input  model.int.onnx, model.onnx
    float32         98.75 %            10.1        1.59 µJ    248 kB         float32  –
    EQAT            98.60 %           0.421        66.1 nJ   36.4 kB       4.6 / 5.8  bit-exact, argmax-equal
    uniform 8 bit   98.70 %           1.000         157 nJ   66.1 kB           8 / 8  bit-exact, argmax-equal
    uniform 6 bit   98.65 %           0.655         103 nJ   66.2 kB           6 / 6  bit-exact, argmax-equal
    uniform 5 bit   98.30 %           0.506        79.4 nJ   66.2 kB           5 / 5  bit-exact, argmax-equal
    uniform 4 bit   96.90 %           0.373        58.6 nJ   35.0 kB           4 / 4  bit-exact, argmax-equal

    Accuracy (top-1) is measured on the exported file, test part, 2,000 examples.
    Energy is modelled for Synthetic machine with an 8 KB SRAM; compute share a = 73.42 % of the energy at 8 bits.
    EQAT: 98.60 % at 0.421 of the 8-bit energy, above the uniform curve at equal energy (+1.19 points against 97.41 % of the
      uniform curve; the 2000 test examples leave ±0.52 open).
    ! EQAT: a made-up warning, so that the page has one to show
    "
  `);
});

test("bits are those that were priced: a dense row beside weightless ones is `float` by kind, in 8 bits by its price", () => {
  const report = syntheticReport();
  const [float32, , eight] = report.rows;
  const dense = { ...eight!, name: "dense", kind: "float" };
  const table = renderTerminal({ ...report, rows: [float32!, dense] }, wide);
  expect(table).toMatch(/^float32 .* float32 {2}–$/m);
  expect(table).toMatch(/^dense .* 8 \/ 8 /m);
});

test("every number of every row stands in the table, formatted", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const amount = fc.double({ min: 1e-3, max: 1e15, noNaN: true });
  fc.assert(
    fc.property(share, amount, amount, fc.nat(2 ** 31), (accuracy, pJ, relative, bytes) => {
      const report = syntheticReport();
      const row = report.rows[1]!;
      row.accuracy.value = accuracy;
      row.energy.pJ = pJ;
      row.energy.relative = relative;
      row.bytes = bytes;
      const line = renderTerminal(report, wide)
        .split("\n")
        .find((text) => text.startsWith("EQAT  "))!;
      for (const text of [
        percentText(accuracy),
        energyText(pJ, report.machine.unit),
        ratioText(relative),
        formatBytes(bytes),
      ]) {
        expect(line).toContain(text);
      }
    }),
  );
});

test("columns leave where the terminal is narrow, name, accuracy and energy last", () => {
  for (const width of [110, 90, 70, 50, 20]) {
    const lines = renderTerminal(syntheticReport(), { width }).split("\n");
    const table = lines.slice(2, 10);
    if (width >= 50) expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(table[0]).toMatch(/^row +accuracy +energy \/ 8 bit/);
    expect(table.some((line) => line.includes("98.60\u00A0%") && line.includes("0.421"))).toBe(true);
  }
  expect(renderTerminal(syntheticReport(), { width: 50 })).toContain("4 more columns need");
});

test("colours only where asked for", () => {
  const plain = renderTerminal(syntheticReport(), wide);
  const coloured = renderTerminal(syntheticReport(), { ...wide, color: true });
  expect(plain).not.toContain("\u001B");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  expect(coloured.replace(/\u001B\[\d+m/g, "")).toBe(plain);
  expect(coloured).not.toBe(plain);
});

test("an energy that lacks operators is a lower bound", () => {
  const report = syntheticReport();
  report.rows[1]!.energy.isComplete = false;
  report.rows[1]!.energy.unmodelled = ["Relu: a made-up reason"];
  const text = renderTerminal(report, wide);
  expect(text).toContain("some operators have no price (Relu: a made-up reason)");
  const line = text.split("\n").find((row) => row.startsWith("EQAT  "));
  expect(line).toMatch(/ 0\.421 +≥ 66\.1 nJ/);
});

test("labels that differ stand in the cells", () => {
  const report = syntheticReport();
  report.rows[0]!.accuracy.label = "literature";
  const text = renderTerminal(report, wide);
  expect(text).toContain("98.75\u00A0% (literature)");
  expect(text).toContain("98.60\u00A0% (measured)");
});

test("a machine of ratios has no joules", () => {
  const report = syntheticReport();
  report.machine.unit = { kind: "relative", label: "register reads" };
  const text = renderTerminal(report, wide);
  expect(text).not.toContain("nJ");
  expect(text).toContain("Energies are multiples of: register reads.");
});

test("text breaks at spaces", () => {
  expect(wrap("one two three", 8, "  ")).toEqual(["one two", "  three"]);
  expect(wrap("", 8, "  ")).toEqual([""]);
});
