/** @file Finds what would spoil a training run before it starts: holes, infinities, labels that do not fit. */

import { type DType, isFloat } from "../base/dtype.ts";
import { FemtoError } from "../base/errors.ts";
import { describe, numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import { count, type Dataset, exampleSize } from "./dataset.ts";
import { classCounts } from "./summary.ts";

/** Types that an engine can cast to float32 without surprise. */
const inputTypes: readonly DType[] = [
  ...(["uint8", "int8", "uint16", "int16", "int32", "int64"] as const),
  ...(["float16", "float32", "float64"] as const),
];
const indexTypes: readonly DType[] = ["uint8", "int8", "uint16", "int16", "int32", "int64"];

/** Returns the data set unchanged, or throws the first trouble found. */
export function validateDataset(data: Dataset): Dataset {
  const where = data.split === "all" ? data.name : `${data.name} › ${data.split}`;
  try {
    checkTensor(data.inputs, "inputs", inputTypes);
    if (data.labels !== undefined) checkLabels(data, data.labels);
    checkFinite(data.inputs, "inputs");
    if (data.labels !== undefined) checkFinite(data.labels, "labels");
  } catch (error) {
    throw error instanceof FemtoError ? error.within(where) : error;
  }
  return data;
}

function checkTensor(values: Tensor, where: string, allowed: readonly DType[]): void {
  if (!allowed.includes(values.dtype)) {
    throw new FemtoError({
      code: "data.dtype",
      where,
      message: `element type ${values.dtype} cannot be used here`,
      expected: allowed.join(", "),
      got: describe(values),
      hint: "convert the array, e.g. x.astype('float32') in NumPy",
    });
  }
  const size = sizeOf(values.dims);
  if (values.dims.length === 0 || size === 0) {
    throw new FemtoError({
      code: "data.empty",
      where,
      message: "there are no examples",
      expected: "at least one example",
      got: describe(values),
    });
  }
  if (values.data.length !== size) {
    throw new FemtoError({
      code: "data.size",
      where,
      message: "shape and contents differ",
      expected: `${size} elements for ${describe(values)}`,
      got: `${values.data.length}`,
    });
  }
}

function checkLabels(data: Dataset, labels: Tensor): void {
  checkTensor(labels, "labels", data.classes === undefined ? ["float32", "float64"] : indexTypes);
  if (labels.dims[0] !== count(data)) {
    throw new FemtoError({
      code: "data.length",
      message: "inputs and labels are not equally many",
      expected: `${count(data)} labels`,
      got: `${labels.dims[0]}`,
      hint: "each example needs exactly one label, in the same order",
    });
  }
  if (data.classes === undefined) return;
  if (labels.dims.length !== 1) {
    throw new FemtoError({
      code: "data.label-shape",
      where: "labels",
      message: "class labels must be one index per example",
      expected: `[${count(data)}]`,
      got: describe(labels),
    });
  }
  const values = numbers(labels);
  const wrong = values.findIndex((label) => label < 0 || label >= data.classes!);
  if (wrong >= 0) {
    throw new FemtoError({
      code: "data.label-range",
      where: `labels › example ${wrong}`,
      message: "label is out of range",
      expected: `0..${data.classes - 1} (${data.classes} classes)`,
      got: `${values[wrong]}`,
      hint: "labels count from 0; give the number of classes if the highest class is missing here",
    });
  }
  // A small test part may well miss classes; a training part with one class teaches nothing.
  if (data.split === "test") return;
  const present = classCounts(data)!.filter((n) => n > 0).length;
  if (present < 2) {
    throw new FemtoError({
      code: "data.one-class",
      where: "labels",
      message: "all examples have the same label",
      expected: "at least two classes",
      got: `label ${values[0]} only`,
      hint: "is the file sorted by class and cut off? shuffle it before taking a part",
    });
  }
}

function checkFinite(values: Tensor, where: string): void {
  if (!isFloat(values.dtype)) return;
  const floats = numbers(values);
  let first = -1;
  let bad = 0;
  for (let i = 0; i < floats.length; i++) {
    if (Number.isFinite(floats[i])) continue;
    if (first < 0) first = i;
    bad++;
  }
  if (bad === 0) return;
  const size = exampleSize(values);
  throw new FemtoError({
    code: "data.nan",
    where: `${where} › example ${Math.floor(first / size)}`,
    message: `${Number.isNaN(floats[first]) ? "a value is not a number (NaN)" : "a value is infinite"}`,
    expected: "finite numbers",
    got: `${floats[first]} at position ${first % size} of the example; ${bad} such value${bad === 1 ? "" : "s"} in all`,
    hint: "remove or fill in those examples before training",
  });
}
