import { expect, test } from "vitest";
import { bitHistory, courses } from "../history.ts";
import { syntheticReport } from "../report.fixture.ts";
import { bitsPicture } from "./bits.ts";
import { layerEnergyPicture, rowEnergyPicture } from "./energy.ts";
import { frontPicture } from "./front.ts";
import { type Picture, renderSvg } from "./svg.ts";
import { trainingPicture } from "./training.ts";

const report = syntheticReport();
const compared = report.rows.slice(1);
const bits = bitHistory(report.history.EQAT!)!;

/** More layers than lines can show. */
const deep = {
  ...bits,
  layers: Array.from({ length: 20 }, (_, i) => ({ ...bits.layers[i % 5]!, name: `stage${i >> 2}/conv${i}` })),
};

const pictures: Readonly<Record<string, Picture>> = {
  front: frontPicture(report)!,
  "bits-lines": bitsPicture(bits, "weight", "bits-lines"),
  "bits-map": bitsPicture(deep, "input", "bits-map"),
  "energy-rows": rowEnergyPicture(compared, report.machine.unit),
  "energy-layers": layerEnergyPicture(
    compared[0]!,
    ["compute", "weights", "activations"],
    7e4,
    report.machine.unit,
    "energy-layers",
  ),
  training: trainingPicture(courses(report.history, "testAccuracy"), report.rows, {
    id: "training",
    title: "test accuracy, %",
    scale: 100,
  }),
};

for (const [name, picture] of Object.entries(pictures)) {
  test(`picture ${name}`, async () => {
    const svg = renderSvg(picture);
    await expect(svg).toMatchFileSnapshot(`../../../golden/report-pictures/${name}.svg`);
    expect(renderSvg(picture)).toBe(svg);
    expect(svg).not.toMatch(/undefined|NaN|null/);
  });
}

test("the front names every row but float, which is a line", () => {
  const svg = renderSvg(frontPicture(report)!);
  for (const { name } of compared) expect(svg).toContain(`>${name}</text>`);
  expect(svg).toContain("float32 98.75");
});

test("training of many rows: the axis' name stands clear of the legend, no two lines look the same", () => {
  const names = ["a", "b", "c", "d", "e", "f"].map((letter) => `${letter} row of a long name`);
  const rows = names.map((name) => ({ ...report.rows.find(({ kind }) => kind === "eqat")!, name }));
  const points = [1, 2, 3].map((epoch) => [epoch, 1 / epoch] as const);
  const courses = names.map((row) => ({ row, points }));
  const svg = renderSvg(trainingPicture(courses, rows, { id: "many", title: "loss" }));
  const heightOf = (text: string) =>
    Number(new RegExp(`translate\\([\\d.]+ ([\\d.]+)\\)"[^>]*>${text}</text>`).exec(svg)?.[1]);
  expect(heightOf("epoch") + 12).toBeLessThan(heightOf(names[0]!));
  const looks = [
    ...svg.matchAll(/<path d="M[^"]*L[^"]*L[^"]*" fill="none" stroke="([^"]+)" stroke-width="2"([^>]*)>/g),
  ];
  const patterns = looks.map(([, color, more]) => `${color} ${/dasharray="([^"]+)"/.exec(more!)?.[1]}`);
  expect(patterns).toHaveLength(6);
  expect(new Set(patterns).size).toBe(6);
});

test("bits that never move are no history", () => {
  expect(bitHistory([{ epoch: 1, bits: [{ layer: "a", weight: 8, input: 8 }] }])).toBeUndefined();
  expect(bitHistory([{ epoch: 1, loss: 2 }])).toBeUndefined();
  expect(bitHistory([{ epoch: 1, bits: "eight" }])).toBeUndefined();
  expect(bits.fixedAt).toBe(5);
});

test("a column that a record lacks is left out of the course", () => {
  const history = { a: [{ loss: 1 }, { loss: Number.NaN }, { loss: 0.5 }], b: [{ accuracy: 1 }] };
  expect(courses(history, "loss")).toEqual([
    {
      row: "a",
      points: [
        [1, 1],
        [3, 0.5],
      ],
    },
  ]);
});
