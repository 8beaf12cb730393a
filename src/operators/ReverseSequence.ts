/** @file ReverseSequence: the first elements of each sequence in reverse, the rest as they are. ONNX ReverseSequence-10. */

import { f32, i64, numbers, stridesOf } from "../base/tensor.ts";
import { int } from "./attributes.ts";
import { operator } from "./operator.ts";
import { pick, walk } from "./pick.ts";
import { sameShape } from "./shapes.ts";
import { movement } from "./work.ts";

export const ReverseSequence = operator("ReverseSequence", {
  since: 10,
  arity: [2, 2],
  attributes: { time_axis: int(0), batch_axis: int(1) },
  shape: sameShape,
  run: ([x, lengths], { time_axis, batch_axis }) => {
    const strides = stridesOf(x.dims);
    const count = numbers(lengths);
    const along = (axis: number) =>
      walk(
        x.dims,
        strides.map((_, i) => (i === axis ? 1 : 0)),
      );
    const [time, batch] = [along(time_axis), along(batch_axis)];
    const index = Int32Array.from(time, (t, i) => {
      const length = count[batch[i]!]!;
      return t < length ? i + (length - 1 - 2 * t) * strides[time_axis]! : i;
    });
    return [pick(x, x.dims, index)];
  },
  // ∂L/∂x = dy, reversed in the same way
  gradient: (g, [, lengths], [dy], at) => [g.op("ReverseSequence", [dy, lengths], at)],
  work: movement,
  tolerance: 0,
  examples: [
    {
      name: "time first",
      inputs: [f32([3, 2], [1, 2, 3, 4, 5, 6]), i64([3, 2])],
      expected: [f32([3, 2], [5, 4, 3, 2, 1, 6])],
    },
    {
      name: "batch first",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), i64([1, 3])],
      attributes: { time_axis: 1, batch_axis: 0 },
      expected: [f32([2, 3], [1, 2, 3, 6, 5, 4])],
    },
  ],
});
