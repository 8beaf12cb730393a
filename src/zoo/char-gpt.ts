/**
 * @file charGpt: a character-level GPT (Radford et al. 2019, as Karpathy's nanoGPT builds it for Shakespeare): layer norms in
 * front, no biases, output weights tied to the embedding. Its counts leave the positions out: 0.80 M with the options of
 * `train on CPU` (4 layers, 4 heads, 128 wide), 10.65 M with the larger ones (6, 6, 384, context 256).
 */

import { tensor } from "../base/tensor.ts";
import type { Model } from "../graph/model.ts";
import { normal } from "./initialise.ts";
import { Network } from "./network.ts";
import { INITIAL_DEVIATION, transformerBlock } from "./transformer.ts";

export interface CharGptOptions {
  /** Number of different characters. */
  readonly vocabulary?: number;
  /** Characters that the network sees at once. */
  readonly context?: number;
  readonly width?: number;
  readonly depth?: number;
  readonly heads?: number;
  readonly seed?: number;
}

/**
 * Input `tokens` int64 [N, context], output `logits` [N, context, vocabulary]: at every place, what comes next. Weights:
 * normal with deviation 0.02, those that end in a shortcut 0.02/√(2·depth).
 */
export function charGpt(options: CharGptOptions = {}): Model {
  const { vocabulary = 65, context = 64, width = 128, depth = 4, heads = 4, seed = 0 } = options;
  const net = new Network("charGpt", seed);
  const { g } = net;
  const init = normal(INITIAL_DEVIATION);
  const tokens = net.input("tokens", [context], "int64");
  const table = net.weight("embedding.table", [vocabulary, width], init);
  let x = net.layer("embedding", "Gather", [table, tokens]);
  x = net.layer("positions", "Add", [x, net.weight("positions.table", [context, width], init)]);
  // A place sees itself and what came before.
  const isSeen = Array.from({ length: context * context }, (_, i) => i % context <= Math.floor(i / context));
  const seen = g.constant(tensor("bool", [context, context], isSeen), "causal");
  for (let block = 1; block <= depth; block++) {
    x = transformerBlock(net, `block${block}`, x, {
      heads,
      hidden: 4 * width,
      norm: "before",
      epsilon: 1e-5,
      bias: false,
      gelu: "none",
      residualInit: normal(INITIAL_DEVIATION / Math.sqrt(2 * depth)),
      mask: (scores) => g.where(seen, scores, g.scalar(scores, -1e9)),
    });
  }
  x = net.layerNorm("norm", x, { bias: false });
  g.scope = "head";
  const logits = net.layer("head", "MatMul", [x, g.transpose(table, [1, 0])]);
  return net.finish(logits, "logits", {
    network: "charGpt",
    task: "language",
    input: { layout: "NT" },
    options: { vocabulary, context, width, depth, heads, seed },
  });
}
