/**
 * @file dsCnn: the keyword spotter of MLPerf Tiny (DS-CNN of Zhang et al. 2017, size S): one convolution, four depthwise
 * separable blocks. 22,604 parameters with batch norms folded, 24,908 with them; 2.66 M multiply-accumulates.
 */

import type { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { glorot } from "./initialise.ts";
import { Network } from "./network.ts";

export interface DsCnnOptions {
  /** Frames and cepstral coefficients of the input. */
  readonly frames?: number;
  readonly coefficients?: number;
  readonly classes?: number;
  readonly width?: number;
  readonly blocks?: number;
  /** Probability of dropping a feature, after the first convolution's block and before the classifier. */
  readonly dropout?: number;
  readonly seed?: number;
}

/** Input `x` [N, 1, frames, coefficients], output `logits` [N, classes]. Weights: He normal, the last layer Glorot uniform. */
export function dsCnn(options: DsCnnOptions = {}): Model {
  const { frames = 49, coefficients = 10, classes = 12, width = 64, blocks = 4, dropout = 0, seed = 0 } = options;
  const net = new Network("dsCnn", seed);
  const normRelu = (name: string, x: Value) => net.relu(`${name}/relu`, net.batchNorm(`${name}/norm`, x));
  let x = net.input("x", [1, frames, coefficients]);
  x = normRelu("conv1", net.conv("conv1", x, width, { kernel: [10, 4], stride: 2, pad: "same" }));
  x = net.dropout("dropout1", x, dropout);
  for (let block = 1; block <= blocks; block++) {
    const depthwise = `block${block}/depthwise`;
    const pointwise = `block${block}/pointwise`;
    x = normRelu(depthwise, net.conv(depthwise, x, width, { groups: width }));
    x = normRelu(pointwise, net.conv(pointwise, x, width, { kernel: 1 }));
  }
  x = net.globalPool("pool", net.dropout("dropout2", x, dropout));
  const logits = net.dense("fc", x, classes, { init: glorot });
  return net.finish(logits, "logits", {
    network: "dsCnn",
    task: "classification",
    input: { layout: "NCHW" },
    options: { frames, coefficients, classes, width, blocks, dropout, seed },
  });
}
