/** @file RotaryEmbedding: pairs of elements of each head turned by an angle that grows with the position. ONNX RotaryEmbedding-23. */

import { fail } from "../base/errors.ts";
import { f32, numbers, type Tensor, tensor } from "../base/tensor.ts";
import { flag, int } from "./attributes.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { type Known, operator } from "./operator.ts";
import { rotaryCacheGradient } from "./rotary-gradient.ts";
import { streaming } from "./work.ts";

const attributes = { interleaved: flag(false), num_heads: int(0), rotary_embedding_dim: int(0) };

export interface RotaryAttributes {
  readonly interleaved: boolean;
  readonly num_heads: number;
  readonly rotary_embedding_dim: number;
}

export const RotaryEmbedding = operator("RotaryEmbedding", {
  since: 23,
  arity: [3, 4],
  attributes,
  shape: ([x, cos, sin]: readonly (Known | undefined)[], at) => {
    const rank = x!.dims?.length;
    if (rank !== undefined && rank !== 3 && rank !== 4) {
      fail({
        code: "shape.rank",
        where: "input X",
        message: `has ${rank} dimensions, expected 3 or 4`,
        got: `[${x!.dims!.join(", ")}]`,
      });
    }
    if (rank === 3 && at.num_heads === 0) {
      fail({
        code: "attribute.missing",
        where: "attribute num_heads",
        message: "is needed where the heads are not an axis of their own",
      });
    }
    if (cos!.dims !== undefined && sin!.dims !== undefined && cos!.dims.length !== sin!.dims.length) {
      fail({ code: "shape.rank", where: "input sin_cache", message: "must have the shape of cos_cache" });
    }
    return [{ dtype: x!.dtype, dims: x!.dims }];
  },
  run: ([x, cos, sin, positions]: readonly (Tensor | undefined)[], at) => {
    const { dims } = x!;
    const isFlat = dims.length === 3;
    const heads = isFlat ? at.num_heads : dims[1]!;
    const length = isFlat ? dims[1]! : dims[2]!;
    const size = isFlat ? dims[2]! / heads : dims[3]!;
    const half = (at.rotary_embedding_dim || size) / 2;
    const [values, c, s] = [doubles(x!), numbers(cos!), numbers(sin!)];
    const ids = positions && numbers(positions);
    const out = Float64Array.from(values);
    for (let n = 0; n < dims[0]!; n++) {
      for (let p = 0; p < length; p++) {
        const turn = (ids?.[n * length + p] ?? n * length + p) * half;
        for (let h = 0; h < heads; h++) {
          const base = (isFlat ? (n * length + p) * heads + h : (n * heads + h) * length + p) * size;
          for (let j = 0; j < half; j++) {
            const [a, b] = at.interleaved ? [base + 2 * j, base + 2 * j + 1] : [base + j, base + half + j];
            out[a] = c[turn + j]! * values[a]! - s[turn + j]! * values[b]!;
            out[b] = s[turn + j]! * values[a]! + c[turn + j]! * values[b]!;
          }
        }
      }
    }
    return [fromNumbers(x!.dtype, dims, out)];
  },
  // (a, b) ↦ (c·a − s·b, s·a + c·b): dx is dy turned back; dc = Σ heads (da'·a + db'·b), ds = Σ heads (db'·a − da'·b)
  gradient: (g, [x, cos, sin, positions], [dy], at) => {
    const { interleaved, num_heads, rotary_embedding_dim } = at;
    const back = g.op("RotaryEmbedding", [dy, cos, g.neg(sin), positions], {
      interleaved,
      num_heads,
      rotary_embedding_dim,
    });
    return [back, ...rotaryCacheGradient(g, { x, dy, cos, positions }, at), undefined];
  },
  work: (inputs, outputs, at) => {
    const { dims } = inputs[0]!;
    const size = dims.length === 3 ? dims[2]! / at.num_heads : dims[3]!;
    const turned = (dims.reduce((a, b) => a * b, 1) / size) * (at.rotary_embedding_dim || size);
    return streaming(inputs, outputs, { multiply: 2 * turned, add: turned });
  },
  examples: [
    {
      name: "a quarter turn and a half turn, halves",
      inputs: [
        f32([1, 1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8]),
        f32([3, 2], [1, 1, 0, 0, -1, 1]),
        f32([3, 2], [0, 0, 1, 1, 0, 0]),
        tensor("int64", [1, 2], [1, 2]),
      ],
      // position 1 maps (a, b) to (−b, a); position 2 negates the first pair only
      expected: [f32([1, 1, 2, 4], [-3, -4, 1, 2, -5, 6, -7, 8])],
    },
    {
      name: "neighbours as pairs, two heads in one axis, angles by position",
      inputs: [f32([1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), f32([1, 2, 1], [0, 0.6]), f32([1, 2, 1], [1, 0.8])],
      attributes: { interleaved: true, num_heads: 2 },
      // 0.6·5 − 0.8·6, 0.8·5 + 0.6·6 and the same of 7, 8
      expected: [f32([1, 2, 4], [-2, 1, -4, 3, -1.8, 7.6, -2.2, 10.4])],
    },
    {
      name: "part of each head, a position twice",
      inputs: [
        f32([1, 2, 2, 3], [0.5, -1, 2, 0.25, 3, -0.75, 1.5, 0, -2, 1, 4, -0.5]),
        f32([2, 1], [0.8, 0.28]),
        f32([2, 1], [0.6, 0.96]),
        tensor("int64", [1, 2], [1, 1]),
      ],
      attributes: { rotary_embedding_dim: 2, num_heads: 2 },
    },
  ],
});
