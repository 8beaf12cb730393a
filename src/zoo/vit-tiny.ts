/**
 * @file vitTiny: a vision transformer (Dosovitskiy et al. 2021) small enough for 32×32 pictures. With the options of
 * DeiT-Ti (Touvron et al. 2021: 224×224, patch 16, width 192, depth 12, 3 heads, 1000 classes) it has that network's
 * 5,717,416 parameters.
 */

import { scalar } from "../base/tensor.ts";
import type { Model } from "../graph/model.ts";
import { normal } from "./initialise.ts";
import { BATCH, Network } from "./network.ts";
import { INITIAL_DEVIATION, transformerBlock } from "./transformer.ts";

export interface VitTinyOptions {
  readonly channels?: number;
  /** Height and width of the picture, a multiple of `patch`. */
  readonly size?: number;
  readonly patch?: number;
  readonly width?: number;
  readonly depth?: number;
  readonly heads?: number;
  readonly classes?: number;
  readonly seed?: number;
}

/** Input `x` [N, channels, size, size], output `logits` [N, classes]. Weights: normal with deviation 0.02. */
export function vitTiny(options: VitTinyOptions = {}): Model {
  const { channels = 3, size = 32, patch = 4, width = 96, depth = 6, heads = 3, classes = 10, seed = 0 } = options;
  const net = new Network("vitTiny", seed);
  const { g } = net;
  const init = normal(INITIAL_DEVIATION);
  const patches = (size / patch) ** 2;
  let x = net.input("x", [channels, size, size]);
  x = net.conv("patches", x, width, { kernel: patch, stride: patch, pad: 0, init });
  g.scope = "tokens";
  x = g.transpose(g.reshape(x, [BATCH, width, patches]), [0, 2, 1]);
  const token = net.weight("class.token", [1, 1, width], init);
  const tokens = g.op("Expand", [token, g.shapeVector(x, [BATCH, 1, width])]);
  x = g.op("Concat", [tokens, x], { axis: 1 });
  g.scope = "";
  x = net.layer("positions", "Add", [x, net.weight("positions.table", [patches + 1, width], init)]);
  for (let block = 1; block <= depth; block++) {
    x = transformerBlock(net, `block${block}`, x, {
      heads,
      hidden: 4 * width,
      norm: "before",
      epsilon: 1e-6,
      bias: true,
      gelu: "none",
      residualInit: init,
    });
  }
  x = net.layerNorm("norm", x, { epsilon: 1e-6 });
  x = net.layer("class", "Gather", [x, g.constant(scalar("int64", 0))], {
    axis: 1,
  });
  const logits = net.dense("fc", x, classes, { init });
  return net.finish(logits, "logits", {
    network: "vitTiny",
    task: "classification",
    input: { layout: "NCHW", scale: 1 / 255 },
    options: { channels, size, patch, width, depth, heads, classes, seed },
  });
}
