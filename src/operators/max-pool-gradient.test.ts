/** @file How MaxPool's gradient splits ties, and that its two lowerings agree where there are none. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { gradients } from "../gradient/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { Emit } from "./index.ts";

/** ∂(Σ dy·pool(x))/∂x with a symbolic batch; dy counts up from 1. */
function poolGradient(x: Tensor, attributes: object, lowerings: Record<string, string> = {}): number[] {
  const graph = new Graph("pool");
  const input = graph.addInput("x", { dtype: "float64", dims: ["N", ...x.dims.slice(1)] });
  const g = new Emit(graph, { lowerings });
  const y = g.op("MaxPool", [input], attributes as Record<string, unknown>);
  const seed = graph.addInput("dy", y.type!);
  graph.outputs.push(...gradients(g, y, [input], { seed }));
  const model = new Model(graph);
  const out = [x.dims[0]!, ...(y.type!.dims!.slice(1) as number[])];
  const dy = tensor(
    "float64",
    out,
    Array.from({ length: sizeOf(out) }, (_, i) => i + 1),
  );
  return Array.from(numbers(runReference(model, { x, dy }).outputs[graph.outputs[0]!.name]!));
}

const tiles = { kernel_shape: [2, 2], strides: [2, 2] };

describe("the gradient of MaxPool", () => {
  const tied = tensor("float64", [1, 1, 2, 4], [3, 3, 5, 0, 3, 1, 5, 2]);

  it("is shared equally among the greatest elements where windows tile the input", () => {
    expect(poolGradient(tied, tiles)).toEqual([1 / 3, 1 / 3, 1, 0, 1 / 3, 0, 1, 0]);
  });

  it("goes to the first of them where a second pool finds the indices", () => {
    expect(poolGradient(tied, tiles, { "MaxPool.dX": "scatter" })).toEqual([1, 0, 2, 0, 0, 0, 0, 0]);
  });

  it("adds up where windows overlap", () => {
    const x = tensor("float64", [2, 1, 4], [1, 9, 2, 3, 4, 0, 7, 5]);
    expect(poolGradient(x, { kernel_shape: [2] })).toEqual([0, 3, 0, 3, 4, 0, 11, 0]);
  });

  it("is the same in both lowerings without ties, also with a rest at the end", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 6 })), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.integer({ min: 1, max: 2 }),
        (axes, batch) => {
          const kernel = axes.map(([size]) => size);
          const dims = [batch, 2, ...axes.map(([size, rest]) => size + rest)];
          const x = tensor("float64", dims, new Rng(3).permutation(sizeOf(dims)));
          const at = { kernel_shape: kernel, strides: kernel };
          expect(poolGradient(x, at)).toEqual(poolGradient(x, at, { "MaxPool.dX": "scatter" }));
        },
      ),
      { numRuns: 50 },
    );
  });
});
