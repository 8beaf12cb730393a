/**
 * @file Labels as found (numbers, texts, one-hot rows) to labels as trained on: int32 class indices, or float32 targets.
 * Where the data leave open which of the two is meant, that is an error and not a guess.
 */

import { isFloat } from "../base/dtype.ts";
import { FemtoError, fail } from "../base/errors.ts";
import { describe, numbers, reshaped, type Tensor } from "../base/tensor.ts";

export type Task = "classification" | "regression";

export interface LabelOptions {
  /** What the labels are; found out from their type where not given. */
  readonly task?: Task;
  /** Number of classes, where the data may lack the highest ones. */
  readonly classes?: number;
}

export interface Labels {
  /** In the order given: int32 [N] where `classes` is set, else float32. */
  readonly parts: readonly Tensor[];
  readonly classes?: number;
  readonly classNames?: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Encodes the labels of all parts of a data set together, so that equal labels get equal indices.
 * @param parts labels of train and, where there is one, test
 */
export function encodeLabels(parts: readonly Tensor[], where: string, options: LabelOptions = {}): Labels {
  const flat = parts.map((part) =>
    part.dims.length === 2 && part.dims[1] === 1 ? reshaped(part, [part.dims[0]!]) : part,
  );
  if (flat.some((part) => part.dtype === "string")) return encodeNames(flat, where, options);
  if (flat.every((part) => part.dims.length === 2) && options.task !== "regression") {
    const indices = flat.map(fromOneHot);
    if (indices.every((part) => part !== undefined)) {
      const classes = flat[0]!.dims[1]!;
      return { parts: indices, classes, notes: ["one-hot labels turned into class indices"] };
    }
  }
  return taskOf(flat, where, options) === "regression"
    ? { parts: flat.map(toTargets), notes: [] }
    : encodeIndices(flat, where, options);
}

function encodeNames(parts: readonly Tensor[], where: string, { task, classes }: LabelOptions): Labels {
  if (task === "regression") {
    fail({ code: "labels.task", where, message: "texts cannot be regressed on", expected: "numbers", got: "texts" });
  }
  const texts = parts.map((part) => Array.from(part.data as ArrayLike<unknown>, String));
  const names = [...new Set(texts.flat())].sort();
  if (classes !== undefined && names.length > classes) {
    fail({
      code: "data.label-range",
      where,
      message: "more different labels than classes",
      expected: `${classes} classes`,
      got: `${names.length}: ${names.slice(0, 20).join(", ")}`,
    });
  }
  const indexOf = new Map(names.map((name, index) => [name, index]));
  return {
    parts: texts.map((part) => ({
      dtype: "int32",
      dims: [part.length],
      data: Int32Array.from(part, (text) => indexOf.get(text)!),
    })),
    classes: classes ?? names.length,
    classNames: names,
    notes: [],
  };
}

function taskOf(parts: readonly Tensor[], where: string, { task }: LabelOptions): Task {
  if (task !== undefined) return task;
  if (parts.some((part) => part.dims.length !== 1)) return "regression";
  if (!parts.some((part) => isFloat(part.dtype))) return "classification";
  const whole = parts.every((part) => numbers(part).every((value) => Number.isInteger(value)));
  if (!whole) return "regression";
  return fail({
    code: "labels.task",
    where,
    message: "labels are whole numbers of a floating-point type: they may be classes or quantities",
    got: parts.map(describe).join(", "),
    hint: "say which: task classification or task regression",
  });
}

function encodeIndices(parts: readonly Tensor[], where: string, options: LabelOptions): Labels {
  const values = parts.map(numbers);
  let highest = 0;
  for (const [index, part] of parts.entries()) {
    if (part.dims.length !== 1) {
      fail({
        code: "data.label-shape",
        where,
        message: "class labels must be one index per example",
        got: describe(part),
      });
    }
    for (const [example, value] of values[index]!.entries()) {
      if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) highest = Math.max(highest, value);
      else {
        throw new FemtoError({
          code: "data.label-range",
          where: `${where} › example ${example}`,
          message: "this is no class index",
          expected: "a whole number from 0",
          got: `${value}`,
          hint: "number the classes from 0; for quantities say task regression",
        });
      }
    }
  }
  const total = values.reduce((sum, part) => sum + part.length, 0);
  if (options.classes === undefined && highest >= total) {
    fail({
      code: "data.label-range",
      where,
      message: "labels need more classes than there are examples",
      got: `greatest label ${highest}, ${total} examples`,
      hint: "for quantities say task regression; else give the number of classes",
    });
  }
  return {
    parts: values.map((part) => ({ dtype: "int32", dims: [part.length], data: Int32Array.from(part) })),
    classes: options.classes ?? highest + 1,
    notes: [],
  };
}

/** [N, C] rows with a single one, else zeros, to [N] indices; undefined where any row is something else. */
function fromOneHot(part: Tensor): Tensor | undefined {
  const [total = 0, classes = 0] = part.dims;
  const values = numbers(part);
  const indices = new Int32Array(total).fill(-1);
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) continue;
    const row = Math.floor(i / classes);
    if (values[i] !== 1 || indices[row] !== -1) return undefined;
    indices[row] = i % classes;
  }
  return indices.includes(-1) ? undefined : { dtype: "int32", dims: [total], data: indices };
}

const toTargets = (part: Tensor): Tensor =>
  part.dtype === "float32" ? part : { dtype: "float32", dims: part.dims, data: Float32Array.from(numbers(part)) };
