/**
 * @file Table: what a CSV or Parquet file holds — columns of numbers that become the inputs, and one column that may
 * hold anything and becomes the labels.
 */

import { fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";

export interface Table {
  /** Names of the input columns, in order. */
  readonly features: readonly string[];
  /** float32 [rows, features] */
  readonly inputs: Tensor;
  readonly labelName?: string;
  /** [rows]: int32 where every label is a whole number, float64 for other numbers, string otherwise. */
  readonly labels?: Tensor;
}

/**
 * Which column holds the labels: its name, its index (negative: from the end), `null` for none.
 * Left out: the only column named label, class, target or y, else the last one.
 */
export type LabelColumn = string | number | null | undefined;

const usualNames = ["label", "class", "target", "y"];

/** The index of the label column, or −1 where the table has none. */
export function labelIndex(label: LabelColumn, names: readonly string[], where: string): number {
  if (label === null) return -1;
  if (label === undefined) {
    const usual = names.flatMap((name, index) => (usualNames.includes(name.toLowerCase()) ? [index] : []));
    return usual.length === 1 ? usual[0]! : names.length - 1;
  }
  const named = typeof label === "string" ? names.indexOf(label) : -1;
  if (named >= 0) return named;
  const number = Number(label);
  const index = number < 0 ? names.length + number : number;
  if (Number.isInteger(index) && index >= 0 && index < names.length && label !== "") return index;
  return fail({
    code: "table.label",
    where,
    message: `there is no column ${JSON.stringify(label)} to take the labels from`,
    expected: `0..${names.length - 1}, or one of: ${names.slice(0, 40).join(", ")}${names.length > 40 ? " …" : ""}`,
    got: String(label),
  });
}

/** Labels as they were read to the narrowest tensor that holds all of them. */
export function labelTensor(values: readonly (string | number)[]): Tensor {
  const dims = [values.length];
  const asNumbers = Float64Array.from(values, (value) =>
    typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value),
  );
  if (!values.every((value, i) => typeof value === "number" || Number.isFinite(asNumbers[i])))
    return { dtype: "string", dims, data: values.map(String) };
  // "3.0" says that the column is not one of indices.
  const whole = values.every((value, i) =>
    typeof value === "string" ? /^\s*[+-]?\d+\s*$/.test(value) : Number.isInteger(asNumbers[i]),
  );
  if (!whole || asNumbers.some((value) => Math.abs(value) >= 2 ** 31))
    return { dtype: "float64", dims, data: asNumbers };
  return { dtype: "int32", dims, data: Int32Array.from(asNumbers) };
}
