/** @file mlp: fully connected layers with ReLU between them. */

import type { Model } from "../graph/model.ts";
import { glorot } from "./initialise.ts";
import { Network } from "./network.ts";

export interface MlpOptions {
  /** Features of one example; an image is given flat. */
  readonly inputs?: number;
  /** Width of each hidden layer. */
  readonly hidden?: readonly number[];
  readonly classes?: number;
  readonly batchNorm?: boolean;
  readonly seed?: number;
}

/** Input `x` [N, inputs], output `logits` [N, classes]. Weights: He normal, the last layer Glorot uniform. */
export function mlp(options: MlpOptions = {}): Model {
  const { inputs = 784, hidden = [128], classes = 10, batchNorm = false, seed = 0 } = options;
  const net = new Network("mlp", seed);
  let x = net.input("x", [inputs]);
  for (const [index, width] of hidden.entries()) {
    const name = `fc${index + 1}`;
    x = net.dense(name, x, width, { bias: !batchNorm });
    if (batchNorm) x = net.batchNorm(`norm${index + 1}`, x);
    x = net.relu(`relu${index + 1}`, x);
  }
  const logits = net.dense(`fc${hidden.length + 1}`, x, classes, { init: glorot });
  return net.finish(logits, "logits", {
    network: "mlp",
    task: "classification",
    input: { layout: "NF", scale: 1 / 255 },
    options: { inputs, hidden, classes, batchNorm, seed },
  });
}
