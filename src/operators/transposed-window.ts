/** @file The window of a transposed convolution: padding and output sizes, of ConvTranspose alone. */

import { fail } from "../base/errors.ts";
import { addDims, type Dim, multiplyDims } from "../graph/dims.ts";
import { int, ints } from "./attributes.ts";
import { reach, type Window, type WindowAttributes, windowAttributes, windowOf } from "./window.ts";

export const transposeConvAttributes = {
  ...windowAttributes,
  group: int(1),
  kernel_shape: ints(),
  output_padding: ints(),
  output_shape: ints(),
};

export interface TransposeConvAttributes extends WindowAttributes {
  readonly group: number;
  readonly kernel_shape: readonly number[] | undefined;
  readonly output_padding: readonly number[] | undefined;
  readonly output_shape: readonly number[] | undefined;
}

/**
 * The window whose convolution this one transposes, and the output sizes:
 * stride·(in − 1) + output_padding + reach − begin − end, or those that `output_shape` asks for.
 */
export function transposedWindow(
  at: TransposeConvAttributes,
  kernel: readonly number[],
  spatial: readonly Dim[],
): { window: Window; out: Dim[] } {
  const bare = windowOf({ ...at, auto_pad: at.auto_pad === "NOTSET" ? "NOTSET" : "VALID" }, kernel, spatial);
  const far = reach(bare);
  const extra = at.output_padding ?? kernel.map(() => 0);
  if (extra.length !== kernel.length || extra.some((pad) => pad < 0)) {
    fail({
      code: "attribute.window",
      where: "attribute output_padding",
      message: `needs ${kernel.length} sizes of at least 0`,
    });
  }
  const full = spatial.map((size, axis) =>
    addDims(multiplyDims(addDims(size, -1), bare.strides[axis]!), far[axis]! + extra[axis]!),
  );
  const asked = at.output_shape?.slice(-kernel.length) ?? sameDims(at, bare, spatial);
  if (asked === undefined) {
    const out = full.map((size, axis) => addDims(size, -bare.begin[axis]! - bare.end[axis]!));
    return { window: shifted(bare, extra), out };
  }
  const totals = asked.map((size, axis) => {
    const all = full[axis]!;
    if (typeof size === "number" && typeof all === "number") return Math.max(0, all - size);
    if (at.output_shape === undefined) return Math.max(0, far[axis]! + extra[axis]! - bare.strides[axis]!);
    return fail({ code: "shape.symbol", message: `output_shape needs a known input size, not ${spatial[axis]}` });
  });
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total) => Math.ceil(total / 2));
  const isUpper = at.auto_pad === "SAME_UPPER";
  const window = { ...bare, begin: isUpper ? small : large, end: isUpper ? large : small };
  return { window: shifted(window, extra), out: [...asked] };
}

/** Output padding takes back padding at the end first; only what goes beyond it is an uncovered rest. */
const shifted = (window: Window, extra: readonly number[]): Window => ({
  ...window,
  end: window.end.map((pad, axis) => Math.max(0, pad - extra[axis]!)),
});

/** SAME padding: the output is the input times the stride. */
function sameDims(at: TransposeConvAttributes, { strides }: Window, spatial: readonly Dim[]): Dim[] | undefined {
  if (!at.auto_pad.startsWith("SAME")) return undefined;
  return spatial.map((size, axis) => multiplyDims(size, strides[axis]!));
}
