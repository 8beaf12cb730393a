/**
 * @file Window: the sliding window that Conv, the pools and their relatives share — attributes, padding, output sizes,
 * and flat index tables for plain loops over any number of spatial axes.
 */

import { fail } from "../base/errors.ts";
import { sizeOf, stridesOf } from "../base/tensor.ts";
import { addDims, type Dim, mapDim } from "../graph/dims.ts";
import { ints, text } from "./attributes.ts";

/** The attributes that all windowed operators have. */
export const windowAttributes = {
  auto_pad: text("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"),
  dilations: ints(),
  pads: ints(),
  strides: ints(),
};

export interface WindowAttributes {
  readonly auto_pad: string;
  readonly dilations: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
}

/** One entry per spatial axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding in front of each axis and behind it. */
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

/** How far a kernel reaches along each axis: (k − 1)·dilation + 1. */
export const reach = ({ kernel, dilations }: Pick<Window, "kernel" | "dilations">): number[] =>
  kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);

/** Reads an attribute with one entry per axis. */
function perAxis(
  name: string,
  values: readonly number[] | undefined,
  count: number,
  fallback: number,
): readonly number[] {
  if (values === undefined || (values.length === 0 && count > 0)) return new Array<number>(count).fill(fallback);
  if (values.length !== count || values.some((value) => value < fallback)) {
    fail({
      code: "attribute.window",
      where: `attribute ${name}`,
      message: `needs ${count} whole numbers of at least ${fallback}`,
      got: `[${values.join(", ")}]`,
    });
  }
  return values;
}

/**
 * The window of a node.
 * @param spatial sizes of the spatial axes of the input; only SAME padding with a stride above 1 needs them as numbers
 * @throws FemtoError `attribute.window`, `shape.symbol`
 */
export function windowOf(at: WindowAttributes, kernel: readonly number[], spatial: readonly Dim[]): Window {
  const rank = kernel.length;
  if (spatial.length !== rank) {
    fail({
      code: "shape.rank",
      message: `the kernel has ${rank} axes, the input ${spatial.length} spatial ones`,
      expected: "as many",
    });
  }
  const strides = perAxis("strides", at.strides, rank, 1);
  const dilations = perAxis("dilations", at.dilations, rank, 1);
  if (at.auto_pad === "NOTSET") {
    const pads = perAxis("pads", at.pads, 2 * rank, 0);
    return { kernel, strides, dilations, begin: pads.slice(0, rank), end: pads.slice(rank) };
  }
  const none = new Array<number>(rank).fill(0);
  if (at.auto_pad === "VALID") return { kernel, strides, dilations, begin: none, end: none };
  const totals = reach({ kernel, dilations }).map((size, axis) => {
    const stride = strides[axis]!;
    if (stride === 1) return size - 1;
    const dim = spatial[axis]!;
    if (typeof dim === "string") {
      return fail({
        code: "shape.symbol",
        message: `SAME padding with stride ${stride} depends on dimension ${dim}`,
        hint: "bind the spatial dimensions first",
      });
    }
    return Math.max(0, (Math.ceil(dim / stride) - 1) * stride + size - dim);
  });
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total) => Math.ceil(total / 2));
  const isUpper = at.auto_pad === "SAME_UPPER";
  return { kernel, strides, dilations, begin: isUpper ? small : large, end: isUpper ? large : small };
}

/** Output sizes; with `isCeil`, a last window that hangs over the end counts unless it begins behind the input. */
export function slidDims(window: Window, spatial: readonly Dim[], isCeil = false): Dim[] {
  return reach(window).map((size, axis) => {
    const [stride, begin] = [window.strides[axis]!, window.begin[axis]!];
    const slack = begin + window.end[axis]! - size;
    const dim = spatial[axis]!;
    if (stride === 1) return checkSize(addDims(dim, slack + 1), dim, size);
    const sizes = mapDim(dim, `${isCeil ? "ceil" : "floor"}((_+${slack})/${stride}+1)`, (input) => {
      if (!isCeil) return Math.floor((input + slack) / stride) + 1;
      const count = Math.ceil((input + slack) / stride) + 1;
      return (count - 1) * stride >= input + begin ? count - 1 : count;
    });
    return checkSize(sizes, dim, size);
  });
}

/** Output sizes of a node; SAME padding is defined by them, not the other way round. */
export function windowDims(
  at: WindowAttributes,
  kernel: readonly number[],
  spatial: readonly Dim[],
  isCeil = false,
): Dim[] {
  if (at.auto_pad.startsWith("SAME")) {
    const strides = perAxis("strides", at.strides, kernel.length, 1);
    return spatial.map((dim, axis) => {
      const stride = strides[axis]!;
      return stride === 1 ? dim : mapDim(dim, `ceil(_/${stride})`, (size) => Math.ceil(size / stride));
    });
  }
  return slidDims(windowOf(at, kernel, spatial), spatial, isCeil && at.auto_pad === "NOTSET");
}

function checkSize(size: Dim, input: Dim, kernel: number): Dim {
  if (typeof size === "number" && size < 1 && input !== 0) {
    fail({
      code: "shape.window",
      message: "the kernel does not fit into the padded input",
      expected: `at least ${kernel} elements along every axis`,
      got: `${input} and padding`,
    });
  }
  return typeof size === "number" ? Math.max(0, size) : size;
}

/** Marks in {@link Places.source}: padding that the attributes ask for, and the overhang of ceil mode. */
export const padding = -1;
export const overhang = -2;

/** Flat index tables of a window over one channel. */
export interface Places {
  /** Output sizes. */
  readonly out: readonly number[];
  /** For every element of the padded channel, its index in the channel itself, or {@link padding}, {@link overhang}. */
  readonly source: Int32Array;
  /** For every output position, the padded index of its first tap. */
  readonly origins: Int32Array;
  /** For every tap, its padded distance from the first. */
  readonly taps: Int32Array;
}

/** @param out output sizes, where ceil mode makes them larger than {@link slidDims} without it */
export function placesOf(
  window: Window,
  spatial: readonly number[],
  out = slidDims(window, spatial) as number[],
): Places {
  const far = reach(window);
  const padded = spatial.map((size, axis) =>
    Math.max(window.begin[axis]! + size + window.end[axis]!, (out[axis]! - 1) * window.strides[axis]! + far[axis]!),
  );
  const paddedStrides = stridesOf(padded);
  const spatialStrides = stridesOf(spatial);
  const source = flatTable(padded, (position, axis) => {
    const own = position - window.begin[axis]!;
    if (own >= 0 && own < spatial[axis]!) return own * spatialStrides[axis]!;
    return position < window.begin[axis]! + spatial[axis]! + window.end[axis]! ? padding : overhang;
  });
  const origins = flatTable(out, (position, axis) => position * window.strides[axis]! * paddedStrides[axis]!);
  const taps = flatTable(window.kernel, (position, axis) => position * window.dilations[axis]! * paddedStrides[axis]!);
  return { out, source, origins, taps };
}

/** Sums `part` over the axes for every position of `dims`; a negative part wins over all others (the least one). */
function flatTable(dims: readonly number[], part: (position: number, axis: number) => number): Int32Array {
  const table = new Int32Array(sizeOf(dims));
  const parts = dims.map((size, axis) => Int32Array.from({ length: size }, (_, position) => part(position, axis)));
  const strides = stridesOf(dims);
  for (let i = 0; i < table.length; i++) {
    let sum = 0;
    let mark = 0;
    for (let axis = 0; axis < dims.length; axis++) {
      const value = parts[axis]![Math.floor(i / strides[axis]!) % dims[axis]!]!;
      if (value < mark) mark = value;
      sum += value;
    }
    table[i] = mark < 0 ? mark : sum;
  }
  return table;
}

/** Loop names of the spatial axes: `w`, `h w`, `d h w`, and numbers beyond. */
export function axisNames(rank: number): string[] {
  return rank <= 3 ? ["d", "h", "w"].slice(3 - rank) : Array.from({ length: rank }, (_, axis) => `${axis}`);
}
