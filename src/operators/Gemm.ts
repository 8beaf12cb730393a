/** @file Gemm: Y = α·A'·B' + β·C with optional transposes; C broadcasts to Y. ONNX Gemm-13. */

import { isInteger } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { f32, numbers, type Tensor, tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { flag, float } from "./attributes.ts";
import { broadcastIndices, fromNumbers } from "./loops.ts";
import { doubles, multiplyRows, productWork, transposed } from "./matrix.ts";
import { type Known, operator } from "./operator.ts";
import { broadcastDims, checkRank, sameTypes } from "./shapes.ts";

/** [M, K, N] from the shapes of A and B. */
function sizes(a: readonly Dim[], b: readonly Dim[], at: { transA: boolean; transB: boolean }): [Dim, Dim, Dim] {
  const [m, k] = at.transA ? [a[1]!, a[0]!] : [a[0]!, a[1]!];
  const [inner, n] = at.transB ? [b[1]!, b[0]!] : [b[0]!, b[1]!];
  if (typeof k === "number" && typeof inner === "number" && k !== inner) {
    fail({
      code: "shape.matmul",
      message: "inner dimensions differ",
      expected: `${k} in B`,
      got: `A [${a.join(", ")}]${at.transA ? " transposed" : ""}, B [${b.join(", ")}]${at.transB ? " transposed" : ""}`,
    });
  }
  return [m, typeof k === "number" ? k : inner, n];
}

/** β·C must not widen the product. */
function checkBias(c: Known | undefined, y: readonly Dim[]): void {
  if (c?.dims === undefined) return;
  const dims = broadcastDims(c.dims, y);
  const isWider =
    dims.length > 2 ||
    dims.some((dim, axis) => typeof dim === "number" && typeof y[axis] === "number" && dim !== y[axis]);
  if (isWider) {
    fail({
      code: "shape.broadcast",
      where: "input C",
      message: `does not broadcast to [${y.join(", ")}]`,
      got: `[${c.dims.join(", ")}]`,
    });
  }
}

export const Gemm = operator("Gemm", {
  since: 11,
  arity: [2, 3],
  attributes: { alpha: float(1), beta: float(1), transA: flag(false), transB: flag(false) },
  shape: ([a, b, c], at) => {
    sameTypes(a, b, c);
    checkRank(a, 2, "A");
    checkRank(b, 2, "B");
    if (a.dims === undefined || b.dims === undefined) return [{ dtype: a.dtype, dims: undefined }];
    const [m, , n] = sizes(a.dims, b.dims, at);
    checkBias(c, [m, n]);
    return [{ dtype: a.dtype, dims: [m, n] }];
  },
  run: ([a, b, c]: readonly (Tensor | undefined)[], at, context) => {
    const [m, k, n] = sizes(a!.dims, b!.dims, at) as [number, number, number];
    const rows = { values: at.transA ? transposed(doubles(a!), k, m) : doubles(a!), start: 0 };
    const columns = { values: at.transB ? doubles(b!) : transposed(doubles(b!), k, n), start: 0 };
    const values = new Float64Array(m * n);
    context.tally.mac += multiplyRows(rows, columns, { values, start: 0 }, [m, n, k]);
    const bias = c && numbers(c);
    const from = c && broadcastIndices(c.dims, [m, n]);
    for (let i = 0; i < values.length; i++) {
      values[i] = at.alpha * values[i]! + (bias === undefined ? 0 : at.beta * bias[from![i]!]!);
    }
    // Integer products with factors that are not whole are cut towards zero, as a cast does.
    return [fromNumbers(a!.dtype, [m, n], isInteger(a!.dtype) ? values.map(Math.trunc) : values)];
  },
  // Y = α·A'·B' + β·C:  dA' = α·dY·B'ᵀ,  dB' = α·A'ᵀ·dY,  dC = β·dY summed over broadcast axes
  gradient: (g, [a, b, c], [dy], { alpha, beta, transA, transB }) => [
    transA
      ? g.op("Gemm", [b, dy], { alpha, transA: transB, transB: true })
      : g.op("Gemm", [dy, b], { alpha, transB: !transB }),
    transB
      ? g.op("Gemm", [dy, a], { alpha, transA: true, transB: transA })
      : g.op("Gemm", [a, dy], { alpha, transA: !transA }),
    c && g.scale(g.sumTo(dy, c), beta),
  ],
  work: ([a, b, c], [y], at) => {
    const product = productWork(
      { ...a, dims: at.transA ? [...a.dims].reverse() : a.dims },
      { ...b, dims: at.transB ? [...b.dims].reverse() : b.dims },
      y,
    );
    const flips = [at.transA, at.transB];
    const access = product.access.map((entry, i) =>
      flips[i] === true && entry.index ? { ...entry, index: [...entry.index].reverse() } : entry,
    );
    const size = y.dims[0]! * y.dims[1]!;
    const multiplies = (at.alpha === 1 ? 0 : size) + (c === undefined || at.beta === 1 ? 0 : size);
    return {
      ...product,
      ops: [
        ...product.ops,
        ...(multiplies > 0 ? [{ op: "multiply" as const, count: multiplies }] : []),
        ...(c === undefined ? [] : [{ op: "add" as const, count: size }]),
      ],
      access:
        c === undefined
          ? access
          : [
              ...access,
              {
                tensor: { input: 2 },
                role: "read",
                elements: c.dims.reduce((p, d) => p * d, 1),
                index: biasMap(c.dims),
              },
            ],
    };
  },
  examples: [
    {
      name: "plain",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), f32([3, 2], [7, 8, 9, 10, 11, 12])],
      expected: [f32([2, 2], [58, 64, 139, 154])],
    },
    {
      name: "a fully connected layer: transB and a bias row",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), f32([2, 3], [1, 0, -1, 0.5, 0.5, 0.5]), f32([2], [10, -10])],
      attributes: { transB: true },
      expected: [f32([2, 2], [8, -7, 8, -2.5])],
    },
    {
      name: "transA, alpha and beta, C as a column",
      inputs: [f32([3, 2], [1, 4, 2, 5, 3, 6]), f32([3, 2], [7, 8, 9, 10, 11, 12]), f32([2, 1], [1, 2])],
      attributes: { transA: true, alpha: 0.5, beta: 2 },
      expected: [f32([2, 2], [31, 34, 73.5, 81])],
    },
    {
      name: "both transposed, scalar C",
      inputs: [f32([3, 2], [1, 4, 2, 5, 3, 6]), f32([2, 3], [7, 9, 11, 8, 10, 12]), f32([], [0.5])],
      attributes: { transA: true, transB: true, beta: -1 },
      expected: [f32([2, 2], [57.5, 63.5, 138.5, 153.5])],
    },
    {
      name: "int32",
      inputs: [tensor("int32", [1, 2], [3, -4]), tensor("int32", [2, 1], [5, 6]), tensor("int32", [1], [7])],
      expected: [tensor("int32", [1, 1], [-2])],
      notInRuntime: "no integer Gemm kernel on CPU",
    },
  ],
});

/** C's index in the loops m and n; a stretched axis is touched at 0. */
function biasMap(dims: readonly number[]): Record<string, number>[] {
  const names = ["m", "n"].slice(2 - dims.length);
  return dims.map((size, axis): Record<string, number> => (size === 1 ? {} : { [names[axis]!]: 1 }));
}
