/**
 * @file Which of several equal graphs a convolution's gradient becomes: that which was fastest on the nearest shape of
 * a measured table. The choice depends on the shape alone, never on a stopwatch at run time, so that it can be repeated.
 */

import type { Dim } from "../graph/dims.ts";
import { measured } from "./conv-lowering-table.ts";
import type { Window } from "./window.ts";

export type InputLowering = "transpose" | "flip";
export type WeightLowering = "conv" | "volume" | "shifts" | "im2col" | "products" | "planes";

/** What the choice looks at: w [O, I/g, k…], dy [N, O, out…] (the batch does not matter), strides and groups. */
export interface ConvShape {
  readonly w: readonly Dim[];
  readonly out: readonly Dim[];
  readonly window: Pick<Window, "strides">;
  readonly group: number;
}

const product = (dims: readonly Dim[]): number =>
  dims.reduce<number>((size, dim) => size * (typeof dim === "number" ? Math.max(1, dim) : 16), 1);

/** Coordinates of a shape: doublings of channels per group, output positions, taps, stride; depthwise lies far away. */
function coordinates({ w, out, window, group }: ConvShape): number[] {
  const isDepthwise = group > 1 && w[1] === 1;
  return [
    Math.log2(product(w.slice(1, 2))),
    Math.log2(product(w.slice(0, 1)) / group),
    Math.log2(product(out.slice(2))),
    // A kernel of one element is a matrix product, unlike all others
    2 * Math.log2(product(w.slice(2))),
    2 * Math.log2(product(window.strides) ** (1 / window.strides.length)),
    isDepthwise ? 100 : group > 1 ? 4 : 0,
  ];
}

const rows = measured.map((row) => {
  const spatial = row.x.slice(2);
  const out = spatial.map((size, axis) => Math.floor((size + 2 * row.pad - row.w[axis + 2]!) / row.stride) + 1);
  const shape = {
    w: row.w,
    out: [row.x[0]!, row.w[0]!, ...out],
    window: { strides: spatial.map(() => row.stride) },
    group: row.group,
  };
  return { at: coordinates(shape), row };
});

/** The fastest lowering, of the `possible` ones, on the nearest measured shape that has one of them. */
export function chooseLowering(which: "dX" | "dW", shape: ConvShape, possible?: readonly string[]): string {
  const here = coordinates(shape);
  let nearest = Number.POSITIVE_INFINITY;
  let chosen = possible?.[0] ?? "transpose";
  for (const { at, row } of rows) {
    const distance = at.reduce((sum, value, i) => sum + (value - here[i]!) ** 2, 0);
    const times = Object.entries(row[which] as Record<string, number>).filter(
      ([name]) => possible?.includes(name) ?? true,
    );
    if (distance >= nearest || times.length === 0) continue;
    nearest = distance;
    chosen = times.reduce((best, entry) => (entry[1] < best[1] ? entry : best))[0];
  }
  return chosen;
}
