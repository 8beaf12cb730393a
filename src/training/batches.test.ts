/** @file Gathering, shifting, flipping and normalising in the graph, against plain loops. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DType } from "../base/dtype.ts";
import type { Normalisation } from "../base/normalisation.ts";
import { Rng } from "../base/rng.ts";
import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { type Augmentation, asLabels, planBatches } from "./index.ts";

/** Elements that are all different where 8 bits allow it. */
function ramp(dtype: DType, dims: readonly number[]): Tensor {
  const size = dims.reduce((a, b) => a * b, 1);
  return tensor(
    dtype,
    dims,
    Array.from({ length: size }, (_, i) => (i * 37 + 11) % 251),
  );
}

/** Draws one batch through the emitted graph. */
function draw(
  inputs: Tensor,
  index: readonly number[],
  options: { augmentation?: Augmentation; moves?: readonly number[]; normalisation?: Normalisation } = {},
): { x: Tensor; y: Tensor } {
  const labels = tensor(
    "uint8",
    [inputs.dims[0]!],
    Array.from({ length: inputs.dims[0]! }, (_, i) => i % 7),
  );
  const { augmentation, moves, normalisation } = options;
  const plan = planBatches({ inputs, labels, normalisation }, index.length, augmentation);
  const graph = new Graph();
  const values: Record<string, Value> = {};
  for (const [name, type] of Object.entries({ ...plan.resident, ...plan.scanned })) {
    values[name] = graph.addInput(name, type);
  }
  const batch = plan.batch(new Emit(graph), values);
  const [x, y] = [graph.addOutput(batch.x!), graph.addOutput(batch.y!)];
  const feeds = {
    ...plan.tensors,
    index: tensor("int64", [index.length], index),
    ...(moves && { moves: tensor("int64", [index.length, 3], moves) }),
  };
  const { outputs } = runReference(new Model(graph), feeds);
  return { x: outputs[x.name]!, y: outputs[y.name]! };
}

/** The same in plain loops: pixel (r, c) of example i comes from (r + dr − s, c' + dc − s), c' mirrored by a flip. */
function moved(images: Tensor, index: readonly number[], moves: readonly number[], { shift = 0, fill = 0 }): number[] {
  const [, channels, height, width] = images.dims as [number, number, number, number];
  const out: number[] = [];
  for (const [k, example] of index.entries()) {
    const [down, right, flip] = moves.slice(3 * k, 3 * k + 3) as [number, number, number];
    for (let c = 0; c < channels; c++) {
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const r = row + down - shift;
          const q = (flip === 1 ? width - 1 - column : column) + right - shift;
          const isInside = r >= 0 && r < height && q >= 0 && q < width;
          out.push(isInside ? (images.data[((example * channels + c) * height + r) * width + q] as number) : fill);
        }
      }
    }
  }
  return out;
}

describe("a batch of images", () => {
  const images = ramp("uint8", [5, 3, 4, 7]);
  const index = [4, 0, 0, 2];

  it.each<[string, Augmentation, number[]]>([
    ["shift only", { shift: 2 }, [0, 4, 0, 2, 2, 0, 4, 0, 0, 1, 3, 0]],
    ["shift with a fill", { shift: 1, fill: 99 }, [0, 0, 0, 2, 2, 0, 1, 1, 0, 2, 0, 0]],
    ["flip only", { flip: true }, [0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1]],
    ["both", { shift: 2, flip: true }, [0, 4, 1, 4, 4, 0, 3, 0, 1, 2, 2, 1]],
  ])("%s: every pixel, three channels, not square", (_name, augmentation, moves) => {
    const { x, y } = draw(images, index, { augmentation, moves });
    expect(x).toMatchObject({ dtype: "float32", dims: [4, 3, 4, 7] });
    expect([...numbers(x)]).toEqual(moved(images, index, moves, augmentation));
    expect([...numbers(y)]).toEqual([4, 0, 0, 2]);
  });

  it("any size, any moves", () => {
    const size = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(size, size, size, fc.integer({ min: 0, max: 3 }), fc.integer(), (c, h, w, shift, seed) => {
        const some = ramp("uint8", [3, c, h, w]);
        const rng = new Rng(seed >>> 0, "moves");
        const moves = [0, 1, 2].flatMap(() => [rng.below(2 * shift + 1), rng.below(2 * shift + 1), rng.below(2)]);
        const augmentation = { shift, flip: true };
        const { x } = draw(some, [2, 1, 0], { augmentation, moves });
        expect([...numbers(x)]).toEqual(moved(some, [2, 1, 0], moves, augmentation));
      }),
      { numRuns: 25 },
    );
  });

  it("is refused a shift where examples are no uint8 images", () => {
    for (const inputs of [ramp("float32", [2, 1, 3, 3]), ramp("uint8", [2, 9])]) {
      expect(() => planBatches({ inputs, labels: ramp("int32", [2]) }, 1, { shift: 1 })).toThrow(
        expect.objectContaining({ code: "augment.images" }),
      );
    }
  });
});

describe("normalisation is (x·scale − mean)/std along axis 1", () => {
  it.each<[string, DType, number[], number]>([
    ["a table", "float32", [4, 3], 1],
    ["a table of doubles", "float64", [4, 3], 1],
    ["signals", "float32", [3, 2, 5], 1],
    ["images of bytes", "uint8", [3, 3, 2, 4], 1 / 255],
  ])("%s", (_name, dtype, dims, scale) => {
    const inputs = ramp(dtype, dims);
    const channels = dims[1]!;
    const normalisation = {
      scale,
      mean: Array.from({ length: channels }, (_, c) => 0.3 + 0.2 * c),
      std: Array.from({ length: channels }, (_, c) => 0.25 * (c + 1)),
    };
    const { x } = draw(inputs, [2, 0], { normalisation });
    expect(x).toMatchObject({ dtype: "float32", dims: [2, ...dims.slice(1)] });
    const width = inputs.data.length / dims[0]!;
    const each = width / channels;
    for (const [i, value] of numbers(x).entries()) {
      const c = Math.floor((i % width) / each);
      const raw = Number(inputs.data[(i < width ? 2 : 0) * width + (i % width)]);
      const exact = (raw * scale - normalisation.mean[c]!) / normalisation.std[c]!;
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(3e-7 * (Math.abs(exact) + raw + 2));
    }
  });
});

describe("labels", () => {
  it.each<DType>(["uint8", "int8", "int32", "uint32", "int64", "uint64"])("%s become int64", (dtype) => {
    expect(asLabels(tensor(dtype, [3], [0, 2, 1]))).toEqual(tensor("int64", [3], [0, 2, 1]));
  });

  it("must be as many as the examples", () => {
    expect(() => planBatches({ inputs: ramp("float32", [4, 2]), labels: ramp("int32", [3]) }, 2)).toThrow(
      expect.objectContaining({ code: "data.length" }),
    );
  });
});
