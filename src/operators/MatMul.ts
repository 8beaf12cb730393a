/** @file MatMul: matrix product with NumPy broadcasting of the leading axes; one-dimensional factors allowed. ONNX MatMul-13. */

import { f32, i64, tensor } from "../base/tensor.ts";
import { multiplyDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, type Emit, rankOf } from "./emit.ts";
import { multiply, productDims, productWork } from "./matrix.ts";
import { operator } from "./operator.ts";
import { sameTypes } from "./shapes.ts";

/** Swaps the last two axes. */
function swap(g: Emit, x: Value): Value {
  const rank = rankOf(x);
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  return g.transpose(x, [...perm.slice(0, -2), rank - 1, rank - 2]);
}

/** All axes but the last as one: [b…, m, k] → [b·…·m, k]. */
const flat = (g: Emit, x: Value): Value => g.reshape(x, [multiplyDims(...dimsOf(x).slice(0, -1)), dimsOf(x).at(-1)!]);

/** Gradients of a · b where both have at least two axes. */
function rule(g: Emit, a: Value, b: Value, dy: Value): [Value, Value] {
  // One weight matrix for a whole stack: its gradient is one product over all rows, not a stack of them to be summed.
  if (rankOf(b) === 2) {
    const da = rankOf(a) === 2 ? g.op("Gemm", [dy, b], { transB: true }) : g.matmul(dy, swap(g, b));
    return [da, g.op("Gemm", [flat(g, a), flat(g, dy)], { transA: true })];
  }
  return [g.sumTo(g.matmul(dy, swap(g, b)), a), g.sumTo(g.matmul(swap(g, a), dy), b)];
}

export const MatMul = operator("MatMul", {
  since: 1,
  arity: [2, 2],
  attributes: {},
  shape: ([a, b]) => {
    sameTypes(a, b);
    return [{ dtype: a.dtype, dims: productDims(a, b) }];
  },
  run: ([a, b], _at, context) => {
    const { product, macs } = multiply(a, b);
    context.tally.mac += macs;
    return [product];
  },
  // ∂L/∂a = dy · bᵀ and ∂L/∂b = aᵀ · dy, summed over broadcast axes; vectors are promoted to matrices first
  gradient: (g, [a, b], [dy]) => {
    const [isRow, isColumn] = [rankOf(a) === 1, rankOf(b) === 1];
    if (!isRow && !isColumn) return rule(g, a, b, dy);
    const wideA = isRow ? g.op("Unsqueeze", [a, g.ints([0])]) : a;
    const wideB = isColumn ? g.op("Unsqueeze", [b, g.ints([1])]) : b;
    const axes = [...(isRow ? [-2] : []), ...(isColumn ? [-1] : [])];
    const [da, db] = rule(g, wideA, wideB, g.op("Unsqueeze", [dy, g.ints(axes)]));
    return [isRow ? g.reshapeLike(da, a) : da, isColumn ? g.reshapeLike(db, b) : db];
  },
  work: ([a, b], [y]) => productWork(a, b, y),
  examples: [
    {
      name: "two matrices",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), f32([3, 2], [7, 8, 9, 10, 11, 12])],
      expected: [f32([2, 2], [58, 64, 139, 154])],
    },
    {
      name: "a stack times one matrix",
      inputs: [f32([2, 1, 2], [1, 2, 3, 4]), f32([2, 3], [1, 0, -1, 2, 0.5, 1])],
      expected: [f32([2, 1, 3], [5, 1, 1, 11, 2, 1])],
    },
    {
      name: "leading axes broadcast both ways",
      inputs: [f32([2, 1, 1, 2], [1, 2, 3, 4]), f32([2, 2, 1], [1, -1, 0.5, 2])],
      expected: [f32([2, 2, 1, 1], [-1, 4.5, -1, 9.5])],
    },
    {
      name: "vector times vector",
      inputs: [f32([3], [1, 2, 3]), f32([3], [4, -5, 6])],
      expected: [f32([], [12])],
    },
    {
      name: "vector times matrix",
      inputs: [f32([2], [1, 2]), f32([2, 3], [1, 2, 3, 4, 5, 6])],
      expected: [f32([3], [9, 12, 15])],
    },
    {
      name: "stack times vector",
      inputs: [f32([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), f32([2], [1, -1])],
      expected: [f32([2, 2], [-1, -1, -1, -1])],
    },
    {
      name: "vector times stack",
      inputs: [f32([2], [2, 3]), f32([2, 2, 1], [1, 2, 3, 4])],
      expected: [f32([2, 1], [8, 18])],
    },
    {
      name: "int64 beyond 2^53",
      inputs: [tensor("int64", [1, 2], [2n ** 40n, 1n]), tensor("int64", [2, 1], [2n ** 20n, 1n])],
      expected: [tensor("int64", [1, 1], [2n ** 60n + 1n])],
    },
    {
      name: "empty inner dimension",
      inputs: [f32([2, 0], []), f32([0, 1], [])],
      expected: [f32([2, 1], [0, 0])],
    },
    { name: "int64 vectors", inputs: [i64([1, 2]), i64([3, 4])], expected: [tensor("int64", [], [11])] },
  ],
});
