/**
 * @file femto.SetQuant: x̂ = s·π(round(x/s)), a quantiser whose codes may take chosen values only (LWS sheet, section 6). The
 * projection π is a table: entry c + m is what code c becomes, for all codes −m … m; so ties, dead zones and sets are all one
 * thing, and the scale s is given, never fitted. A mask of zeros and ones takes single elements out.
 *
 * Clip, then round half to even. Gradient: straight through on the grid, nothing outside it or where the mask is 0.
 */

import { fail } from "../base/errors.ts";
import { roundHalfEven } from "../base/soft-float.ts";
import { f32, numbers, scalar, sizeOf, type Tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { int } from "./attributes.ts";
import { dimsOf, type Emit } from "./emit.ts";
import { broadcastIndices, fromNumbers } from "./loops.ts";
import { masked } from "./masks.ts";
import { type Known, operator } from "./operator.ts";
import { streaming } from "./work.ts";

interface SetQuantAttributes {
  /** Axis of per-channel scales; −1 for one scale. */
  readonly axis: number;
}

/** m of a table of 2m + 1 entries. */
function mostOf(entries: number): number {
  if (entries >= 3 && entries % 2 === 1) return (entries - 1) / 2;
  return fail({
    code: "shape.table",
    where: "input table",
    message: "not one entry for each code −m … m",
    expected: "an odd number of entries, at least 3",
    got: String(entries),
  });
}

function run([x, scale, table, mask]: readonly Tensor[], { axis }: SetQuantAttributes): Tensor {
  const r = x!.dtype === "float32" ? Math.fround : (value: number) => value;
  const most = mostOf(sizeOf(table!.dims));
  const dims = x!.dims.map((dim, i) => (i === axis ? dim : 1));
  const index = axis < 0 ? new Int32Array(sizeOf(x!.dims)) : broadcastIndices(dims, x!.dims);
  const [scales, entries] = [numbers(scale!), numbers(table!)];
  const kept = mask && numbers(mask);
  const out = Float64Array.from(numbers(x!), (value, i) => {
    const s = scales[index[i]!]!;
    const code = Math.max(-most, Math.min(most, roundHalfEven(r(value / s))));
    return r(entries[code + most]! * (kept === undefined ? 1 : kept[i]!) * s);
  });
  return fromNumbers(x!.dtype, x!.dims, out);
}

/** The scale, shaped so that it broadcasts along `axis` of x. */
function wide(g: Emit, scale: Value, x: Value, axis: number): Value {
  if (axis < 0) return scale;
  return g.reshape(
    scale,
    dimsOf(x).map((dim, i) => (i === axis ? dim : 1)),
  );
}

/** round(x/s), and the same clipped to the table. */
function codesOf(g: Emit, x: Value, scale: Value, most: number): { code: Value; clipped: Value } {
  const code = g.op("Round", [g.div(x, scale)]);
  return { code, clipped: g.op("Clip", [code, g.scalar(x, -most), g.scalar(x, most)]) };
}

const entriesOf = (table: Known | Value): number | undefined => {
  const dims = "type" in table ? table.type?.dims : (table as Known).dims;
  return typeof dims?.[0] === "number" ? dims[0] : undefined;
};

function body(g: Emit, [x, scale, table, mask]: readonly (Value | undefined)[], axis: number): Value {
  const most = mostOf(entriesOf(table!) ?? 0);
  const step = wide(g, scale!, x!, axis);
  const { clipped } = codesOf(g, x!, step, most);
  const at = g.op("Cast", [g.add(clipped, g.scalar(x!, most))], { to: "int64" });
  const projected = g.op("Gather", [table, at], { axis: 0 });
  return g.mul(mask === undefined ? projected : g.mul(projected, mask), step);
}

const x = f32([2, 3], [0.31, -0.72, 0.055, 0.93, -1.4, 0.48]);
/** Codes −3 … 3 onto {−3, 0, 2}: 1 lies halfway and goes to 0, −1 to 0, −2 to −3. */
const table = f32([7], [-3, -3, 0, 0, 0, 2, 2]);

export const SetQuant = operator("SetQuant", {
  domain: "femto",
  since: 1,
  arity: [3, 4],
  attributes: { axis: int(-1) },
  shape: ([input, , entries]) => {
    const count = entries === undefined ? undefined : entriesOf(entries);
    if (count !== undefined) mostOf(count);
    return [{ dtype: input!.dtype, dims: input!.dims }];
  },
  run: (inputs, at) => [run(inputs, at as SetQuantAttributes)],
  // ∂L/∂x = dy·mask·1[|round(x/s)| ≤ m]
  gradient: (g, [input, scale, entries, mask], [dy], at) => {
    const most = mostOf(entriesOf(entries!) ?? 0);
    const { code, clipped } = codesOf(g, input!, wide(g, scale!, input!, at.axis), most);
    const inside = masked(g, dy!, g.op("Equal", [code, clipped]));
    return [mask === undefined ? inside : g.mul(inside, mask)];
  },
  body: (g, inputs, at) => [body(g, inputs, at.axis)],
  work: (inputs, outputs) => {
    const size = sizeOf(inputs[0]!.dims);
    return streaming(inputs, outputs, { divide: size, round: size, compare: 2 * size, add: size, multiply: size });
  },
  tolerance: 0,
  examples: [
    {
      name: "three values",
      inputs: [x, scalar("float32", 0.25), table],
      // Codes 1, −3, 0, 3 (clipped from 4), −3 (from −6), 2
      expected: [f32([2, 3], [0, -0.75, 0, 0.5, -0.75, 0.5])],
      gradientOf: [],
    },
    {
      name: "a scale for each channel, one element masked",
      inputs: [x, f32([3], [0.25, 0.5, 0.125]), table, f32([2, 3], [1, 0, 1, 1, 1, 1])],
      attributes: { axis: 1 },
      // Codes 1, (−1), 0; 3 (from 4), −3, 3 (from 4)
      expected: [f32([2, 3], [0, 0, 0, 0.5, -1.5, 0.25])],
      gradientOf: [],
    },
  ],
});
