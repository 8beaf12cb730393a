/**
 * @file ∂L/∂x of MaxPool. Where windows tile the input (window = stride, no padding), each window's gradient is shared
 * equally among its greatest elements, found again by comparing x with y: asking the forward pass for indices would cost
 * a multiple of the pool itself. Elsewhere a second pool with indices is made and its gradient scattered; there the
 * first of equal elements takes all.
 */

import { f32, sizeOf } from "../base/tensor.ts";
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
  const isTiled = tiles(at, dimsOf(x!).slice(2)) && g.lowerings["MaxPool.dX"] !== "scatter";
  return [isTiled ? shared(g, x!, y!, dy, at.kernel_shape) : scattered(g, x!, dy, at)];
}

/** dx = [x = y]·dy / (how many equal y), window by window; what the windows leave over at the end gets nothing. */
function shared(g: Emit, x: Value, y: Value, dy: Value, kernel: readonly number[]): Value {
  const spatial = dimsOf(x).slice(2) as number[];
  const covered = spatial.map((size, axis) => Math.floor(size / kernel[axis]!) * kernel[axis]!);
  const axes = span(2, kernel.length);
  const isWhole = covered.every((size, axis) => size === spatial[axis]);
  const part = isWhole ? x : g.op("Slice", [x, g.ints(axes.map(() => 0)), g.ints(covered), g.ints(axes)]);
  const isGreatest = g.cast(g.op("Equal", [part, enlarged(g, y, kernel)]), dtypeOf(x));
  const count = g.scale(g.op("AveragePool", [isGreatest], { kernel_shape: kernel, strides: kernel }), sizeOf(kernel));
  const dx = g.mul(isGreatest, enlarged(g, g.div(dy, count), kernel));
  if (isWhole) return dx;
  return g.op("Pad", [dx, g.ints([0, 0, ...axes.map(() => 0), 0, 0, ...spatial.map((size, i) => size - covered[i]!)])]);
}

/** Every element repeated over its window. ONNX Runtime's Resize takes half the time of Concat, a twentieth of Expand's. */
export function enlarged(g: Emit, y: Value, kernel: readonly number[]): Value {
  const scales = g.constant(f32([kernel.length + 2], [1, 1, ...kernel]));
  return g.op("Resize", [y, undefined, scales], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
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
