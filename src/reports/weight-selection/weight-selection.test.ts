/** @file Tests restricted weights in reports: what the schema refuses, that bases never mix, the tables and the pictures. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { arrayHeatSvg, colourAt } from "../charts/array-heat.ts";
import { layerSwitchingPicture } from "../charts/layer-switching.ts";
import { fallenRows, savingPicture } from "../charts/saving.ts";
import { renderSvg } from "../charts/svg.ts";
import { weightEnergyPicture } from "../charts/weight-energy.ts";
import { percentText, ratioText } from "../format.ts";
import { renderHtml } from "../html/page.ts";
import { publishedSection } from "../html/published.ts";
import { syntheticReport } from "../report.fixture.ts";
import { reportSchema } from "../schema.ts";
import { renderTerminal } from "../terminal.ts";
import { verdicts } from "../verdict.ts";
import { realSelection } from "./real.fixture.ts";
import { type SelectionLayer, type WeightSelection, weightSelectionSchema } from "./schema.ts";
import { groupsOf, selectionColumns, selectionNotes } from "./table.ts";
import { selectionLines } from "./terminal.ts";

const real = realSelection();
const shown = real.rows.filter(({ layers }) => layers.length > 0);
const layers: readonly SelectionLayer[] = shown[0]!.layers;
const report = { ...syntheticReport(), weightSelection: real };
const page = renderHtml(report);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test("figures of the golden hold together: histograms make the energies, elements make the layers", () => {
  expect(shown.length).toBe(2);
  for (const { layers: own, saving, basis } of shown) {
    for (const { outputs, inputs, steps, groups, histogram, weightFj, pJ, heat, share } of own) {
      expect([sum(histogram.before), sum(histogram.after)]).toEqual(Array(2).fill(groups * outputs * inputs));
      const byTable = (steps * sum(histogram.after.map((count, i) => count * weightFj[i]!))) / 1000;
      expect(byTable / pJ.after).toBeCloseTo(1, 5);
      for (const side of ["before", "after"] as const) {
        expect(sum(heat![side]) / pJ[side]).toBeCloseTo(1, 5);
        expect(share[side]).toBeCloseTo(pJ[side] / sum(own.map((layer) => layer.pJ[side])), 9);
      }
    }
    const total = (side: "before" | "after" | "allZero") => sum(own.map(({ pJ }) => pJ[side]));
    expect(saving).toBeCloseTo(1 - total("after") / total("before"), 9);
    const { ceiling } = real.rows.find((row) => row.basis === basis)!;
    expect(ceiling).toBeCloseTo(1 - total("allZero") / total("before"), 9);
  }
});

test("by the baseline's tables no row exceeds its ceiling; by own traces one does, and the notes say so", () => {
  for (const { savingByOldTables, ceiling } of real.rows) expect(savingByOldTables!).toBeLessThanOrEqual(ceiling);
  const beyond = real.rows.filter(({ saving, ceiling }) => saving > ceiling).map(({ name }) => name);
  expect(beyond).toEqual(["magnitude 0.8"]);
  expect(selectionNotes(real).join(" ")).toContain(
    "magnitude 0.8 (ungated): by traces of their own beyond the ceiling",
  );
});

test("beside the paper's figures stands what the rows save, not what the machine's bill says", () => {
  const published = { rows: [], inconsistencies: [] };
  const [row] = real.rows.filter(({ method }) => method === "lws");
  const own = { ...report.rows.find(({ kind }) => kind !== "float" && kind !== "uniform")!, name: row!.name };
  const section = publishedSection({ ...report, rows: [own], method: { ...report.method, published } })!.toString();
  expect(section).toContain(`${percentText(row!.saving)} less switching without zero-gating`);
  expect(section).not.toContain(ratioText(own.energy.relative));
});

type Edit = (selection: WeightSelection) => unknown;
const first = ({ rows }: WeightSelection): SelectionLayer => rows[2]!.layers[0]!;
const refusals: readonly (readonly [string, Edit, (string | number)[]])[] = [
  ["a row of no basis", ({ rows }) => Object.assign(rows[3]!, { basis: "both" }), ["rows", 3, "basis"]],
  ["two bases of one id", ({ bases }) => bases.push(bases[0]!), ["bases"]],
  ["a set without 0", (all) => first(all).set!.splice(0, 32, -127, 1), ["rows", 2, "layers", 0, "set"]],
  ["a set out of order", (all) => first(all).set!.reverse(), ["rows", 2, "layers", 0, "set"]],
  [
    "a weight beyond the set",
    (all) => first(all).histogram.after.splice(2, 1, 1),
    ["rows", 2, "layers", 0, "histogram", "after"],
  ],
  ["255 energies", (all) => first(all).weightFj.pop(), ["rows", 2, "layers", 0, "weightFj"]],
  [
    "a map of another array",
    ({ bases }) => Object.assign(bases[0]!.array, { rows: 17 }),
    ["rows", 2, "layers", 0, "heat", "before"],
  ],
  ["shares of more than all", (all) => Object.assign(first(all).share, { after: 0.9 }), ["rows", 2, "layers"]],
  ["more saved than there is", ({ rows }) => Object.assign(rows[2]!, { saving: 1.01 }), ["rows", 2, "saving"]],
];

test.each(refusals)("refused: %s", (_, edit, path) => {
  const selection = realSelection();
  edit(selection);
  const { error } = weightSelectionSchema.safeParse(selection);
  expect(error?.issues[0]?.path).toEqual(path);
});

test("a basis without its gating, delay or scale is refused", () => {
  for (const key of ["isZeroGated", "delay", "scale", "netlistHash", "stimulus"]) {
    const selection = realSelection() as unknown as { bases: Record<string, unknown>[] };
    delete selection.bases[0]![key];
    expect(weightSelectionSchema.safeParse(selection).error?.issues[0]?.path).toEqual(["bases", 0, key]);
  }
});

test("rows of different bases never share a table, in whatever order they come", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...real.rows.keys()]), (order) => {
      const rows = order.map((i) => real.rows[i]!);
      const groups = groupsOf({ ...real, rows });
      expect(groups.flatMap((group) => group.rows).length).toBe(rows.length);
      for (const { basis, rows: own } of groups)
        expect(new Set(own.map((row) => row.basis))).toEqual(new Set([basis.id]));
    }),
  );
  const tables = page.match(/<table>[\s\S]*?<\/table>/g)!;
  const [ungated, gated] = [0, 1].map((i) =>
    percentText(real.rows.filter((row) => row.basis === real.bases[i]!.id)[0]!.ceiling),
  );
  expect(tables.filter((table) => table.includes(ungated!)).length).toBe(1);
  expect(tables.filter((table) => table.includes(gated!)).length).toBe(1);
  expect(tables.filter((table) => table.includes(ungated!) && table.includes(gated!))).toEqual([]);
});

test("in a terminal: every saving with its ceiling, at any width", () => {
  const text = renderTerminal(report, { width: 140 });
  for (const { saving, ceiling, method, name } of real.rows.filter((row) => row.method !== "int8")) {
    expect(method).not.toBe("int8");
    const lines = text.split("\n").filter((line) => line.startsWith(name));
    expect(lines.some((line) => line.includes(percentText(saving)) && line.includes(percentText(ceiling)))).toBe(true);
  }
  for (const width of [60, 80, 100, 140]) {
    const lines = selectionLines(real, width);
    expect(lines.filter((line) => line.includes("ceiling") && line.includes("saving")).length).toBeGreaterThanOrEqual(
      2,
    );
    // Hashes and citations are never cut; everything else keeps to the width, down to the columns that always stand.
    if (width >= 80) expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width);
  }
  expect(text).toMatch(/netlist 65639a54046e4d24/);
  expect(text).toContain("zero-gating, unit delay, 16 × 16 elements");
});

const pictures = {
  "saving-ungated": renderSvg(savingPicture(groupsOf(real)[0]!, "saving-ungated")),
  "weight-energy": renderSvg(weightEnergyPicture(layers[1]!, "weight-energy")),
  "layer-switching": renderSvg(layerSwitchingPicture(layers, "layer-switching")),
  "array-heat": arrayHeatSvg({
    ...{ id: "array-heat", rows: 16, columns: 16 },
    maps: (["before", "after"] as const).map((side) => ({ title: side, values: layers[0]!.heat![side] })),
  }),
};

test.each(Object.entries(pictures))("picture %s", async (name, svg) => {
  await expect(svg).toMatchFileSnapshot(`../../../golden/report-pictures/${name}.svg`);
  expect(svg).not.toMatch(/undefined|NaN|null/);
  expect(svg).toMatch(/<title>[^<]{60,}<\/title>/);
});

test("a weight has one place in all three panels, also at the ends", () => {
  const layer = layers[1]!;
  const only = (values: readonly number[]) => layer.weightFj.map((_, i) => (values.includes(i - 128) ? 3 : 0));
  const values = [-128, -64, 0, 64, 127];
  const drawn = { ...layer, set: values, histogram: { before: only(values), after: only([64]) } };
  const svg = renderSvg(weightEnergyPicture(drawn, "one-axis"));
  const dots = [...svg.matchAll(/<path d="M1 0A1[^>]*transform="matrix\([\d.]+,0,0,[\d.]+,([\d.]+),/g)].map(([, x]) =>
    Number(x),
  );
  const bars = [...svg.matchAll(/<path d="M([\d.]+) [\d.]+l2\.6 0/g)].map(([, x]) => Number(x) + 1.3);
  expect(dots).toHaveLength(5);
  expect(bars).toHaveLength(6);
  for (const [i, at] of [...dots, dots[3]!].entries()) expect(bars[i]).toBeCloseTo(at, 1);
});

test("int8 is not held against itself, and its row says no more than it knows", () => {
  const [group] = groupsOf(real);
  const int8 = { ...group!.rows[0]!, method: "int8" as const, name: "int8", detail: "" };
  const points = selectionColumns.find(({ title }) => title === "points")!;
  expect(points.cell({ ...int8, accuracy: { value: 0.9, baseline: 0.8, examples: 100 } })).toBe("–");
  const page = renderHtml({ ...report, weightSelection: { ...real, rows: [int8] } });
  expect(page).toContain("<small>int8 baseline</small>");
});

test("the picture of savings names its rows, as the table does", () => {
  const [group] = groupsOf(real);
  const svg = renderSvg(savingPicture(group!, "named"));
  // Where names would lie on each other only the first is written: those of PowerPruning do.
  for (const { name } of group!.rows.filter(({ method }) => method === "lws")) expect(svg).toContain(`>${name}</text>`);
});

test("the map: runs of one colour are one stroke, each element is drawn once, idle ones are empty", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 9, noNaN: true })), {
        minLength: 81,
        maxLength: 81,
      }),
      (rows, columns, drawn) => {
        const values = drawn.slice(0, rows * columns);
        values[0] = 5;
        const svg = arrayHeatSvg({ id: "m", rows, columns, maps: [{ title: "t", values }] });
        const covered = [...svg.matchAll(/M(\d+) (\d+)h(\d+)v1/g)].flatMap(([, x, y, run]) =>
          Array.from({ length: Number(run) }, (_, i) => Number(y) * columns + Number(x) + i),
        );
        const busy = values.flatMap((value, i) => (value > 0 ? [i] : []));
        expect(covered.sort((a, b) => a - b)).toEqual(busy);
        expect(svg).not.toMatch(/undefined|NaN/);
      },
    ),
  );
  expect([colourAt(0), colourAt(1)]).toEqual(["#440154", "#fde725"]);
});

test("a map in which few elements have almost everything is coloured by the square root, and says so", () => {
  const map = (values: readonly number[]) =>
    arrayHeatSvg({ id: "m", rows: 1, columns: 4, maps: [{ title: "t", values }] });
  expect(map([100, 1, 2, 0])).toContain("by square root");
  expect(map([100, 50, 60, 0])).not.toContain("by square root");
  // 4 of 100 is a fifth of the way up by the root: not the darkest colour.
  expect(map([100, 4, 4, 0])).toContain(colourAt(6 / 31));
});

test("a row that fell more than ten points is named, not drawn", () => {
  const [group] = groupsOf(real);
  expect(fallenRows(group!).map(({ name }) => name)).toEqual(["magnitude 0.8"]);
  expect(page).toContain("Not drawn, more than ten points lower: magnitude 0.8");
});

test("the page names every layer, set and caveat, and no id occurs twice", () => {
  expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  for (const { name, set, pJ } of layers) {
    expect(page).toContain(name);
    expect(page).toContain(set!.join(", ").replaceAll("-", "−"));
    expect(pJ.after).toBeLessThan(pJ.before);
  }
  for (const caveat of real.bases[0]!.scale.caveats) expect(page.toLowerCase()).toContain(caveat.toLowerCase());
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(ids).toEqual([...new Set(ids)]);
  expect(renderHtml(syntheticReport())).not.toContain("Restricted weights");
});

test("terms beside the switching dilute the saving", () => {
  const row = shown[0]!;
  const before = sum(row.layers.map(({ pJ }) => pJ.before));
  const beside = [
    { name: "registers and clock", pJ: before, source: "as much again, for this test" },
    { name: "conversion", pJ: 0, source: "nothing" },
  ];
  const [note] = selectionNotes({ ...real, rows: [row], beside }).slice(-1);
  expect(note).toContain(`${percentText(row.saving)} of the switching is ${percentText(row.saving / 2)}`);
  expect(note).toMatch(/without zero-gating.* of switching and registers and clock together\.$/);
  expect(renderHtml({ ...report, weightSelection: { ...real, beside } })).toContain("Beside the switching");
});

test("the verdict is what is saved of the switching, not the energy of eight bits that all rows share", () => {
  const sentences = verdicts({ ...report, weightSelection: real });
  const names = new Set(real.rows.filter(({ method }) => method !== "int8").map(({ name, seed }) => `${name} ${seed}`));
  expect(sentences).toHaveLength(names.size);
  for (const sentence of sentences) expect(sentence).toMatch(/points to int8\), saving .*zero-gating \(ceiling/);
  const page = renderHtml({ ...report, weightSelection: real });
  expect(page).toContain(sentences[0]);
  expect(page).not.toContain("than any uniform row");
  expect(page).not.toContain("Accuracy of the exported files against modelled energy");
});
