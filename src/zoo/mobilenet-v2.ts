/**
 * @file mobilenetV2: Sandler et al. 2018 with the strides that 32×32 pictures need (first convolution and second stage 1).
 * At width 1: 2.24 M parameters and 88.0 M multiply-accumulates for 10 classes.
 */

import type { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf } from "../operators/index.ts";
import { heOut, normal } from "./initialise.ts";
import { Network } from "./network.ts";

export interface MobileNetV2Options {
  readonly channels?: number;
  readonly size?: number;
  readonly classes?: number;
  /** Width multiplier; channels are rounded to multiples of 8. */
  readonly width?: number;
  /** Probability of dropping a feature in front of the classifier. */
  readonly dropout?: number;
  readonly seed?: number;
}

/** Expansion, channels, blocks, stride of the first block (Sandler et al. 2018, table 2). */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 1],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** The nearest multiple of 8, but never more than 10 % below. */
function rounded(channels: number): number {
  const near = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return near < 0.9 * channels ? near + 8 : near;
}

/**
 * Input `x` [N, channels, size, size], output `logits` [N, classes]. Weights: He normal by fan_out, the last layer normal
 * with deviation 0.01.
 */
export function mobilenetV2(options: MobileNetV2Options = {}): Model {
  const { channels = 3, size = 32, classes = 10, width = 1, dropout = 0, seed = 0 } = options;
  const net = new Network("mobilenetV2", seed);
  const convNorm = (name: string, x: Value, to: number, { kernel = 1, stride = 1, groups = 1 } = {}) =>
    net.batchNorm(`${name}/norm`, net.conv(name, x, to, { kernel, stride, groups, bias: false, init: heOut }));
  const relu6 = (name: string, x: Value) =>
    net.layer(`${name}/relu6`, "Clip", [x, net.g.scalar("float32", 0), net.g.scalar("float32", 6)]);

  let x = net.input("x", [channels, size, size]);
  x = relu6("conv1", convNorm("conv1", x, rounded(32 * width), { kernel: 3 }));
  for (const [stage, [expansion, base, blocks, firstStride]] of stages.entries()) {
    for (let block = 0; block < blocks; block++) {
      const name = `stage${stage + 1}/block${block + 1}`;
      const from = dimsOf(x)[1] as number;
      const to = rounded(base * width);
      const hidden = from * expansion;
      const stride = block === 0 ? firstStride : 1;
      let y = x;
      if (expansion > 1) y = relu6(`${name}/expand`, convNorm(`${name}/expand`, y, hidden));
      const depthwise = { kernel: 3, stride, groups: hidden };
      y = relu6(`${name}/depthwise`, convNorm(`${name}/depthwise`, y, hidden, depthwise));
      y = convNorm(`${name}/project`, y, to);
      x = stride === 1 && from === to ? net.layer(`${name}/add`, "Add", [x, y]) : y;
    }
  }
  x = relu6("conv2", convNorm("conv2", x, rounded(1280 * Math.max(1, width))));
  x = net.dropout("dropout", net.globalPool("pool", x), dropout);
  const logits = net.dense("fc", x, classes, { init: normal(0.01) });
  return net.finish(logits, "logits", {
    network: "mobilenetV2",
    task: "classification",
    input: { layout: "NCHW", scale: 1 / 255 },
    options: { channels, size, classes, width, dropout, seed },
  });
}
