/**
 * @file Unique: the different elements (or slices along an axis), sorted or in order of appearance, with where each
 * first occurs, which each element is, and how often it occurs. ONNX Unique-11.
 */

import { f32, i64, reshaped, sizeOf, type Tensor } from "../base/tensor.ts";
import { flag, int } from "./attributes.ts";
import { boxOf } from "./lanes.ts";
import { none, operator } from "./operator.ts";
import { pick, pickAlong } from "./pick.ts";
import { axisIndex } from "./shapes.ts";
import { streaming } from "./work.ts";

type Scalar = number | bigint | string;

/** The elements of every slice along an axis. */
function slices(x: Tensor, axis: number): Scalar[][] {
  const [outer, length, inner] = boxOf(x.dims, axis);
  const data = x.data as ArrayLike<Scalar>;
  return Array.from({ length }, (_, k) =>
    Array.from({ length: outer * inner }, (_, i) => data[(Math.floor(i / inner) * length + k) * inner + (i % inner)]!),
  );
}

function compare(a: readonly Scalar[], b: readonly Scalar[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! < b[at]! ? -1 : 1;
}

export const Unique = operator("Unique", {
  since: 11,
  arity: [1, 1],
  outputs: 4,
  attributes: { axis: int(), sorted: flag(true) },
  shape: ([x], { axis }, context) => {
    const count = context.fresh("unique");
    const dims = axis === undefined ? [count] : x.dims?.with(axisIndex(axis, x.dims.length), count);
    const whole = axis === undefined ? undefined : x.dims?.[axisIndex(axis, x.dims.length)];
    const isStatic = x.dims?.every((dim) => typeof dim === "number");
    const size = whole ?? (isStatic ? sizeOf(x.dims as number[]) : context.fresh("elements"));
    return [{ dtype: x.dtype, dims }, ...[count, size, count].map((dim) => ({ dtype: "int64" as const, dims: [dim] }))];
  },
  run: ([input], { axis: named, sorted }) => {
    const x = named === undefined ? reshaped(input, [sizeOf(input.dims)]) : input;
    const axis = named === undefined ? 0 : axisIndex(named, x.dims.length);
    const all = slices(x, axis);
    const groups = new Map<string, number[]>();
    for (const [i, slice] of all.entries()) {
      const key = slice.map(String).join("\u0000");
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [i]);
      else group.push(i);
    }
    const order = [...groups.values()];
    if (sorted) order.sort(([i], [j]) => compare(all[i!]!, all[j!]!));
    const inverse = new Array<number>(all.length);
    for (const [k, group] of order.entries()) for (const i of group) inverse[i] = k;
    const first = order.map(([i]) => i!);
    const y = pick(x, x.dims.with(axis, order.length), pickAlong(x.dims, axis, first));
    return [y, i64(first), i64(inverse), i64(order.map((group) => group.length))];
  },
  gradient: none("which elements are equal changes without warning; take the first indices and Gather"),
  work: (inputs, outputs) => {
    const size = sizeOf(inputs[0].dims);
    return streaming(inputs, outputs, { compare: size * Math.ceil(Math.log2(Math.max(2, size))) });
  },
  tolerance: 0,
  examples: [
    {
      name: "sorted",
      inputs: [f32([6], [2, 1, 1, 3, 4, 3])],
      outputs: 4,
      expected: [f32([4], [1, 2, 3, 4]), i64([1, 0, 3, 4]), i64([1, 0, 0, 2, 3, 2]), i64([2, 1, 2, 1])],
    },
    {
      name: "in order of appearance",
      inputs: [f32([6], [2, 1, 1, 3, 4, 3])],
      attributes: { sorted: false },
      outputs: 4,
      expected: [f32([4], [2, 1, 3, 4]), i64([0, 1, 3, 4]), i64([0, 1, 1, 2, 3, 2]), i64([1, 2, 2, 1])],
    },
    {
      name: "rows",
      inputs: [f32([3, 2], [5, 1, 0, 2, 5, 1])],
      attributes: { axis: 0 },
      outputs: 4,
      expected: [f32([2, 2], [0, 2, 5, 1]), i64([1, 0]), i64([1, 0, 1]), i64([1, 2])],
    },
  ],
});
