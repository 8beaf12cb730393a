/** @file The quantiser with a table: codes against plain arithmetic, and where its gradient goes. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { roundHalfEven } from "../base/soft-float.ts";
import { f32, numbers, scalar } from "../base/tensor.ts";
import { runReference } from "../engine/index.ts";
import { gradients } from "../gradient/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { expandFunctions } from "../rewrites/index.ts";
import { Emit } from "./index.ts";

/** x̂ and ∂Σx̂/∂x through the emitted graph. */
function viaGraph(x: readonly number[], scale: number, table: readonly number[], mask?: readonly number[]) {
  const graph = new Graph();
  const g = new Emit(graph);
  const value = graph.addInput("x", { dtype: "float32", dims: [x.length] });
  const inputs = [value, g.constant(scalar("float32", scale)), g.constant(f32([table.length], table), "table")];
  if (mask !== undefined) inputs.push(g.constant(f32([mask.length], mask), "mask"));
  const y = g.op("femto.SetQuant", inputs);
  const [slope] = gradients(g, g.sum(y, [0]), [value]);
  for (const output of [y, slope!]) graph.addOutput(output);
  const model = new Model(graph);
  expandFunctions().run(model);
  const { outputs } = runReference(model, { x: f32([x.length], x) });
  return [y, slope!].map(({ name }) => Array.from(numbers(outputs[name]!)));
}

describe("SetQuant", () => {
  it("is s·table[round(x/s)], clipped; straight through on the grid, nothing outside or where masked", () => {
    const arrays = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        arrays,
        fc.constantFrom(0.25, 0.1, 0.03),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        (x, s, m, isMasked) => {
          // Odd values onto zero, even ones stay.
          const table = Array.from({ length: 2 * m + 1 }, (_, i) => ((i - m) % 2 === 0 ? i - m : 0));
          const mask = isMasked ? x.map((_, i) => i % 2) : undefined;
          const [y, slope] = viaGraph(x, s, table, mask);
          for (const [i, value] of x.entries()) {
            const code = roundHalfEven(Math.fround(Math.fround(value) / Math.fround(s)));
            const clipped = Math.max(-m, Math.min(m, code));
            const kept = mask?.[i] ?? 1;
            expect(y![i]! + 0).toBe(Math.fround(kept * table[clipped + m]! * Math.fround(s)) + 0);
            expect(slope![i]).toBe(code === clipped ? kept : 0);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("refuses a table without a middle", () => {
    for (const size of [1, 4]) {
      const attempt = () => viaGraph([1], 1, new Array(size).fill(0));
      expect(attempt).toThrow(FemtoError);
      expect(attempt).toThrow(expect.objectContaining({ code: "shape.table" }));
    }
  });
});
