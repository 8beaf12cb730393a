/**
 * @file resnet8: the image classifier of MLPerf Tiny (Banbury et al. 2021), as its Keras source builds it: biases in front of
 * batch norms, none behind the 1×1 shortcuts, TensorFlow's padding. 78,666 parameters with running statistics, 77,706 with
 * batch norms folded, 12.5 M multiply-accumulates.
 */

import type { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { glorot } from "./initialise.ts";
import { Network } from "./network.ts";

export interface ResNet8Options {
  readonly channels?: number;
  readonly size?: number;
  readonly classes?: number;
  readonly seed?: number;
}

/** Input `x` [N, channels, size, size], output `logits` [N, classes]. Weights: He normal, the last layer Glorot uniform. */
export function resnet8(options: ResNet8Options = {}): Model {
  const { channels = 3, size = 32, classes = 10, seed = 0 } = options;
  const net = new Network("resnet8", seed);
  const convNorm = (name: string, x: Value, width: number, stride = 1) =>
    net.batchNorm(`${name}/norm`, net.conv(name, x, width, { stride, pad: "same" }), { epsilon: 1e-3 });
  let x = net.input("x", [channels, size, size]);
  x = net.relu("conv1/relu", convNorm("conv1", x, 16));
  for (const [index, width] of [16, 32, 64].entries()) {
    const stack = `stack${index + 1}`;
    const stride = index === 0 ? 1 : 2;
    let y = net.relu(`${stack}/conv1/relu`, convNorm(`${stack}/conv1`, x, width, stride));
    y = convNorm(`${stack}/conv2`, y, width);
    const shortcut = stride === 1 ? x : net.conv(`${stack}/shortcut`, x, width, { kernel: 1, stride, pad: "same" });
    x = net.relu(`${stack}/relu`, net.layer(`${stack}/add`, "Add", [shortcut, y]));
  }
  const logits = net.dense("fc", net.globalPool("pool", x), classes, { init: glorot });
  return net.finish(logits, "logits", {
    network: "resnet8",
    task: "classification",
    input: { layout: "NCHW", scale: 1 },
    options: { channels, size, classes, seed },
  });
}
