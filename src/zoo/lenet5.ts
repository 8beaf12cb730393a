/**
 * @file lenet5: LeCun et al. 1998 in the form that everybody uses now: full connections between the convolutions, softmax
 * instead of radial basis functions; 61,706 parameters and 416,520 multiply-accumulates on 28×28 pictures.
 */

import type { Model } from "../graph/model.ts";
import { glorot, he } from "./initialise.ts";
import { Network } from "./network.ts";

export interface LeNet5Options {
  readonly channels?: number;
  /** Height and width of the picture, a multiple of 4. */
  readonly size?: number;
  readonly classes?: number;
  /** `Tanh` with `AveragePool` is the original; ReLU with MaxPool learns faster and needs no sign bit. */
  readonly activation?: "Relu" | "Tanh";
  readonly pool?: "MaxPool" | "AveragePool";
  readonly seed?: number;
}

/**
 * Input `x` [N, channels, size, size], output `logits` [N, classes]: conv 6·5×5 (pad 2), pool, conv 16·5×5, pool, fc 120,
 * fc 84, fc classes. Weights: He normal before ReLU, Glorot uniform else.
 */
export function lenet5(options: LeNet5Options = {}): Model {
  const { channels = 1, size = 28, classes = 10, activation = "Relu", pool = "MaxPool", seed = 0 } = options;
  const net = new Network("lenet5", seed);
  const init = activation === "Relu" ? he : glorot;
  const act = (index: number, x: Parameters<Network["relu"]>[1]) => net.layer(`act${index}`, activation, [x]);
  let x = net.input("x", [channels, size, size]);
  x = act(1, net.conv("conv1", x, 6, { kernel: 5, pad: 2, init }));
  x = net.pool("pool1", x, pool);
  x = act(2, net.conv("conv2", x, 16, { kernel: 5, pad: 0, init }));
  x = net.pool("pool2", x, pool);
  x = net.flatten("flatten", x);
  x = act(3, net.dense("fc1", x, 120, { init }));
  x = act(4, net.dense("fc2", x, 84, { init }));
  const logits = net.dense("fc3", x, classes, { init: glorot });
  return net.finish(logits, "logits", {
    network: "lenet5",
    task: "classification",
    input: { layout: "NCHW", scale: 1 / 255 },
    options: { channels, size, classes, activation, pool, seed },
  });
}
