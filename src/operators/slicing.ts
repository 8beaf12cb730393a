/** @file Slicing along one axis: which positions a start, end and step take, in numbers and in symbols. */

import { fail } from "../base/errors.ts";
import { addDims, type Dim, mapDim, multiplyDims } from "../graph/dims.ts";

/** ONNX writes "to the end" as a very large number: anything from here on. */
const BEYOND = 2 ** 31 - 1;

export interface Cut {
  readonly start: number;
  readonly size: number;
  readonly step: number;
}

/** Resolves negative and overlong bounds as Python does. @throws FemtoError `shape.slice` for step 0 */
export function cutOf(length: number, start: number, end: number, step: number): Cut {
  if (step === 0) fail({ code: "shape.slice", where: "input steps", message: "a step of 0 leads nowhere" });
  const resolve = (bound: number, least: number, most: number) =>
    Math.min(most, Math.max(least, bound < 0 ? bound + length : bound));
  const [least, most] = step > 0 ? [0, length] : [-1, length - 1];
  const from = resolve(start, step > 0 ? 0 : Math.min(0, most), most);
  return { start: from, size: Math.max(0, Math.ceil((resolve(end, least, most) - from) / step)), step };
}

/**
 * The size of `length[start:end:step]` where symbols take part. Bounds that are symbols are taken to lie within the
 * tensor, as exporters mean them (`positions[:, 0:T]`); offsets from an end of a symbolic axis likewise.
 */
export function cutDim(length: Dim, start: Dim, end: Dim, step: number): Dim {
  if (typeof length === "number" && typeof start === "number" && typeof end === "number") {
    return cutOf(length, start, end, step).size;
  }
  const isToEnd = typeof end === "number" && end >= BEYOND;
  if (step === 1) {
    if (isToEnd && start === 0) return length;
    if (isToEnd && start === -1) return 1;
    if (start === 0 && end === 1) return 1;
    const isFromFront = typeof start === "string" || start >= 0;
    const isKnownEnd = isToEnd || typeof end === "string" || end < 0;
    if (isFromFront && isKnownEnd) {
      const last = isToEnd ? length : typeof end === "number" ? addDims(length, end) : end;
      return addDims(last, multiplyDims(-1, start));
    }
  }
  if (isToEnd && start === 0 && step > 0) return mapDim(length, `ceil _/${step}`, (size) => Math.ceil(size / step));
  return mapDim(String(length), `_[${start}:${isToEnd ? "" : end}:${step}]`, () => 0);
}
