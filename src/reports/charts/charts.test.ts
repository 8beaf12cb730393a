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
