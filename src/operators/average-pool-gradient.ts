/** @file ∂L/∂x of AveragePool: each output's gradient, divided by how many elements it averaged, spread over its window. */

import { fail } from "../base/errors.ts";
import { sizeOf } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { transposeAttributes } from "./conv-input-gradient.ts";
import { dimsOf, type Emit } from "./emit.ts";
import { enlarged, tiles } from "./max-pool-gradient.ts";
import { type PoolAttributes, poolPlaces, poolWindow } from "./pooling.ts";
import { padding } from "./window.ts";

/** @throws FemtoError `gradient.symbol` where the window's place depends on a symbolic size */
export function averagePoolGradient(
  g: Emit,
  x: Value,
  dy: Value,
  at: PoolAttributes & { count_include_pad: boolean },
): Value {
  const [, channels, ...spatial] = dimsOf(x) as [Dim, Dim, ...Dim[]];
  if (tiles(at, spatial)) return spread(g, dy, spatial, at.kernel_shape);
  if (typeof channels === "string") {
    return fail({ code: "gradient.symbol", message: `the number of channels ${channels} of a pool must be a number` });
  }
  const window = poolWindow(at, dimsOf(x));
  const kernel = g.tensorLike(x, [channels, 1, ...window.kernel], new Array(channels * sizeOf(window.kernel)).fill(1));
  const out = dimsOf(dy).slice(2);
  const attributes = transposeAttributes(window, spatial, out);
  return g.op("ConvTranspose", [g.div(dy, counts(g, x, at)), kernel], { group: channels, ...attributes });
}

/** How many elements each output averages: one number, or one for each position. */
function counts(g: Emit, x: Value, at: PoolAttributes & { count_include_pad: boolean }): Value {
  const spatial = dimsOf(x).slice(2);
  const window = poolWindow(at, dimsOf(x));
  const taps = sizeOf(window.kernel);
  const isPadded = [...window.begin, ...window.end].some((pad) => pad > 0);
  if (!at.ceil_mode && (at.count_include_pad || !isPadded)) return g.scalar(x, taps);
  const symbol = spatial.find((dim) => typeof dim === "string");
  if (symbol !== undefined) {
    fail({
      code: "gradient.symbol",
      message: `how many elements a window averages at the border depends on dimension ${symbol}`,
      hint: "bind the spatial dimensions before asking for gradients",
    });
  }
  const places = poolPlaces(at, [1, 1, ...(spatial as number[])]);
  const least = at.count_include_pad ? padding : 0;
  const numbers = Array.from(places.origins, (origin) =>
    places.taps.reduce((count, tap) => count + (places.source[origin + tap]! >= least ? 1 : 0), 0),
  );
  return g.tensorLike(x, [1, 1, ...places.out], numbers);
}

/** Where windows tile the input: every element gets its window's share. */
function spread(g: Emit, dy: Value, spatial: readonly number[], kernel: readonly number[]): Value {
  const dx = enlarged(g, g.scale(dy, 1 / sizeOf(kernel)), kernel);
  const covered = dimsOf(dx).slice(2) as number[];
  const rests = spatial.map((size, axis) => size - covered[axis]!);
  if (rests.every((rest) => rest === 0)) return dx;
  return g.op("Pad", [dx, g.ints([0, 0, ...rests.map(() => 0), 0, 0, ...rests])]);
}
