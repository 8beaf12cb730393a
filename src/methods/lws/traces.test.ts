/** @file Traces of random integer networks, held against the accumulators that the reference engine computes. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FemtoError } from "../../base/errors.ts";
import { Rng } from "../../base/rng.ts";
import { numbers, scalar, sizeOf, type Tensor, tensor } from "../../base/tensor.ts";
import { defaultArray, type LayerTrace } from "../../circuits/characterise/index.ts";
import { runReference } from "../../engine/index.ts";
import { Graph } from "../../graph/graph.ts";
import { Model } from "../../graph/model.ts";
import { Emit } from "../../operators/index.ts";
import { type LayerCodes, traceNetwork } from "./traces.ts";

/** Unsigned bytes less their zero point, as signed operands. */
const array = { ...defaultArray, activationBits: 9, accumulatorBits: 24 };

/** x → codes → ConvInteger → ReLU → codes → MatMulInteger: an integer network with groups, strides, dilations, uneven pads. */
function integerNetwork(seed: number, images = 2) {
  const rng = new Rng(seed, "traces");
  const pick = (...choices: number[]) => choices[rng.below(choices.length)]!;
  const group = pick(1, 2, 4);
  const graph = new Graph();
  const g = new Emit(graph);
  const random = (dims: readonly number[], most: number) =>
    tensor(
      "int8",
      dims,
      Array.from({ length: sizeOf(dims) }, () => rng.below(2 * most + 1) - most),
    );
  const zeros = [rng.below(100), rng.below(20)] as const;
  const scales = [0.05, 2] as const;
  const code = (x: Parameters<Emit["op"]>[1][number], i: 0 | 1) =>
    g.op("QuantizeLinear", [x, g.constant(scalar("float32", scales[i])), g.constant(scalar("uint8", zeros[i]))]);
  const zero = (i: 0 | 1) => g.constant(scalar("uint8", zeros[i]));
  const x = graph.addInput("x", { dtype: "float32", dims: [images, 4, 6, 5] });
  const kernel = [pick(1, 2, 3), pick(1, 2)] as const;
  const w1 = random([group * pick(1, 3), 4 / group, ...kernel], 127);
  const attributes = {
    ...{ group, strides: [pick(1, 2), pick(1, 2)], dilations: [pick(1, 2), 1] },
    pads: [pick(0, 1), pick(0, 1), pick(0, 2), pick(0, 1)],
  };
  const sum1 = g.op("ConvInteger", [code(x, 0), g.constant(w1, "w1"), zero(0)], attributes);
  const relu = g.op("Relu", [g.mul(g.cast(sum1, "float32"), g.constant(scalar("float32", 0.02)))]);
  const flat = g.op("Flatten", [code(relu, 1)]);
  graph.addOutput(sum1);
  const model = new Model(graph);
  const probe = runReference(model, { x: tensor("float32", [images, 4, 6, 5], new Array(images * 120).fill(0)) });
  const width = sizeOf(probe.outputs[sum1.name]!.dims) / images;
  const w2 = random([width, 7], 127);
  const sum2 = g.op("MatMulInteger", [flat, g.constant(w2, "w2"), zero(1)]);
  graph.addOutput(sum2);
  const layer = (name: string, node: LayerCodes["node"], w: Tensor, i: 0 | 1): LayerCodes => ({
    ...{ name, node, weight: { bits: 8, dims: w.dims, codes: Int32Array.from(numbers(w)) } },
    input: { bits: 8, scale: scales[i], zero: zeros[i] },
  });
  const layers = [layer("conv", sum1.producer!, w1, 0), layer("fc", sum2.producer!, w2, 1)];
  const feeds = {
    x: tensor(
      "float32",
      [images, 4, 6, 5],
      Array.from({ length: images * 120 }, () => 4 * rng.normal()),
    ),
  };
  return { model, network: { form: "integer", layers }, feeds, accumulators: [sum1.name, sum2.name], group };
}

const productAt = ({ weights, activations, inputs, steps }: LayerTrace, m: number, t: number): number => {
  let sum = 0;
  for (let k = 0; k < inputs; k++) sum += weights[m * inputs + k]! * activations[k * steps + t]!;
  return sum;
};

const codeOf = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    if (error instanceof FemtoError) return error.code;
    throw error;
  }
  return "nothing thrown";
};

describe("traces", () => {
  it("W·A are the accumulators of the integer network", () => {
    const groupings = new Set<number>();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seed) => {
        const { model, network, feeds, accumulators, group } = integerNetwork(seed);
        const { outputs } = runReference(model, feeds);
        const { layers, skipped } = traceNetwork(model, network, feeds, array);
        expect(skipped).toEqual([]);
        expect(layers.map(({ groups }) => groups.length)).toEqual([group, 1]);
        groupings.add(group);
        const conv = outputs[accumulators[0]!]!;
        const [images, channels] = conv.dims as [number, number];
        const positions = conv.data.length / images / channels;
        const perGroup = channels / group;
        const sums = Array.from(numbers(conv), (_, i) => {
          const channel = Math.floor(i / positions) % channels;
          const t = Math.floor(i / positions / channels) * positions + (i % positions);
          return productAt(layers[0]!.groups[Math.floor(channel / perGroup)]!, channel % perGroup, t);
        });
        expect(sums).toEqual(Array.from(numbers(conv)));
        const dense = numbers(outputs[accumulators[1]!]!);
        const products = Array.from(dense, (_, i) => productAt(layers[1]!.groups[0]!, i % 7, Math.floor(i / 7)));
        expect(products).toEqual(Array.from(dense));
      }),
      { numRuns: 40, seed: 4 },
    );
    expect(groupings).toEqual(new Set([1, 2, 4]));
  });

  it("refuses what does not fit the array, one column, and layers of another model", () => {
    const { model, network, feeds } = integerNetwork(1);
    const at = (own: object) => codeOf(() => traceNetwork(model, network, feeds, { ...array, ...own }));
    expect(at({})).toBe("nothing thrown");
    expect(at({ activationBits: 4 })).toBe("trace.range");
    expect(at({ accumulatorBits: 14 })).toBe("trace.overflow");
    const single = integerNetwork(1, 1);
    // The dense layer has one column for one image.
    expect(codeOf(() => traceNetwork(single.model, single.network, single.feeds, array))).toBe("trace.steps");
    const [conv] = network.layers;
    const renamed = {
      ...conv!,
      node: { ...conv!.node, op: "ConvInteger", attributes: {}, inputs: [{ name: "other" }] },
    };
    const foreign = { form: "integer", layers: [renamed as unknown as LayerCodes] };
    expect(codeOf(() => traceNetwork(model, foreign, feeds, array))).toBe("lws.trace");
  });

  it("lists layers without codes as skipped, with the reason", () => {
    const { model, network, feeds } = integerNetwork(2);
    const { weight: _, ...bare } = network.layers[0]!;
    const { layers, skipped } = traceNetwork(model, { ...network, layers: [bare, network.layers[1]!] }, feeds, array);
    expect(layers.map(({ name }) => name)).toEqual(["fc"]);
    expect(skipped).toEqual([{ name: "conv", why: "weight or input has no integer codes" }]);
  });
});
