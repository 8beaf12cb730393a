/** @file Einsum: sums of products over named axes, "bij,bjk->bik". ONNX Einsum-12. */

import { isInteger } from "../base/dtype.ts";
import { f32, sizeOf, stridesOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { required, text } from "./attributes.ts";
import { type EinsumTerms, einsumSizes, einsumText, freshLetter, parseEinsum } from "./einsum-terms.ts";
import { dimsOf, type Emit, rankOf } from "./emit.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { sameTypes } from "./shapes.ts";

const termsOf = (equation: string, inputs: readonly { dims: readonly unknown[] }[]): EinsumTerms =>
  parseEinsum(
    equation,
    inputs.map(({ dims }) => dims.length),
  );

/** For every position of `letters`, in row-major order, the flat offset into an operand whose axes have the letters `own`. */
function offsets(
  letters: readonly string[],
  sizes: ReadonlyMap<string, number>,
  own: readonly string[],
  dims: readonly number[],
): Int32Array {
  const strides = stridesOf(dims);
  const steps = letters.map((letter) =>
    own.reduce((sum, other, axis) => sum + (other === letter && dims[axis] !== 1 ? strides[axis]! : 0), 0),
  );
  const extent = letters.map((letter) => sizes.get(letter)!);
  const table = new Int32Array(sizeOf(extent));
  let filled = Math.min(1, table.length);
  for (const [axis, size] of [...extent.entries()].reverse()) {
    // Repeat what is filled once for each further position of this axis
    for (let position = 1; position < size; position++) {
      for (let i = 0; i < filled; i++) table[position * filled + i] = table[i]! + position * steps[axis]!;
    }
    filled *= size;
  }
  return table;
}

function contract(
  terms: EinsumTerms,
  inputs: readonly Tensor[],
): { dims: number[]; values: Float64Array<ArrayBuffer>; macs: number } {
  const sizes = einsumSizes(
    terms,
    inputs.map(({ dims }) => dims),
  );
  const dims = terms.output.map((letter) => sizes.get(letter)!);
  const operands = inputs.map((input, i) => ({
    values: doubles(input),
    outer: offsets(terms.output, sizes, terms.inputs[i]!, input.dims),
    inner: offsets(terms.summed, sizes, terms.inputs[i]!, input.dims),
  }));
  const values = new Float64Array(sizeOf(dims));
  const length = operands[0]!.inner.length;
  let macs = 0;
  for (let i = 0; i < values.length; i++) {
    let sum = 0;
    for (let k = 0; k < length; k++) {
      let product = 1;
      for (const { values: own, outer, inner } of operands) product *= own[outer[i]! + inner[k]!]!;
      sum += product;
    }
    values[i] = sum;
    macs += operands.length > 1 ? length : 0;
  }
  return { dims, values, macs };
}

/** ∂L/∂(operand `which`): the other operands and dy contracted to its letters. */
function operandGradient(g: Emit, terms: EinsumTerms, inputs: readonly Value[], which: number, dy: Value): Value {
  const own = terms.inputs[which]!;
  const others = inputs.flatMap((value, i) => (i === which ? [] : [{ value, letters: terms.inputs[i]! }]));
  const given = [{ value: dy, letters: terms.output }, ...others];
  const present = new Set(given.flatMap(({ letters }) => letters));
  // A letter that stands twice in the operand picks a diagonal: its second place gets a letter and an identity of its own
  const unique = own.filter((letter, axis) => own.indexOf(letter) === axis);
  const reached = unique.filter((letter) => present.has(letter));
  const summed = g.op(
    "Einsum",
    given.map(({ value }) => value),
    {
      equation: einsumText(
        given.map(({ letters }) => letters),
        reached,
      ),
    },
  );
  const lost = unique.flatMap((letter, axis) => (present.has(letter) ? [] : [axis]));
  const wide = lost.length === 0 ? summed : g.op("Unsqueeze", [summed, g.ints(lost)]);
  if (unique.length === own.length) {
    const dims = dimsOf(inputs[which]!);
    const fits = dimsOf(wide).every((dim, axis) => dim === dims[axis] || (dims[axis] === 1 && dim !== 1));
    const full = fits ? wide : g.op("Expand", [wide, g.op("Shape", [inputs[which]!])]);
    return g.sumTo(full, inputs[which]!);
  }
  return onDiagonal(g, wide, unique, own, inputs[which]!);
}

/** Puts values with the letters `unique` on the diagonals of `x`, whose letters `own` repeat some. */
function onDiagonal(g: Emit, value: Value, unique: readonly string[], own: readonly string[], x: Value): Value {
  const used = [...own];
  const spread: string[] = [];
  const operands = [value];
  const letters: string[][] = [[...unique]];
  for (const [axis, letter] of own.entries()) {
    if (!spread.includes(letter)) {
      spread.push(letter);
      continue;
    }
    const twin = freshLetter(used);
    used.push(twin);
    spread.push(twin);
    const size = dimsOf(x)[axis] as number;
    operands.push(
      g.tensorLike(
        x,
        [size, size],
        Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0)),
      ),
    );
    letters.push([letter, twin]);
  }
  const shape = g.op("Shape", [x]);
  return g.op("Expand", [g.op("Einsum", operands, { equation: einsumText(letters, spread) }), shape]);
}

export const Einsum = operator("Einsum", {
  since: 12,
  arity: [1, Number.POSITIVE_INFINITY],
  attributes: { equation: required(text()) },
  shape: (inputs, { equation }) => {
    sameTypes(...inputs);
    const { dtype } = inputs[0]!;
    if (inputs.some(({ dims }) => dims === undefined)) return [{ dtype, dims: undefined }];
    const shapes = inputs.map(({ dims }) => dims!);
    const terms = parseEinsum(
      equation,
      shapes.map((dims) => dims.length),
    );
    const sizes = einsumSizes(terms, shapes);
    return [{ dtype, dims: terms.output.map((letter) => sizes.get(letter)!) }];
  },
  run: (inputs, { equation }, context) => {
    const { dims, values, macs } = contract(termsOf(equation, inputs), inputs);
    context.tally.mac += macs;
    return [fromNumbers(inputs[0]!.dtype, dims, isInteger(inputs[0]!.dtype) ? values.map(Math.trunc) : values)];
  },
  // ∂L/∂xᵢ contracts dy with all other operands to the letters of xᵢ; letters of xᵢ alone were summed: they spread again
  gradient: (g, inputs, [dy], { equation }) => {
    const terms = parseEinsum(equation, inputs.map(rankOf));
    return inputs.map((_, which) => operandGradient(g, terms, inputs, which, dy!));
  },
  work: (inputs, [y], { equation }) => {
    const terms = termsOf(equation, inputs);
    const sizes = einsumSizes(
      terms,
      inputs.map(({ dims }) => dims),
    );
    const letters = [...terms.output, ...terms.summed];
    const total = sizeOf(letters.map((letter) => sizes.get(letter)!));
    const products = Math.max(0, inputs.length - 2) * total;
    const index = (own: readonly string[]) => own.map((letter): Record<string, number> => ({ [letter]: 1 }));
    return {
      loops: letters.map((name) => ({ name, size: sizes.get(name)! })),
      ops: [
        inputs.length > 1 ? { op: "mac", count: total } : { op: "add", count: total },
        ...(products > 0 ? [{ op: "multiply" as const, count: products }] : []),
      ],
      access: [
        ...inputs.map(({ dims }, input) => ({
          tensor: { input },
          role: "read" as const,
          elements: sizeOf(dims),
          index: index(terms.inputs[input]!),
        })),
        { tensor: { output: 0 }, role: "accumulate", elements: sizeOf(y!.dims), index: index(terms.output) },
      ],
    };
  },
  examples: [
    {
      name: "a matrix product",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6]), f32([3, 2], [7, 8, 9, 10, 11, 12])],
      attributes: { equation: "ij, jk -> ik" },
      expected: [f32([2, 2], [58, 64, 139, 154])],
    },
    {
      name: "a batched product, output not spelled out",
      inputs: [f32([2, 1, 2], [1, 2, 3, 4]), f32([2, 2, 1], [1, -1, 0.5, 2])],
      attributes: { equation: "bij,bjk" },
      // b stands twice, so it is summed like j: (1 − 2) + (1.5 + 8)
      expected: [f32([1, 1], [8.5])],
    },
    {
      name: "transpose",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6])],
      attributes: { equation: "ij->ji" },
      expected: [f32([3, 2], [1, 4, 2, 5, 3, 6])],
    },
    {
      name: "the sum of rows",
      inputs: [f32([2, 3], [1, 2, 3, 4, 5, 6])],
      attributes: { equation: "ij->i" },
      expected: [f32([2], [6, 15])],
    },
    {
      name: "a batched diagonal",
      inputs: [f32([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])],
      attributes: { equation: "...ii->...i" },
      expected: [f32([2, 2], [1, 4, 5, 8])],
    },
    {
      name: "the trace",
      inputs: [f32([2, 2], [1, 2, 3, 4])],
      attributes: { equation: "ii" },
      expected: [f32([], [5])],
    },
    {
      name: "three operands",
      inputs: [f32([2], [1, 2]), f32([2, 2], [1, 0.5, -1, 2]), f32([2], [3, -1])],
      attributes: { equation: "i,ij,j->" },
      // 1·(3 − 0.5) + 2·(−3 − 2)
      expected: [f32([], [-7.5])],
    },
    {
      name: "hidden axes broadcast",
      inputs: [f32([2, 1, 2], [1, 2, 3, 4]), f32([1, 3, 2], [1, -1, 2, 0.5, 0, 1])],
      attributes: { equation: "...k,...k->...k" },
      expected: [f32([2, 3, 2], [1, -2, 2, 1, 0, 2, 3, -4, 6, 2, 0, 4])],
    },
    {
      name: "int32",
      inputs: [tensor("int32", [2], [3, -4]), tensor("int32", [2], [5, 6])],
      attributes: { equation: "i,i->" },
      expected: [tensor("int32", [], [-9])],
    },
  ],
});
