/**
 * @file femto.LutLayer: rows of lookup tables. Table j reads the bits x at mapping[j][0..n−1], the first one as the least
 * significant bit of its address, and puts out 1 where its entry is above 0 (DWN, arXiv 2410.11112; QuWeiT sheet M2).
 *
 * Tables are trainable numbers [tables, 2ⁿ], or, after training, the bits alone in 64-bit words. Without a mapping the
 * features are slots: slot k·tables + j is input k of table j, so that all first inputs stand together.
 *
 * Gradients (M3): straight through the step at 0; ∂L/∂U at the entry that was read; ∂L/∂x by extended finite differences.
 */

import { f32, i64, integers, numbers, reshaped, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { flag, float, text } from "./attributes.ts";
import { dtypeOf } from "./emit.ts";
import { checkBits, featureAxis, featureIndex, rowsIn, withFeatures } from "./feature-axis.ts";
import { fromNumbers } from "./loops.ts";
import { BETA } from "./lut-difference.ts";
import { type LutAttributes, lookUpBits, lutGradient } from "./lut-layer-graph.ts";
import { checkIndices, reader, tableShape } from "./lut-tables.ts";
import { operator } from "./operator.ts";
import { streaming } from "./work.ts";

function run([x, tables, mapping]: readonly Tensor[], { axis, strict }: LutAttributes): Tensor {
  const from = rowsIn(x!.dims, axis);
  const shape = tableShape(tables!, mapping, from.features)!;
  const places = mapping === undefined ? undefined : integers(mapping);
  if (places !== undefined) checkIndices(places, from.features);
  const values = numbers(x!);
  if (strict) checkBits(values, "x");
  const dims = withFeatures(x!.dims, axis, shape.tables) as number[];
  const to = rowsIn(dims, axis);
  const read = reader(tables!, 2 ** shape.inputs);
  const out = new Float64Array(sizeOf(dims));
  for (let m = 0; m < from.samples; m++) {
    for (let j = 0; j < shape.tables; j++) {
      let address = 0;
      for (let k = 0; k < shape.inputs; k++) {
        const feature = places === undefined ? k * shape.tables + j : places[j * shape.inputs + k]!;
        if (values[from.at(feature, m)]! > 0) address += 1 << k;
      }
      out[to.at(j, m)] = read(j, address);
    }
  }
  return fromNumbers(x!.dtype, dims, out);
}

const bits = f32([3, 3], [0, 1, 1, 1, 1, 0, 0, 0, 0]);
const mapping = reshaped(i64([0, 1, 2, 2]), [2, 2]);
const tables = f32([2, 4], [-0.5, 0.25, 0.75, -1, 1, 0.5, 0.5, -1]);

export const LutLayer = operator("LutLayer", {
  domain: "femto",
  since: 1,
  arity: [2, 3],
  attributes: {
    axis: featureAxis,
    strict: flag(false),
    difference: text("exponential", "linear", "plain"),
    alpha: float(),
    beta: float(BETA),
  },
  shape: ([x, tables, mapping], { axis }) => {
    const slots = x!.dims?.[featureIndex(axis, x!.dims.length)];
    const shape = tableShape(tables!, mapping, slots);
    const places = mapping?.constant;
    if (places !== undefined && typeof slots === "number") checkIndices(integers(places), slots);
    if (x!.dims === undefined || shape === undefined) return [{ dtype: x!.dtype, dims: undefined }];
    return [{ dtype: x!.dtype, dims: withFeatures(x!.dims, axis, shape.tables) }];
  },
  run: (inputs, at) => [run(inputs, at)],
  gradient: (g, inputs, [dy], at) => lutGradient(g, inputs as readonly Value[], dy!, at),
  body: (g, inputs, at) => [g.cast(lookUpBits(g, inputs, at), dtypeOf(inputs[0]!))],
  // A table is read at one entry, which `tableRead` counts; a mapping is wires.
  work: ([x], outputs) => streaming([x], outputs, { tableRead: sizeOf(outputs[0]!.dims) }),
  tolerance: 0,
  examples: [
    {
      name: "two tables of two inputs",
      inputs: [bits, tables, mapping],
      // Table 0 reads addresses 2, 3 and 0; table 1 has one bit twice: 3, 0 and 0.
      expected: [f32([3, 2], [1, 0, 0, 1, 0, 1])],
      gradientOf: [],
    },
    {
      name: "features first, slots in order",
      inputs: [f32([4, 3], [0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1]), tables],
      attributes: { axis: 0, strict: true },
      expected: [f32([2, 3], [1, 0, 1, 1, 1, 0])],
      gradientOf: [],
    },
    {
      name: "packed bits",
      inputs: [bits, tensor("uint64", [2, 1], [0b0110, 0b0111]), mapping],
      expected: [f32([3, 2], [1, 0, 0, 1, 0, 1])],
      gradientOf: [],
    },
    {
      name: "whatever is above 0 is a one",
      inputs: [f32([1, 3], [-0.5, 0.25, 7]), tables, mapping],
      attributes: { difference: "linear" },
      expected: [f32([1, 2], [1, 0])],
      gradientOf: [],
    },
    {
      name: "packed, seven inputs in two words",
      inputs: [
        f32([2, 7], [0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0]),
        tensor("uint64", [1, 2], [0, 4]),
        reshaped(i64([0, 1, 2, 3, 4, 5, 6]), [1, 7]),
      ],
      // Addresses 66, bit 2 of the second word, and 63.
      expected: [f32([2, 1], [1, 0])],
      gradientOf: [],
    },
  ],
});
