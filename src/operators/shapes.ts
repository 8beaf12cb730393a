/** @file Shape rules that several operators share: broadcasting, axes, same type. */

import { fail } from "../base/errors.ts";
import type { Dim } from "../graph/dims.ts";
import type { Inferred, Known } from "./operator.ts";

/** NumPy broadcasting of several shapes; a symbol against 1 gives the symbol, against a number > 1 gives the number. */
export function broadcastDims(...shapes: (readonly Dim[])[]): Dim[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    let result: Dim = 1;
    for (const shape of shapes) {
      const dim = shape[axis - rank + shape.length];
      if (dim === undefined || dim === 1 || dim === result) continue;
      if (result === 1 || (typeof result === "string" && typeof dim === "number")) result = dim;
      else if (typeof dim === "number") {
        fail({
          code: "shape.broadcast",
          message: `shapes ${shapes.map((s) => `[${s.join(", ")}]`).join(" and ")} do not broadcast`,
          expected: "equal dimensions, or 1",
          got: `${result} against ${dim} on axis ${axis}`,
        });
      }
    }
    return result;
  });
}

/** Output of an element-wise operator over all inputs that are present. */
export function broadcastShape(inputs: readonly (Known | undefined)[], dtype = inputs[0]!.dtype): Inferred[] {
  const present = inputs.filter((input) => input !== undefined);
  if (present.some((input) => input.dims === undefined)) return [{ dtype, dims: undefined }];
  return [{ dtype, dims: broadcastDims(...present.map((input) => input.dims!)) }];
}

/** Output like the first input. */
export const sameShape = ([x]: readonly Known[]): Inferred[] => [{ dtype: x!.dtype, dims: x!.dims }];

/** A possibly negative axis as an index. @throws FemtoError `shape.axis` */
export function axisIndex(axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= Math.max(rank, 1)) {
    fail({
      code: "shape.axis",
      message: `axis ${axis} is out of range`,
      expected: `${-rank} to ${rank - 1} for rank ${rank}`,
    });
  }
  return axis < 0 ? axis + rank : axis;
}

/** Refuses inputs of different element types. */
export function sameTypes(...inputs: readonly (Known | undefined)[]): void {
  const present = inputs.filter((input) => input !== undefined);
  const other = present.find((input) => input.dtype !== present[0]!.dtype);
  if (other !== undefined) {
    fail({
      code: "shape.dtype",
      message: "inputs have different element types",
      expected: present[0]!.dtype,
      got: other.dtype,
    });
  }
}

/** Refuses an input of another rank; unknown ranks pass. */
export function checkRank(input: Known, rank: number, name: string): void {
  if (input.dims !== undefined && input.dims.length !== rank) {
    fail({
      code: "shape.rank",
      where: `input ${name}`,
      message: `has ${input.dims.length} dimensions, expected ${rank}`,
      got: `[${input.dims.join(", ")}]`,
    });
  }
}
