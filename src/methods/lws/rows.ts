/** @file A weight's numbers as the array holds them, outputs × inputs, whatever the order in which the file stores them. */

import type { Node } from "../../graph/node.ts";

type Numbers = Int16Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Matrices are stored inputs × outputs unless a Gemm says otherwise; kernels are stored by outputs. */
export const isByOutputs = (node: Node): boolean => node.op.includes("Conv") || node.attributes.transB?.value === 1;

/** @param dims of the weight as the layer reads it */
export function asRows<T extends Numbers>(node: Node, dims: readonly number[], values: T): T {
  if (isByOutputs(node)) return values;
  const [inputs, outputs] = dims as [number, number];
  const rows = values.slice() as T;
  for (let k = 0; k < inputs; k++) for (let m = 0; m < outputs; m++) rows[m * inputs + k] = values[k * outputs + m]!;
  return rows;
}

/** The way back: rows in the order in which the file stores the weight. */
export function fromRows<T extends Numbers>(node: Node, dims: readonly number[], rows: T): T {
  if (isByOutputs(node)) return rows;
  const [inputs, outputs] = dims as [number, number];
  const values = rows.slice() as T;
  for (let k = 0; k < inputs; k++) for (let m = 0; m < outputs; m++) values[k * outputs + m] = rows[m * inputs + k]!;
  return values;
}
