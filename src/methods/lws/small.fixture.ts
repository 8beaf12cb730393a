/** @file Learnable pictures and an int8 network that takes a second to train, on which a whole run of LWS takes a few. */

import { numbers, tensor } from "../../base/tensor.ts";
import type { Model } from "../../graph/model.ts";
import { loadMachine } from "../../machines/index.ts";
import { inferModel } from "../../operators/index.ts";
import { insertQuantizers, type LayerQuantizers, quantizableLayers } from "../../rewrites/index.ts";
import type { MethodContext } from "../method.ts";
import { smallNet as floatNet, pictures } from "../pictures.fixture.ts";
import { type LwsOptions, lwsOptions } from "./options.ts";

export { floatNet };

const quiet = (count: number, seed: number) => pictures(count, seed, 0.2);
export const data = { train: quiet(192, 1), validation: quiet(64, 2), test: quiet(96, 3) };

/** The small network on int8: a scale for each output channel, unsigned activations of `inputBits`, a first layer of `firstBits`. */
export function int8Net(batchNorm = false, inputBits = 8, firstBits = 8): Model {
  const model = floatNet(batchNorm);
  // Statistics that change something: a factor of its own sign for each channel.
  for (const value of model.graph.initializers) {
    const size = value.constant!.data.length;
    if (value.name.endsWith("var")) value.constant = tensor("float32", [size], new Array(size).fill(0.5));
    if (/norm.*scale/.test(value.name)) {
      value.constant = tensor(
        "float32",
        [size],
        Array.from({ length: size }, (_, c) => (c % 2 === 0 ? 0.7 : -0.6)),
      );
    }
  }
  inferModel(model);
  const plans = quantizableLayers(model).map(({ name, weight }): LayerQuantizers => {
    const { dims } = weight.constant!;
    const values = numbers(weight.constant!);
    const channels = dims[0]!;
    const most = new Float64Array(channels);
    for (const [i, value] of values.entries()) {
      const channel = Math.floor((i * channels) / values.length);
      most[channel] = Math.max(most[channel]!, Math.abs(value));
    }
    return {
      ...{
        layer: name,
        mode: "round" as const,
        weightBits: name === "conv1" ? firstBits : 8,
        weightAxis: 0,
        container: 8 as const,
      },
      ...{ weightRange: tensor("float32", [channels], most), inputGrid: "unsigned" as const, inputBits },
      inputHigh: name === "conv1" ? 1.2 : 3,
    };
  });
  insertQuantizers(model, plans);
  return model;
}

export const context = (own: Partial<MethodContext> = {}): MethodContext => ({
  data,
  machine: loadMachine("horowitz-45nm-sram8k"),
  seed: 1,
  threads: 1,
  identity: "test",
  ...own,
});

/** A few seconds: an array of 16 × 16, 256 transitions a layer. */
export const small = (own: Partial<LwsOptions> = {}): LwsOptions =>
  lwsOptions.parse({
    ...{ rows: 16, columns: 16, draws: 256, images: 8, calibration: 32, maxDrop: 5, sizes: [16, 8], prune: [] },
    ...{ tuneEpochs: 2, epochs: 3, batchSize: 16, rate: 2e-3, ...own },
  });
