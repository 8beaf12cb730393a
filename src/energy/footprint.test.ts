import { expect, test } from "vitest";
import { zeros } from "../base/tensor.ts";
import { Model } from "../graph/model.ts";
import { loadMachine } from "../machines/index.ts";
import { Emit } from "../operators/index.ts";
import { countWork, fitsOf, footprintOf, nodeWidths, uniformWidths } from "./index.ts";

/** x [1, 100] → 50 (kept) → Relu → 20, then the sum of 50 and a product of the 20 with [20, 50]. */
function network() {
  const model = new Model();
  const g = new Emit(model.graph);
  const weight = (rows: number, cols: number) => g.constant(zeros("float32", [rows, cols]), "w");
  const x = model.graph.addInput("x", { dtype: "float32", dims: [1, 100] });
  const hidden = g.op("Relu", [g.matmul(x, weight(100, 50))]);
  const narrow = g.matmul(hidden, weight(50, 20));
  model.graph.addOutput(g.op("Add", [hidden, g.matmul(narrow, weight(20, 50))]));
  return countWork(model);
}

test("peak and stored bytes, by hand", () => {
  const counts = network();
  const at = (weight: number, input: number) =>
    footprintOf(counts, nodeWidths(counts.nodes, uniformWidths(counts.layers, weight, input)));
  // the input and the 50 together; afterwards 50 + 20 + 50 at most
  expect(at(8, 8)).toEqual({ storedBytes: 5000 + 1000 + 1000, peakBytes: 150, peakAt: counts.layers[0]!.name });
  expect(at(4, 16)).toMatchObject({ storedBytes: 3500, peakBytes: 300 });
});

test("a model fits where both its parts fit together", () => {
  const counts = network();
  const at = (bits: number) => footprintOf(counts, nodeWidths(counts.nodes, uniformWidths(counts.layers, bits)));
  const machine = loadMachine("horowitz-45nm-sram8k");
  const both = { what: "weights and activations", memory: "sram", hasBytes: 8192 };
  expect(fitsOf(at(8), machine)).toEqual([{ ...both, needsBytes: 7150, fits: true }]);
  expect(fitsOf(at(10), machine)).toEqual([{ ...both, needsBytes: 8938, fits: false }]);
});
