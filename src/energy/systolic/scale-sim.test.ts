/** SCALE-Sim's reports (golden/scale-sim), held against the closed form; where it differs the test says why. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Dataflow } from "./index.ts";
import { mapSystolic } from "./index.ts";

const folder = new URL("../../../golden/scale-sim/", import.meta.url);

/** Rows of a CSV file by its header. */
function table(name: string): Record<string, string>[] {
  const [header, ...rows] = readFileSync(new URL(name, folder), "utf8").trim().split("\n");
  const names = header!.split(",");
  return rows.map((row) => Object.fromEntries(row.split(",").map((cell, i) => [names[i]!, cell])));
}

const layers = table("layers.csv");
const outputs = table("outputs.csv");
const flows: Readonly<Record<string, Dataflow>> = {
  ws: "weight-stationary",
  os: "output-stationary",
  is: "input-stationary",
};

function mapped(row: Record<string, string>) {
  const layer = layers.find(({ network, layer }) => network === row.network && layer === row.layer)!;
  const size = (name: string) => Number(layer[name]);
  const positions = (side: "Height" | "Width") => (size(`ifmap${side}`) - size(`filter${side}`)) / size("stride") + 1;
  const gemm = {
    K: size("filterHeight") * size("filterWidth") * size("channels"),
    M: size("filters"),
    T: positions("Height") * positions("Width"),
    groups: 1,
  };
  const array = { rows: Number(row.rows), cols: Number(row.cols) };
  const bits = { input: 8, weight: 8, partialSum: 8, output: 8 };
  return { gemm, array, made: mapSystolic({ gemm, array, dataflow: flows[row.dataflow!]!, bits }) };
}

describe("SCALE-Sim", () => {
  test("its layers are of whole positions, and every network, array and dataflow was run", () => {
    for (const row of outputs) expect(Object.values(mapped(row).gemm).every(Number.isInteger)).toBe(true);
    const runs = new Set(outputs.map(({ network, rows, dataflow }) => `${network} ${rows} ${dataflow}`));
    for (const network of ["alexnet", "resnet18", "mobilenet"])
      for (const rows of [32, 64])
        for (const dataflow of Object.keys(flows)) expect(runs).toContain(`${network} ${rows} ${dataflow}`);
    expect(outputs.every(({ stallCycles }) => stallCycles === "0")).toBe(true);
  });

  test("what is missing are runs of more than 70 000 cycles", () => {
    const stored = new Set(
      outputs.map(({ network, layer, rows, dataflow }) => [network, layer, rows, dataflow].join()),
    );
    const missing = layers.flatMap(({ network, layer }) =>
      ["32", "64"].flatMap((rows) =>
        Object.keys(flows).flatMap((dataflow) => {
          if (stored.has([network, layer, rows, dataflow].join())) return [];
          return [mapped({ network: network!, layer: layer!, rows, cols: rows, dataflow }).made.folds];
        }),
      ),
    );
    expect(missing).toHaveLength(56);
    // the limit of the script counts 2 cycles a fold more
    for (const { cycles, folds } of missing) expect(cycles + 2 * folds).toBeGreaterThan(70_000);
  });

  const named = outputs.map(
    (row) => [`${row.network} ${row.layer} ${row.rows} × ${row.cols} ${row.dataflow}`, row] as const,
  );

  test.each(named)("%s", (_, row) => {
    const { gemm, array, made } = mapped(row);
    const { folds, buffers } = made;
    expect(buffers.inputReads).toBe(Number(row.ifmapReads));
    expect(buffers.weightReads).toBe(Number(row.filterReads));
    const isOutputStationary = row.dataflow === "os";
    // it counts cycles from 0; output-stationary, it lets results leave before the last of them is computed: R a fold
    expect(folds.cycles).toBe(Number(row.totalCycles) + 1 + (isOutputStationary ? folds.folds * array.rows : 0));
    // it counts writes only; output-stationary, it adds the shape of every fold, R + C, to their number
    const extra = isOutputStationary ? folds.folds * (array.rows + array.cols) : 0;
    expect(buffers.partialSumWrites).toBe(Number(row.ofmapWrites) - extra);
    const rowFolds = isOutputStationary ? 1 : folds.rowFolds;
    expect(buffers.partialSumReads + buffers.partialSumWrites).toBe((2 * rowFolds - 1) * gemm.M * gemm.T);
  });
});
