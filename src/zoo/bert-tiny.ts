/**
 * @file bertTiny: BERT with 2 layers of width 128 (Turc et al. 2019) and a classifier behind the pooler: 4,385,920
 * parameters without the classifier.
 */

import { scalar } from "../base/tensor.ts";
import type { Model } from "../graph/model.ts";
import { normal } from "./initialise.ts";
import { Network } from "./network.ts";
import { INITIAL_DEVIATION, transformerBlock } from "./transformer.ts";

export interface BertTinyOptions {
  readonly vocabulary?: number;
  /** Tokens of an input, padded where a text is shorter. */
  readonly length?: number;
  /** Rows of the position table. */
  readonly positions?: number;
  readonly width?: number;
  readonly depth?: number;
  readonly heads?: number;
  readonly classes?: number;
  readonly seed?: number;
}

/**
 * Inputs int64 [N, length]: `input_ids`, `token_type_ids` (0 first text, 1 second), `attention_mask` (1 token, 0 padding);
 * output `logits` [N, classes]. Weights: normal with deviation 0.02.
 */
export function bertTiny(options: BertTinyOptions = {}): Model {
  const { vocabulary = 30_522, length = 128, positions = 512 } = options;
  const { width = 128, depth = 2, heads = 2, classes = 2, seed = 0 } = options;
  const net = new Network("bertTiny", seed);
  const { g } = net;
  const init = normal(INITIAL_DEVIATION);
  const norm = { epsilon: 1e-12 };
  const ids = net.input("input_ids", [length], "int64");
  const types = net.input("token_type_ids", [length], "int64");
  const mask = net.input("attention_mask", [length], "int64");

  const words = net.layer("words", "Gather", [net.weight("words.table", [vocabulary, width], init), ids]);
  const kinds = net.layer("kinds", "Gather", [net.weight("kinds.table", [2, width], init), types]);
  const table = net.weight("positions.table", [positions, width], init);
  g.scope = "positions";
  const places = g.op("Slice", [table, g.ints([0]), g.ints([length]), g.ints([0])]);
  let x = net.layerNorm("norm", net.layer("positions", "Add", [g.add(words, kinds), places]), norm);
  // 0 for tokens, −10,000 for padding, along the keys of all heads.
  g.scope = "mask";
  const hidden = g.sub(g.scalar("float32", 1), g.cast(g.op("Unsqueeze", [mask, g.ints([1, 2])]), "float32"));
  const penalty = g.scale(hidden, -10_000);
  g.scope = "";
  for (let block = 1; block <= depth; block++) {
    x = transformerBlock(net, `block${block}`, x, {
      heads,
      hidden: 4 * width,
      norm: "after",
      ...norm,
      bias: true,
      gelu: "none",
      residualInit: init,
      mask: (scores) => g.add(scores, penalty),
    });
  }
  x = net.layer("first", "Gather", [x, g.constant(scalar("int64", 0))], {
    axis: 1,
  });
  x = net.layer("pooler/tanh", "Tanh", [net.dense("pooler", x, width, { init })]);
  const logits = net.dense("fc", x, classes, { init });
  return net.finish(logits, "logits", {
    network: "bertTiny",
    task: "classification",
    input: { layout: "NT" },
    options: { vocabulary, length, positions, width, depth, heads, classes, seed },
  });
}
