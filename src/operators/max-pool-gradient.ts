/**
 * @file ∂L/∂x of MaxPool. Where windows tile the input (window = stride, no padding), each window's gradient is shared
 * equally among its greatest elements, found again by comparing x with y: asking the forward pass for indices would cost
 * a multiple of the pool itself. Elsewhere a second pool with indices is made and its gradient scattered; there the
 * first of equal elements takes all.
 */

import { type Dim, multiplyDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, dtypeOf, type Emit } from "./emit.ts";
import type { PoolAttributes } from "./pooling.ts";

const span = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);

/** Whether windows tile the input, a rest at the end aside. */
export function tiles(at: PoolAttributes, spatial: readonly Dim[]): spatial is readonly number[] {
  const strides = at.strides ?? at.kernel_shape.map(() => 1);
  const isPlain =
    (at.auto_pad === "VALID" || (at.auto_pad === "NOTSET" && (at.pads ?? []).every((pad) => pad === 0))) &&
    (at.dilations ?? []).every((dilation) => dilation === 1);
  return (
    isPlain &&
    at.kernel_shape.every((size, axis) => {
      const dim = spatial[axis]!;
      return size === strides[axis] && typeof dim === "number" && (!at.ceil_mode || dim % size === 0);
    })
  );
}

/** Gradient of MaxPool with respect to its input. */
export function maxPoolGradient(
  g: Emit,
  [x]: readonly Value[],
  [dy]: readonly Value[],
  at: PoolAttributes & { storage_order: number },
  [y]: readonly Value[],
): (Value | undefined)[] {
  if (dy === undefined) return [undefined];
  const [batch, channels, ...spatial] = dimsOf(x!) as [Dim, Dim, ...Dim[]];
  const isTiled = tiles(at, spatial) && g.lowerings["MaxPool.dX"] !== "scatter";
  return [
    isTiled ? shared(g, { x: x!, y: y!, dy, lead: [batch, channels] }, at.kernel_shape) : scattered(g, x!, dy, at),
  ];
}

/** dx = [x = y]·dy / (how many equal y), window by window. */
function shared(
  g: Emit,
  { x, y, dy, lead }: { x: Value; y: Value; dy: Value; lead: readonly Dim[] },
  kernel: readonly number[],
): Value {
  const spatial = dimsOf(x).slice(2) as number[];
  const out = spatial.map((size, axis) => Math.floor(size / kernel[axis]!));
  const covered = out.map((size, axis) => size * kernel[axis]!);
  const axes = span(2, kernel.length);
  const isWhole = covered.every((size, axis) => size === spatial[axis]);
  const cut = isWhole ? x : g.op("Slice", [x, g.ints(axes.map(() => 0)), g.ints(covered), g.ints(axes)]);
  // [N, C, h·k, w·k] as [N, C, h, k, w, k]; results as [N, C, h, 1, w, 1]
  const wide = [...lead, ...out.flatMap((size, axis) => [size, kernel[axis]!])];
  const narrow = [...lead, ...out.flatMap((size) => [size, 1])];
  const windowAxes = kernel.map((_, axis) => 2 * axis + 3);
  const isGreatest = g.cast(g.op("Equal", [g.reshape(cut, wide), g.reshape(y, narrow)]), dtypeOf(x));
  const share = g.div(g.reshape(dy, narrow), g.sum(isGreatest, windowAxes, true));
  const dx = g.reshape(g.mul(isGreatest, share), [...lead, ...covered]);
  if (isWhole) return dx;
  return g.op("Pad", [dx, g.ints([0, 0, ...axes.map(() => 0), 0, 0, ...spatial.map((size, i) => size - covered[i]!)])]);
}

/** dx = zeros, with dy added where a second pool finds the greatest elements. */
function scattered(g: Emit, x: Value, dy: Value, at: PoolAttributes): Value {
  const { kernel_shape, strides, pads, dilations, auto_pad, ceil_mode } = at;
  const again = { kernel_shape, strides, pads, dilations, auto_pad, ceil_mode };
  const [, indices] = g.ops("MaxPool", [x], again, 2);
  const size = multiplyDims(...dimsOf(x));
  const shape = typeof size === "number" ? g.ints([size]) : g.op("Reshape", [g.op("Size", [x]), g.ints([1])]);
  const zeros = g.op("Expand", [g.scalar(x, 0), shape]);
  const count = multiplyDims(...dimsOf(dy));
  const flat = g.op("ScatterElements", [zeros, g.reshape(indices!, [count]), g.reshape(dy, [count])], {
    axis: 0,
    reduction: "add",
  });
  return g.reshapeLike(flat, x);
}
