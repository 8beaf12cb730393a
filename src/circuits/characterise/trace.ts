/**
 * @file What passes through a weight-stationary array in one layer, as matrices of integers: O = W·A. Row k of A enters array row
 * k mod R, column by column; a processing element holds W[m, k] and adds its product to the partial sum from above.
 */

import { fail } from "../../base/errors.ts";

/** Whole numbers in row-major order. */
export type IntegerMatrix = Int8Array | Uint8Array | Int16Array | Int32Array;

export interface LayerTrace {
  readonly name: string;
  /** W: outputs × inputs. */
  readonly weights: IntegerMatrix;
  /** A: inputs × steps; columns in the order in which they enter (im2col: raster within an image, images one after the other). */
  readonly activations: IntegerMatrix;
  /** M, output channels. */
  readonly outputs: number;
  /** K, products per output. */
  readonly inputs: number;
  /** T, columns of A. */
  readonly steps: number;
}

/** A weight-stationary systolic array. */
export interface SystolicArray {
  readonly rows: number;
  readonly columns: number;
  readonly activationBits: number;
  readonly weightBits: number;
  readonly accumulatorBits: number;
}

/** 64 × 64 elements; 22 = 16 bits of product + log2 64. */
export const defaultArray: SystolicArray = {
  rows: 64,
  columns: 64,
  activationBits: 8,
  weightBits: 8,
  accumulatorBits: 22,
};

/** Largest magnitude of a weight: symmetric, −127 … 127 for 8 bits. */
export const largestWeight = (bits: number): number => 2 ** (bits - 1) - 1;

function checkArray(array: SystolicArray): void {
  const limits = { rows: 65536, columns: 65536, activationBits: 10, weightBits: 10, accumulatorBits: 31 } as const;
  for (const [name, most] of Object.entries(limits)) {
    const value = array[name as keyof typeof limits];
    const least = name.endsWith("Bits") ? 2 : 1;
    if (!Number.isInteger(value) || value < least || value > most) {
      fail({
        code: "array.size",
        where: `array › ${name}`,
        message: "out of range",
        expected: `an integer from ${least} to ${most}`,
        got: String(value),
      });
    }
  }
}

function checkValues(where: string, values: IntegerMatrix, low: number, high: number): void {
  const index = values.findIndex((value: number) => value < low || value > high);
  if (index >= 0) {
    fail({
      code: "trace.range",
      where,
      message: "a value does not fit the array's operands",
      expected: `${low} … ${high}`,
      got: `${values[index]} at ${index}`,
    });
  }
}

/**
 * Refuses what cannot be characterised.
 * @throws FemtoError `array.size`, `trace.type`, `trace.size`, `trace.steps`, `trace.range`, `trace.overflow`
 */
export function checkTrace(trace: LayerTrace, array: SystolicArray): void {
  checkArray(array);
  const { name, weights, activations, outputs, inputs, steps } = trace;
  for (const [what, values, size] of [
    ["weights", weights, outputs * inputs],
    ["activations", activations, inputs * steps],
  ] as const) {
    const where = `layer ${name} › ${what}`;
    if (
      !(
        values instanceof Int8Array ||
        values instanceof Uint8Array ||
        values instanceof Int16Array ||
        values instanceof Int32Array
      )
    ) {
      fail({
        code: "trace.type",
        where,
        message: "not a matrix of integers",
        expected: "Int8Array, Uint8Array, Int16Array or Int32Array",
        got: Object.prototype.toString.call(values).slice(8, -1),
        hint: "quantise first: floating-point values have no bits that an array sees",
      });
    }
    if (values.length !== size || size === 0) {
      fail({
        code: "trace.size",
        where,
        message: "the matrix does not have the size that was said",
        expected: `${what === "weights" ? `${outputs} × ${inputs}` : `${inputs} × ${steps}`} = ${size}, not 0`,
        got: String(values.length),
      });
    }
  }
  if (steps < 2) {
    fail({
      code: "trace.steps",
      where: `layer ${name}`,
      message: "one column has no transitions",
      expected: "T ≥ 2",
      got: `T = ${steps}`,
      hint: "stream several images through the layer",
    });
  }
  const mostWeight = largestWeight(array.weightBits);
  const lowActivation = -(2 ** (array.activationBits - 1));
  checkValues(`layer ${name} › weights`, weights, -mostWeight, mostWeight);
  checkValues(`layer ${name} › activations`, activations, lowActivation, -lowActivation - 1);
  checkSums(name, inputs, array);
}

/**
 * Refuses arrays in which the largest sum of a full column of one tile, min(R, K) · 127 · 128, passes the accumulator: known from a
 * layer's shape, before there are activations. A bias is added behind the array and is in none of these sums.
 * @param inputs K, products per output
 * @throws FemtoError `array.size`, `trace.overflow`
 */
export function checkSums(layer: string, inputs: number, array: SystolicArray): void {
  checkArray(array);
  const mostWeight = largestWeight(array.weightBits);
  const mostActivation = 2 ** (array.activationBits - 1);
  const products = Math.min(array.rows, inputs);
  const largest = products * mostWeight * mostActivation;
  if (largest < 2 ** (array.accumulatorBits - 1)) return;
  fail({
    code: "trace.overflow",
    where: `layer ${layer}`,
    message: "partial sums can overflow the accumulator",
    expected: `${products} rows · ${mostWeight} · ${mostActivation} = ${largest} < 2^${array.accumulatorBits - 1}`,
    got: `${array.accumulatorBits} bits`,
    hint: `${Math.ceil(Math.log2(largest + 1)) + 1} bits hold them`,
  });
}

/**
 * Walks over every processing element, giving the partial sums that enter it: p[t] for all steps from `from` to below `to`. The
 * array that is handed over is used again for the next element.
 */
export function forEachElement(
  { weights, activations, outputs, inputs, steps }: LayerTrace,
  { rows }: SystolicArray,
  span: { from: number; to: number },
  visit: (element: { output: number; input: number; weight: number; partialSums: Int32Array }) => void,
  outputStride = 1,
): void {
  const { from, to } = span;
  const partialSums = new Int32Array(to - from);
  for (let output = 0; output < outputs; output += outputStride) {
    for (let input = 0; input < inputs; input++) {
      if (input % rows === 0) partialSums.fill(0);
      const weight = weights[output * inputs + input]!;
      visit({ output, input, weight, partialSums });
      const row = input * steps + from;
      for (let t = 0; t < partialSums.length; t++) partialSums[t]! += weight * activations[row + t]!;
    }
  }
}
