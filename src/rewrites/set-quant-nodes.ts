/** @file What a `femto.SetQuant` node with constant scale, table and mask says, and the integer codes of its weight. */

import { fail } from "../base/errors.ts";
import { roundHalfEven } from "../base/soft-float.ts";
import { numbers, stridesOf, type Tensor } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";

/** The grid of one quantiser: x̂ = scale·table[code + most], −most ≤ code ≤ most. */
export interface SetGrid {
  readonly bits: number;
  /** One scale, or one for each index along `axis`. */
  readonly scales: Float32Array;
  readonly axis: number;
  readonly most: number;
  readonly table: ArrayLike<number>;
  /** One 0 or 1 for each element. */
  readonly mask?: ArrayLike<number>;
}

export const isSetQuant = (node: Node | undefined): node is Node => node?.kind === "femto.SetQuant";

/** @throws FemtoError `quantize.constant` where scale, table or mask are no constants */
export function setGridOf(node: Node): SetGrid {
  const constant = (index: number, name: string): Tensor =>
    node.inputs[index]?.constant ??
    fail({ code: "quantize.constant", where: node.describe(), message: `the ${name} is not a constant` });
  const table = numbers(constant(2, "table"));
  const most = (table.length - 1) / 2;
  return {
    bits: 1 + Math.ceil(Math.log2(most + 1)),
    scales: Float32Array.from(numbers(constant(1, "scale"))),
    axis: (node.attributes.axis?.value as number | undefined) ?? -1,
    most,
    table,
    ...(node.inputs[3] !== undefined && { mask: numbers(constant(3, "mask")) }),
  };
}

/** Where each element of the weight finds its scale. */
function scaleAt({ scales, axis }: SetGrid, dims: readonly number[]): (i: number) => number {
  if (axis < 0) return () => scales[0]!;
  const stride = stridesOf(dims)[axis]!;
  return (i) => scales[Math.floor(i / stride) % scales.length]!;
}

/** round(x/s), clipped: what the weight would be without its set. */
export function latentCodes(weight: Tensor, grid: SetGrid): Int16Array<ArrayBuffer> {
  const scale = scaleAt(grid, weight.dims);
  return Int16Array.from(numbers(weight), (value, i) =>
    Math.max(-grid.most, Math.min(grid.most, roundHalfEven(Math.fround(value / scale(i))))),
  );
}

/** What is stored: the same through table and mask. */
export function codesOf(weight: Tensor, grid: SetGrid): Int16Array<ArrayBuffer> {
  const { table, mask, most } = grid;
  const codes = latentCodes(weight, grid);
  for (const [i, code] of codes.entries()) codes[i] = table[code + most]! * (mask === undefined ? 1 : mask[i]!);
  return codes;
}

/** The values that the table leaves, ascending. */
export const valuesOf = ({ table }: SetGrid): number[] => [...new Set(Array.from(table))].sort((a, b) => a - b);
