/**
 * @file ∂L/∂w of a convolution, dw[o, i, t] = Σₙₚ dy[n, o, p] · x[n, i, p·stride + t·dilation − pad], in six forms that
 * give the same numbers up to rounding:
 *  - `conv`: x as I images of N channels, dy as kernels, stride and dilation exchanged;
 *  - `volume`: the same with the input channels as one more spatial axis, so that one large product comes out of it;
 *  - `shifts`: one batched matrix product for each tap t, on a strided slice of the padded input;
 *  - `im2col`: a convolution with one-hot kernels lays the taps out as channels, then one batched matrix product;
 *  - `products`: for depthwise convolutions, one multiplication and sum for each tap;
 *  - `planes`: for depthwise convolutions, every channel of every example is a channel of one image with dy as kernels.
 */

import { fail } from "../base/errors.ts";
import { sizeOf } from "../base/tensor.ts";
import { type Dim, multiplyDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { chooseLowering, type WeightLowering } from "./conv-lowering.ts";
import { dimsOf, type Emit } from "./emit.ts";
import type { Window } from "./window.ts";

/** What the forms need: x [N, g·I, in…], dy [N, g·O, out…], dw [g·O, I, k…]. */
interface Given {
  readonly x: Value;
  readonly dy: Value;
  readonly batch: Dim;
  readonly group: number;
  /** Per group. */
  readonly outputs: number;
  readonly inputs: number;
  readonly out: readonly number[];
  readonly spatial: readonly number[];
  readonly window: Window;
  readonly dims: readonly number[];
}

const span = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);

/** x with the window's padding made explicit. */
function padded(g: Emit, { x, window }: Given): Value {
  if ([...window.begin, ...window.end].every((pad) => pad === 0)) return x;
  return g.op("Pad", [x, g.ints([0, 0, ...window.begin, 0, 0, ...window.end])]);
}

/** For every tap, the part of the padded input that it meets: values in the shape of x with [out…] as spatial axes. */
function shifted(g: Emit, source: Value, { out, window }: Given): Value[] {
  const rank = out.length;
  const taps = window.kernel.reduce<number[][]>(
    (positions, size) => positions.flatMap((head) => span(0, size).map((tap) => [...head, tap])),
    [[]],
  );
  return taps.map((tap) => {
    const starts = tap.map((position, axis) => position * window.dilations[axis]!);
    const ends = starts.map((start, axis) => start + (out[axis]! - 1) * window.strides[axis]! + 1);
    return g.op("Slice", [source, g.ints(starts), g.ints(ends), g.ints(span(2, rank)), g.ints(window.strides)]);
  });
}

/** The first k elements of every spatial axis: strides that leave a rest give more. */
function cut(g: Emit, full: Value, { kernel }: Window): Value {
  const have = dimsOf(full).slice(2);
  if (kernel.every((size, axis) => size === have[axis])) return full;
  return g.op("Slice", [full, g.ints(kernel.map(() => 0)), g.ints(kernel), g.ints(span(2, kernel.length))]);
}

/** [N, C, in…] → [N, C·taps, out…]: what each tap sees, by a convolution with one-hot kernels. */
export function tapChannels(g: Emit, x: Value, channels: number, window: Window): Value {
  const taps = sizeOf(window.kernel);
  const oneHot = new Float64Array(channels * taps * taps);
  for (let row = 0; row < channels * taps; row++) oneHot[row * taps + (row % taps)] = 1;
  return g.op("Conv", [x, g.tensorLike(x, [channels * taps, 1, ...window.kernel], oneHot)], {
    group: channels,
    strides: window.strides,
    dilations: window.dilations,
    pads: [...window.begin, ...window.end],
  });
}

const forms: Record<WeightLowering, (g: Emit, given: Given) => Value> = {
  conv: (g, given) => {
    const { x, dy, batch, group, inputs, spatial, window, out, dims } = given;
    const rank = out.length;
    // [N, g·I, in…] → [I, g·N, in…]: the groups stay apart as groups of channels
    const lanes = g.transpose(g.reshape(x, [batch, group, inputs, ...spatial]), [2, 1, 0, ...span(3, rank)]);
    const swapped = g.reshape(lanes, [inputs, multiplyDims(batch, group), ...spatial]);
    const kernels = g.transpose(dy, [1, 0, ...span(2, rank)]);
    const full = g.op("Conv", [swapped, kernels], {
      group,
      strides: window.dilations,
      dilations: window.strides,
      pads: [...window.begin, ...window.end],
    });
    return g.reshape(g.transpose(cut(g, full, window), [1, 0, ...span(2, rank)]), dims);
  },
  volume: (g, given) => {
    const { x, dy, inputs, window, out, dims } = given;
    const rank = out.length;
    // [N, I, in…] → [1, N, in…, I]: ONNX Runtime then gathers whole rows of I neighbours
    const last = g.transpose(x, [0, ...span(2, rank), 1]);
    const box = g.op("Unsqueeze", [last, g.ints([0])]);
    const kernels = g.op("Unsqueeze", [g.transpose(dy, [1, 0, ...span(2, rank)]), g.ints([rank + 2])]);
    const full = g.op("Conv", [box, kernels], {
      strides: [...window.dilations, 1],
      dilations: [...window.strides, 1],
      pads: [...window.begin, 0, ...window.end, 0],
    });
    const taps = g.reshape(cut(g, full, window), [dims[0]!, ...window.kernel, inputs]);
    return g.transpose(taps, [0, rank + 1, ...span(1, rank)]);
  },
  shifts: (g, given) => {
    const { dy, batch, group, outputs, inputs, out, dims } = given;
    const positions = sizeOf(out);
    const rows = g.reshape(dy, [batch, group, outputs, positions]);
    const parts = shifted(g, padded(g, given), given).map((part) => {
      const columns = g.transpose(g.reshape(part, [batch, group, inputs, positions]), [0, 1, 3, 2]);
      return g.reshape(g.sum(g.matmul(rows, columns), [0]), [group * outputs, inputs, 1]);
    });
    return g.reshape(parts.length === 1 ? parts[0]! : g.op("Concat", parts, { axis: 2 }), dims);
  },
  im2col: (g, given) => {
    const { x, dy, batch, group, outputs, inputs, out, window, dims } = given;
    const taps = sizeOf(window.kernel);
    const positions = sizeOf(out);
    const columns = g.reshape(tapChannels(g, x, group * inputs, window), [batch, group, inputs * taps, positions]);
    const right = g.transpose(columns, [0, 1, 3, 2]);
    const product = g.matmul(g.reshape(dy, [batch, group, outputs, positions]), right);
    return g.reshape(g.sum(product, [0]), dims);
  },
  planes: (g, given) => {
    const { x, dy, batch, group, spatial, window, out, dims } = given;
    const channels = (batch as number) * group;
    const full = g.op("Conv", [g.reshape(x, [1, channels, ...spatial]), g.reshape(dy, [channels, 1, ...out])], {
      group: channels,
      strides: window.dilations,
      dilations: window.strides,
      pads: [...window.begin, ...window.end],
    });
    const planes = g.reshape(cut(g, full, window), [batch, group, ...window.kernel]);
    return g.reshape(g.sum(planes, [0]), dims);
  },
  products: (g, given) => {
    const { dy, batch, group, outputs, out, dims } = given;
    const positions = sizeOf(out);
    const wide = g.reshape(dy, [batch, group, outputs, positions]);
    const columns = shifted(g, padded(g, given), given).map((part) => {
      const product = g.mul(wide, g.reshape(part, [batch, group, 1, positions]));
      return g.reshape(g.sum(g.sum(product, [3]), [0]), [group * outputs, 1]);
    });
    return g.reshape(columns.length === 1 ? columns[0]! : g.op("Concat", columns, { axis: 1 }), dims);
  },
};

/**
 * @param given x, ∂L/∂y and the dimensions of w
 * @throws FemtoError `gradient.symbol` where a spatial size is symbolic
 */
export function weightGradient(
  g: Emit,
  { x, dy, dims }: { x: Value; dy: Value; dims: readonly Dim[] },
  group: number,
  window: Window,
): Value {
  const [batch, , ...spatial] = dimsOf(x) as readonly [Dim, Dim, ...Dim[]];
  const out = dimsOf(dy).slice(2);
  const symbol = [...spatial, ...out, ...dims].find((dim) => typeof dim === "string");
  if (symbol !== undefined) {
    fail({
      code: "gradient.symbol",
      message: `dimension ${symbol} of a convolution must be a number; only the batch may be symbolic`,
      hint: "bind the spatial dimensions and channels before asking for gradients",
    });
  }
  const [o, inputs] = dims as readonly number[];
  const given = {
    x,
    dy,
    batch,
    group,
    outputs: o! / group,
    inputs: inputs!,
    out: out as number[],
    spatial: spatial as number[],
    window,
    dims: dims as number[],
  };
  const asked = g.lowerings["Conv.dW"] as WeightLowering | undefined;
  const possible = weightLowerings(given.dims, group, batch);
  const form =
    asked !== undefined && possible.includes(asked)
      ? asked
      : chooseLowering("dW", { w: dims, out: dimsOf(dy), window, group }, possible);
  return forms[form as WeightLowering](g, given);
}

/** The forms that exist for a weight [O, I/g, k…]: ONNX Runtime convolves over three spatial axes at most. */
export function weightLowerings(dims: readonly number[], group: number, batch: Dim): WeightLowering[] {
  const rank = dims.length - 2;
  const isDepthwise = group > 1 && dims[0] === group && dims[1] === 1;
  return [
    "conv",
    ...(group === 1 && rank <= 2 ? (["volume"] as const) : []),
    "shifts",
    "im2col",
    ...(group > 1 && dims[1] === 1 ? (["products"] as const) : []),
    // Whole blocks of channels in two axes: otherwise ONNX Runtime would convolve plane by plane
    ...(isDepthwise && rank === 2 && typeof batch === "number" && (batch * group) % 16 === 0
      ? (["planes"] as const)
      : []),
  ];
}
