/**
 * @file resnet18: He et al. 2016 with the stem that 32×32 pictures need (3×3, stride 1, no pool). 11,173,962 parameters for
 * 10 classes, 11,220,132 for 100; 555.5 M multiply-accumulates.
 */

import type { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { glorot, heOut } from "./initialise.ts";
import { Network } from "./network.ts";

export interface ResNet18Options {
  readonly channels?: number;
  readonly size?: number;
  readonly classes?: number;
  /** Channels of the first stage; each later stage has twice as many. */
  readonly width?: number;
  readonly seed?: number;
}

/** Input `x` [N, channels, size, size], output `logits` [N, classes]. Weights: He normal by fan_out, the last layer Glorot. */
export function resnet18(options: ResNet18Options = {}): Model {
  const { channels = 3, size = 32, classes = 100, width = 64, seed = 0 } = options;
  const net = new Network("resnet18", seed);
  const convNorm = (name: string, x: Value, channels: number, stride = 1, kernel = 3) =>
    net.batchNorm(`${name}/norm`, net.conv(name, x, channels, { stride, kernel, bias: false, init: heOut }));
  let x = net.input("x", [channels, size, size]);
  x = net.relu("conv1/relu", convNorm("conv1", x, width));
  for (let stage = 0; stage < 4; stage++) {
    for (let block = 0; block < 2; block++) {
      const name = `stage${stage + 1}/block${block + 1}`;
      const isNarrowing = stage > 0 && block === 0;
      const stride = isNarrowing ? 2 : 1;
      let y = net.relu(`${name}/conv1/relu`, convNorm(`${name}/conv1`, x, width * 2 ** stage, stride));
      y = convNorm(`${name}/conv2`, y, width * 2 ** stage);
      const shortcut = isNarrowing ? convNorm(`${name}/shortcut`, x, width * 2 ** stage, 2, 1) : x;
      x = net.relu(`${name}/relu`, net.layer(`${name}/add`, "Add", [y, shortcut]));
    }
  }
  const logits = net.dense("fc", net.globalPool("pool", x), classes, { init: glorot });
  return net.finish(logits, "logits", {
    network: "resnet18",
    task: "classification",
    input: { layout: "NCHW", scale: 1 / 255 },
    options: { channels, size, classes, width, seed },
  });
}
