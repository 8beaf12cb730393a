/**
 * @file Attention: softmax(scale·Q·Kᵀ + mask)·V over heads, with a key/value cache, shared key heads, soft capping and a
 * causal frontier. ONNX Attention-24 (23 lacks the seventh input).
 */

import { f32, type Tensor, tensor } from "../base/tensor.ts";
import { attentionGradient } from "./attention-gradient.ts";
import { attentionAttributes, attentionDims, attentionSizes } from "./attention-heads.ts";
import { attend, attentionBias, splitHeads, swapAxes, withPast } from "./attention-loops.ts";
import { fromNumbers } from "./loops.ts";
import { type Known, operator } from "./operator.ts";
import { wave } from "./wave.ts";
import { type OpKind, streaming } from "./work.ts";

export const Attention = operator("Attention", {
  since: 24,
  arity: [3, 7],
  outputs: 4,
  attributes: attentionAttributes,
  shape: ([q, k, v, , pastKey]: readonly (Known | undefined)[], at) => {
    const types = [q!, k!, v!, q!].map(({ dtype }) => dtype);
    const shapes = [q!, k!, v!].map(({ dims }) => dims);
    if (shapes.some((dims) => dims === undefined) || (pastKey !== undefined && pastKey.dims === undefined)) {
      return types.map((dtype) => ({ dtype, dims: undefined }));
    }
    const dims = attentionDims(
      attentionSizes(
        shapes.map((shape) => shape!),
        pastKey?.dims,
        at,
      ),
      q!.dims!.length,
    );
    return types.map((dtype, i) => ({ dtype, dims: dims[i]! }));
  },
  run: ([q, k, v, mask, pastKey, pastValue, valid]: readonly (Tensor | undefined)[], at, context) => {
    const s = attentionSizes([q!.dims, k!.dims, v!.dims], pastKey?.dims, at);
    const dims = attentionDims(s, q!.dims.length) as number[][];
    const keys = withPast(pastKey, splitHeads(k!, s.sharedHeads), dims[1]!);
    const values = withPast(pastValue, splitHeads(v!, s.sharedHeads), dims[2]!);
    const bias = attentionBias(s, { mask, valid, pastLength: pastKey?.dims[2] }, at.is_causal);
    const { y, shown, macs } = attend({ q: splitHeads(q!, s.heads), k: keys, v: values, bias }, s, at);
    context.tally.mac += macs;
    const joined = q!.dims.length === 4 ? y : swapAxes(y, [s.batch, s.heads, s.queries, s.valueSize]);
    return [
      fromNumbers(q!.dtype, dims[0]!, joined),
      fromNumbers(k!.dtype, dims[1]!, keys),
      fromNumbers(v!.dtype, dims[2]!, values),
      fromNumbers(q!.dtype, dims[3]!, shown),
    ];
  },
  // See attentionGradient
  gradient: attentionGradient,
  work: (inputs, outputs, at) => {
    const [q, k, v, mask, pastKey] = inputs as readonly (Bounded | undefined)[];
    const s = attentionSizes([q!.dims, k!.dims, v!.dims], pastKey?.dims, at);
    const scores = s.batch * s.heads * s.queries * s.allKeys;
    const cap: Partial<Record<OpKind, number>> = at.softcap > 0 ? { exponential: 2 * scores } : { exponential: scores };
    return streaming(inputs, outputs, {
      mac: scores * (s.size + s.valueSize),
      multiply: scores,
      add: (mask === undefined ? 2 : 3) * scores,
      compare: scores,
      divide: scores,
      ...cap,
    });
  },
  tolerance: 2e-5,
  examples: [
    {
      name: "one head, two keys",
      inputs: [
        f32([1, 1, 1, 2], [1, 2]),
        f32([1, 1, 2, 2], [0, 0, Math.log(3), 0]),
        f32([1, 1, 2, 3], [4, 8, 0, 0, 4, -4]),
      ],
      attributes: { scale: 1 },
      // weights ¼ and ¾
      expected: [f32([1, 1, 1, 3], [1, 5, -3])],
    },
    {
      name: "two heads share one of K and V, causal, soft cap, a mask to add",
      inputs: [wave([1, 3, 4], 1), wave([1, 3, 2], 2), wave([1, 3, 1], 3), wave([3, 3], 4)],
      attributes: { q_num_heads: 2, kv_num_heads: 1, is_causal: true, softcap: 1.5 },
    },
    {
      name: "a past, a mask of booleans that hides a whole row, weights shown",
      inputs: [
        wave([1, 1, 2, 2], 1),
        wave([1, 1, 1, 2], 2),
        wave([1, 1, 1, 2], 3),
        tensor("bool", [2, 2], [true, false, false, false]),
        wave([1, 1, 1, 2], 5),
        wave([1, 1, 1, 2], 6),
      ],
      attributes: { qk_matmul_output_mode: 3 },
      outputs: 4,
    },
    {
      name: "causal after a past, scores shown",
      inputs: [
        wave([2, 1, 2, 2], 1),
        wave([2, 1, 2, 2], 2),
        wave([2, 1, 2, 1], 3),
        undefined,
        wave([2, 1, 1, 2], 5),
        wave([2, 1, 1, 1], 6),
      ],
      attributes: { is_causal: true, qk_matmul_output_mode: 0 },
      outputs: 4,
    },
    {
      name: "valid keys of each image, causal",
      inputs: [
        wave([2, 1, 2, 2], 1),
        wave([2, 1, 4, 2], 2),
        wave([2, 1, 4, 2], 3),
        undefined,
        undefined,
        undefined,
        tensor("int64", [2], [3, 4]),
      ],
      attributes: { is_causal: true },
    },
  ],
});

interface Bounded {
  readonly dims: readonly number[];
}
