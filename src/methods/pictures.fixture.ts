/** @file Noisy pictures and a convolutional network that learns them in a second: for whole runs of methods in tests. */

import { Rng } from "../base/rng.ts";
import { f32, tensor } from "../base/tensor.ts";
import type { Model } from "../graph/model.ts";
import { glorot } from "../zoo/initialise.ts";
import { Network } from "../zoo/network.ts";
import type { TrainingData } from "./method.ts";

const SIZE = 6;

/** Noisy pictures [count, 1, 6, 6] with one bright quadrant: four classes. */
export function pictures(count: number, seed: number, noise = 0.35): TrainingData {
  const rng = new Rng(seed, "pictures");
  const labels = Array.from({ length: count }, (_, i) => i % 4);
  const pixels = labels.flatMap((label) =>
    Array.from({ length: SIZE * SIZE }, (_, p) => {
      const quadrant = 2 * Math.floor(p / SIZE / 3) + Math.floor((p % SIZE) / 3);
      return Math.max(0, (quadrant === label ? 0.6 : 0) + noise * rng.normal());
    }),
  );
  return { inputs: f32([count, 1, SIZE, SIZE], pixels), labels: tensor("int64", [count], labels) };
}

/** conv 4·3×3, conv 6·3×3 stride 2, fc 4; batch norms after the convolutions where asked for. */
export function smallNet(batchNorm = false): Model {
  const net = new Network("small", 3);
  let x = net.input("x", [1, SIZE, SIZE]);
  for (const [i, channels] of [4, 6].entries()) {
    x = net.conv(`conv${i + 1}`, x, channels, { stride: i + 1, bias: !batchNorm });
    if (batchNorm) x = net.batchNorm(`norm${i + 1}`, x);
    x = net.relu(`relu${i + 1}`, x);
  }
  const logits = net.dense("fc", net.flatten("flatten", x), 4, { init: glorot });
  return net.finish(logits, "logits", {
    network: "small",
    task: "classification",
    input: { layout: "NCHW", scale: 1 },
    options: {},
  });
}
