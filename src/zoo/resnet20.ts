/**
 * @file resnet20: the CIFAR network of He et al. 2016 (section 4.2) with parameter-free shortcuts (option A: every second
 * pixel, missing channels zero). 269,722 parameters, 40.55 M multiply-accumulates for 32×32 pictures.
 */

import type { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { glorot } from "./initialise.ts";
import { Network } from "./network.ts";

export interface ResNet20Options {
  readonly channels?: number;
  readonly size?: number;
  readonly classes?: number;
  /** Blocks a stage: 3 gives ResNet-20, 5 ResNet-32, 9 ResNet-56 (6n + 2 layers). */
  readonly blocks?: number;
  readonly seed?: number;
}

/** Mean and deviation of CIFAR-10's colours as the published weights expect them. */
const mean = [0.485, 0.456, 0.406];
const std = [0.229, 0.224, 0.225];

/** Input `x` [N, channels, size, size], output `logits` [N, classes]. Weights: He normal, the last layer Glorot uniform. */
export function resnet20(options: ResNet20Options = {}): Model {
  const { channels = 3, size = 32, classes = 10, blocks = 3, seed = 0 } = options;
  const net = new Network("resnet20", seed);
  const convNorm = (name: string, x: Value, width: number, stride = 1) =>
    net.batchNorm(`${name}/norm`, net.conv(name, x, width, { stride, bias: false }));
  let x = net.input("x", [channels, size, size]);
  x = net.relu("conv1/relu", convNorm("conv1", x, 16));
  for (const [stage, width] of [16, 32, 64].entries()) {
    for (let block = 0; block < blocks; block++) {
      const name = `stage${stage + 1}/block${block + 1}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      let y = net.relu(`${name}/conv1/relu`, convNorm(`${name}/conv1`, x, width, stride));
      y = convNorm(`${name}/conv2`, y, width);
      const shortcut = stride === 1 ? x : subsampled(net, `${name}/shortcut`, x, width / 4);
      x = net.relu(`${name}/relu`, net.layer(`${name}/add`, "Add", [y, shortcut]));
    }
  }
  const logits = net.dense("fc", net.globalPool("pool", x), classes, { init: glorot });
  return net.finish(logits, "logits", {
    network: "resnet20",
    task: "classification",
    input: { layout: "NCHW", scale: 1 / 255, ...(channels === 3 && { mean, std }) },
    options: { channels, size, classes, blocks, seed },
  });
}

/** Every second row and column, and `extra` channels of zeros on both sides. */
function subsampled(net: Network, name: string, x: Value, extra: number): Value {
  const { g } = net;
  const end = 2 ** 31 - 1;
  const half = net.layer(name, "Slice", [x, g.ints([0, 0]), g.ints([end, end]), g.ints([2, 3]), g.ints([2, 2])]);
  return net.layer(`${name}/pad`, "Pad", [half, g.ints([0, extra, 0, 0, 0, extra, 0, 0])]);
}
