/** @file The encoder block that vitTiny, charGpt and bertTiny share: attention and a two-layer network, each with a shortcut. */

import type { Value } from "../graph/value.ts";
import { dimsOf } from "../operators/index.ts";
import { type Initialiser, normal } from "./initialise.ts";
import { BATCH, type Network } from "./network.ts";

export interface BlockOptions {
  readonly heads: number;
  /** Width of the hidden layer behind attention. */
  readonly hidden: number;
  /** Layer norms in front of attention and network (ViT, GPT), or behind each shortcut (BERT). */
  readonly norm: "before" | "after";
  readonly epsilon: number;
  readonly bias: boolean;
  /** Gelu by error function or by tanh (GPT-2's `gelu_new`). */
  readonly gelu: "none" | "tanh";
  /** Initial weights of the two projections that end in a shortcut. */
  readonly residualInit: Initialiser;
  /** Changes the scores [N, heads, T, T] before softmax. */
  readonly mask?: (scores: Value) => Value;
}

/** Deviation of all other initial weights. */
export const INITIAL_DEVIATION = 0.02;

/** `[N, T, D]` → `[N, T, D]`. */
export function transformerBlock(net: Network, name: string, x: Value, options: BlockOptions): Value {
  const { norm, epsilon, bias } = options;
  const layerNorm = (part: string, value: Value) => net.layerNorm(`${name}/${part}`, value, { epsilon, bias });
  const add = (part: string, a: Value, b: Value) => net.layer(`${name}/${part}`, "Add", [a, b]);
  if (norm === "before") {
    const y = add("add1", x, attention(net, `${name}/attention`, layerNorm("norm1", x), options));
    return add("add2", y, feedForward(net, `${name}/mlp`, layerNorm("norm2", y), options));
  }
  const y = layerNorm("norm1", add("add1", x, attention(net, `${name}/attention`, x, options)));
  return layerNorm("norm2", add("add2", y, feedForward(net, `${name}/mlp`, y, options)));
}

/** softmax(Q·Kᵀ/√d)·V for every head (Vaswani et al. 2017, eq. 1), then one projection. */
function attention(net: Network, name: string, x: Value, options: BlockOptions): Value {
  const { heads, bias, mask = (scores) => scores, residualInit } = options;
  const { g } = net;
  const [, length, width] = dimsOf(x) as [string, number, number];
  const size = width / heads;
  const init = normal(INITIAL_DEVIATION);
  const split = (part: string, perm: readonly number[]) => {
    const flat = net.project(`${name}/${part}`, x, width, { bias, init });
    g.scope = `${name}/${part}`;
    const parts = g.transpose(g.reshape(flat, [BATCH, length, heads, size]), perm);
    g.scope = "";
    return parts;
  };
  const query = split("query", [0, 2, 1, 3]);
  const key = split("key", [0, 2, 3, 1]);
  const value = split("value", [0, 2, 1, 3]);
  const scores = net.layer(`${name}/scores`, "MatMul", [query, key]);
  g.scope = name;
  const scaled = mask(g.scale(scores, 1 / Math.sqrt(size)));
  const weights = g.op("Softmax", [scaled], { axis: -1 });
  g.scope = "";
  const mixed = net.layer(`${name}/mix`, "MatMul", [weights, value]);
  g.scope = name;
  const joined = g.reshape(g.transpose(mixed, [0, 2, 1, 3]), [BATCH, length, width]);
  g.scope = "";
  return net.project(`${name}/output`, joined, width, { bias, init: residualInit });
}

function feedForward(net: Network, name: string, x: Value, options: BlockOptions): Value {
  const { hidden, bias, gelu, residualInit } = options;
  const width = dimsOf(x).at(-1) as number;
  const wide = net.project(`${name}/fc1`, x, hidden, { bias, init: normal(INITIAL_DEVIATION) });
  const active = net.layer(`${name}/gelu`, "Gelu", [wide], { approximate: gelu });
  return net.project(`${name}/fc2`, active, width, { bias, init: residualInit });
}
