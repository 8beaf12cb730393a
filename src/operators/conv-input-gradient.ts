/** @file ∂L/∂x of a convolution, in two forms that give the same numbers: a transposed convolution, or a convolution with the kernel turned round. */

import { fail } from "../base/errors.ts";
import type { Dim } from "../graph/dims.ts";
import { multiplyDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { chooseLowering, type InputLowering } from "./conv-lowering.ts";
import { dimsOf, type Emit } from "./emit.ts";
import { reach, type Window } from "./window.ts";

/**
 * Attributes of the ConvTranspose that undoes the bookkeeping of a window: it maps [out…] back to [in…].
 * @param spatial sizes to come back to; symbols are allowed where the stride is 1
 */
export function transposeAttributes(
  window: Window,
  spatial: readonly Dim[],
  out: readonly Dim[],
): { strides: readonly number[]; dilations: readonly number[]; pads: number[]; output_padding: number[] } {
  const far = reach(window);
  const ends = spatial.map((size, axis) => {
    const stride = window.strides[axis]!;
    const count = out[axis]!;
    if (typeof size === "number" && typeof count === "number") {
      // What the transposed windows cover beyond the input is cut off; what they leave uncovered is zero.
      return (count - 1) * stride + far[axis]! - window.begin[axis]! - size;
    }
    if (stride === 1) return window.end[axis]!;
    return fail({
      code: "gradient.symbol",
      message: `a window of stride ${stride} over dimension ${size} leaves a rest that is not known`,
      hint: "bind the spatial dimensions before asking for gradients",
    });
  });
  return {
    strides: window.strides,
    dilations: window.dilations,
    pads: [...window.begin, ...ends.map((end) => Math.max(0, end))],
    output_padding: ends.map((end) => Math.max(0, -end)),
  };
}

/** [O, I/g, k…] → [I, O/g, k…] with every kernel turned round. */
function turned(g: Emit, w: Value, group: number): Value {
  const [o, i, ...kernel] = dimsOf(w) as number[];
  const taps = kernel.reduce((product, size) => product * size, 1);
  const grouped = g.transpose(g.reshape(w, [group, o! / group, i!, taps]), [0, 2, 1, 3]);
  const reversed =
    taps === 1 ? grouped : g.op("Slice", [grouped, g.ints([-1]), g.ints([-taps - 1]), g.ints([3]), g.ints([-1])]);
  return g.reshape(reversed, [multiplyDims(i!, group), o! / group, ...kernel]);
}

/** The forms that exist for given strides. */
export const inputLowerings = (strides: readonly number[]): InputLowering[] =>
  strides.every((stride) => stride === 1) ? ["transpose", "flip"] : ["transpose"];

/** Whether the form "flip" fits: stride 1 and no more padding than the kernel reaches. */
const canFlip = (window: Window): boolean =>
  reach(window).every(
    (size, axis) => window.strides[axis] === 1 && window.begin[axis]! < size && window.end[axis]! < size,
  );

/** @param given the weight, ∂L/∂y and the dimensions of x */
export function inputGradient(
  g: Emit,
  { w, dy, dims }: { w: Value; dy: Value; dims: readonly Dim[] },
  group: number,
  window: Window,
): Value {
  const lowering = g.lowerings["Conv.dX"] ?? chooseLowering("dX", { w: dimsOf(w), out: dimsOf(dy), window, group });
  if (lowering === "flip" && canFlip(window)) {
    const far = reach(window);
    const pads = [window.begin, window.end].flatMap((side) => side.map((pad, axis) => far[axis]! - 1 - pad));
    return g.op("Conv", [dy, turned(g, w, group)], { group, pads, dilations: window.dilations });
  }
  const attributes = transposeAttributes(window, dims.slice(2), dimsOf(dy).slice(2));
  return g.op("ConvTranspose", [dy, w], { group, ...attributes });
}
