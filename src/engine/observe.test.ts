/** Values from inside a model, batch by batch: the same as the reference engine computes, and their activity. */

import { afterAll, describe, expect, test } from "vitest";
import { Rng } from "../base/rng.ts";
import { f32, numbers, rowsOf, type Tensor, tensor } from "../base/tensor.ts";
import { ActivityRecorder, countWork, spikesOf, uniformWidths, watchedInputs } from "../energy/index.ts";
import { Model } from "../graph/model.ts";
import { Emit } from "../operators/index.ts";
import { type Feeds, OrtEngine, observe, runReference } from "./index.ts";

const engine = new OrtEngine();
afterAll(() => engine.close());

const random = new Rng(3);
const drawn = (dims: readonly number[]) =>
  f32(
    dims,
    Array.from({ length: dims.reduce((size, dim) => size * dim, 1) }, () => random.normal()),
  );

/** A convolution, a rectifier, codes of 4 bits, a fully connected layer. */
function network() {
  const model = new Model();
  const g = new Emit(model.graph);
  const x = model.graph.addInput("x", { dtype: "float32", dims: ["N", 2, 6, 6] });
  const hidden = g.op("Relu", [g.op("Conv", [x, g.constant(drawn([3, 2, 3, 3]))])]);
  const [scale, zero] = [g.constant(f32([], [0.4])), g.constant(tensor("uint8", [], [0]))];
  const wide = g.op("QuantizeLinear", [hidden, scale, zero]);
  const code = g.op("Clip", [wide, g.constant(tensor("uint8", [], [0])), g.constant(tensor("uint8", [], [15]))]);
  const flat = g.op("Flatten", [g.op("DequantizeLinear", [code, scale, zero])]);
  model.graph.addOutput(g.matmul(flat, g.constant(drawn([48, 5])))).name = "y";
  return { model, hidden: hidden.name, code: code.name };
}

const examples = drawn([10, 2, 6, 6]);
function* batches(size: number): Generator<Feeds> {
  for (let from = 0; from < 10; from += size) yield { x: rowsOf(examples, from, Math.min(10, from + size)) };
}

describe("observe", () => {
  test("shows what the reference engine computes, inputs and outputs included", async () => {
    const { model, hidden, code } = network();
    const seen = new Map<string, Tensor>();
    let batch = 0;
    await observe(engine, model, batches(10), {
      values: ["x", hidden, code, "y"],
      add: (tensors, samples) => {
        batch += samples;
        for (const [name, found] of Object.entries(tensors)) seen.set(name, found);
      },
    });
    expect(batch).toBe(10);
    const wanted = new Map<string, Tensor>();
    runReference(model, { x: examples }, { watch: (value, found) => wanted.set(value.name, found) });
    expect(seen.get("x")).toEqual(examples);
    expect(seen.get(code)).toMatchObject({ dtype: "uint8", dims: [10, 3, 4, 4] });
    // a sum that ends on the edge of two codes may fall on either side
    const off = numbers(seen.get(code)!).filter((found, i) => found !== numbers(wanted.get(code)!)[i]).length;
    expect(off).toBeLessThanOrEqual(1);
    for (const name of [hidden, "y"]) {
      const right = numbers(wanted.get(name)!);
      numbers(seen.get(name)!).forEach((found, i) => {
        expect(Math.abs(found - right[i]!)).toBeLessThan(name === "y" && off > 0 ? 2 : 1e-4);
      });
    }
    // the model itself has the outputs it had
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(["y"]);
  });

  test("measures activity: shares of zeros and spikes from codes, whatever the batches", async () => {
    const { model, hidden, code } = network();
    const counts = countWork(model, { N: 1 });
    const watched = [...watchedInputs(model, counts, uniformWidths(counts.layers, 8, 4)), { value: hidden }];
    expect(watched.map(({ value }) => value)).toEqual(["x", code, hidden]);
    const [whole, cut] = await Promise.all(
      [10, 3].map(async (size) => {
        const recorder = new ActivityRecorder(watched, { text: "a small network on noise" });
        await observe(engine, model, batches(size), recorder);
        return recorder.finish();
      }),
    );
    expect(cut).toEqual(whole);
    const values = new Map<string, Tensor>();
    runReference(model, { x: examples }, { watch: (value, found) => values.set(value.name, found) });
    const codes = Array.from(numbers(values.get(code)!));
    const { spikeRate, active } = spikesOf(whole!.values[code]!, 15);
    const zeros = codes.filter((q) => q === 0).length / codes.length;
    const mean = codes.reduce((sum, q) => sum + q, 0) / codes.length;
    expect(Math.abs(active - (1 - zeros))).toBeLessThanOrEqual(1 / codes.length);
    expect(Math.abs(spikeRate - mean / 15)).toBeLessThanOrEqual(1 / 15 / codes.length);
    expect(whole!.values[code]!.zeros).toBeCloseTo(1 - active, 12);
    expect(whole!.values[hidden]!.zeros).toBeGreaterThan(0.1);
    expect(whole).toMatchObject({ samples: 10, order: "unknown" });
  });

  test("a value that is not there, or that is a constant", async () => {
    const { model } = network();
    const watch = (value: string) => observe(engine, model, batches(10), { values: [value], add: () => {} });
    await expect(watch("z")).rejects.toMatchObject({ code: "observe.value", message: 'the graph has no value "z"' });
    const constant = model.graph.initializers[0]!.name;
    await expect(watch(constant)).rejects.toMatchObject({ code: "observe.value" });
  });
});
