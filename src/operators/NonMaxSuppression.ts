/**
 * @file NonMaxSuppression: of overlapping boxes the one with the best score, class by class. ONNX NonMaxSuppression-11.
 */

import { f32, integers, numbers, scalar, type Tensor, tensor } from "../base/tensor.ts";
import { flag } from "./attributes.ts";
import { none, operator } from "./operator.ts";
import { checkRank } from "./shapes.ts";
import { streaming } from "./work.ts";

/** Lower and upper corner: [y₁, x₁, y₂, x₂]. */
type Box = readonly [number, number, number, number];

/** Corners may come in any order; centre form is [x, y, width, height]. */
function boxAt(boxes: ArrayLike<number>, start: number, isCentre: boolean): Box {
  const [a, b, c, d] = [0, 1, 2, 3].map((k) => boxes[start + k]!) as [number, number, number, number];
  if (isCentre) return [b - d / 2, a - c / 2, b + d / 2, a + c / 2];
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

/** Intersection over union; 0 for boxes without area. */
function overlap(a: Box, b: Box): number {
  const area = ([top, left, bottom, right]: Box) => (bottom - top) * (right - left);
  const height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (height <= 0 || width <= 0 || area(a) <= 0 || area(b) <= 0) return 0;
  return (height * width) / (area(a) + area(b) - height * width);
}

/** Boxes in falling order of their scores, those dropped that overlap a better one too much. */
function chosen(boxes: readonly Box[], scores: readonly number[], most: number, iou: number, least: number): number[] {
  const order = boxes.map((_, i) => i).filter((i) => scores[i]! > least);
  order.sort((i, j) => scores[j]! - scores[i]! || i - j);
  const kept: number[] = [];
  for (const i of order) {
    if (kept.length >= most) break;
    if (kept.every((k) => overlap(boxes[i]!, boxes[k]!) <= iou)) kept.push(i);
  }
  return kept;
}

export const NonMaxSuppression = operator("NonMaxSuppression", {
  since: 11,
  arity: [2, 5],
  attributes: { center_point_box: flag(false) },
  shape: ([boxes, scores], _at, context) => {
    checkRank(boxes, 3, "boxes");
    checkRank(scores, 3, "scores");
    return [{ dtype: "int64", dims: [context.fresh("selected"), 3] }];
  },
  run: ([boxesInput, scoresInput, ...limits], { center_point_box }) => {
    const [most, iou, least] = limits as (Tensor | undefined)[];
    const limit = most === undefined ? 0 : integers(most)[0]!;
    const [values, scores] = [numbers(boxesInput), numbers(scoresInput)];
    const [batches, classes, count] = scoresInput.dims as [number, number, number];
    const selected: number[] = [];
    for (let b = 0; b < batches; b++) {
      const boxes = Array.from({ length: count }, (_, i) => boxAt(values, (b * count + i) * 4, center_point_box));
      for (let c = 0; c < classes; c++) {
        const start = (b * classes + c) * count;
        const own = Array.from(scores.subarray(start, start + count));
        const best = least === undefined ? Number.NEGATIVE_INFINITY : numbers(least)[0]!;
        for (const i of chosen(boxes, own, limit, iou === undefined ? 0 : numbers(iou)[0]!, best)) {
          selected.push(b, c, i);
        }
      }
    }
    return [tensor("int64", [selected.length / 3, 3], selected)];
  },
  gradient: none("a selection is piecewise constant"),
  work: (inputs, outputs) => {
    const [, scores] = inputs;
    const size = scores.dims.reduce((product, dim) => product * dim, 1);
    return streaming(inputs, outputs, { compare: size * (scores.dims[2] ?? 1) });
  },
  tolerance: 0,
  examples: [
    {
      name: "two of three, the second overlaps the first",
      inputs: [
        f32([1, 3, 4], [0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, 10, 1, 11]),
        f32([1, 1, 3], [0.9, 0.75, 0.6]),
        scalar("int64", 3),
        scalar("float32", 0.5),
        scalar("float32", 0),
      ],
      expected: [tensor("int64", [2, 3], [0, 0, 0, 0, 0, 2])],
    },
    {
      name: "centre form, two classes, one box each, a least score",
      inputs: [
        f32([1, 2, 4], [0.5, 0.5, 1, 1, 5, 5, 1, 1]),
        f32([1, 2, 2], [0.2, 0.8, 0.1, 0.05]),
        tensor("int64", [1], [1]),
        tensor("float32", [1], [0.5]),
        tensor("float32", [1], [0.15]),
      ],
      attributes: { center_point_box: true },
      expected: [tensor("int64", [1, 3], [0, 0, 1])],
    },
    {
      name: "no limit means none",
      inputs: [f32([1, 1, 4], [0, 0, 1, 1]), f32([1, 1, 1], [0.9])],
      expected: [tensor("int64", [0, 3], [])],
    },
  ],
});
