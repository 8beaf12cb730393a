/**
 * @file A matrix product as the vectors of a systolic array: tiles of R rows and C columns, weights shifted in, data rows
 * streamed, sums gathered where they leave. Tiles of K are summed outside the array, as its accumulators would.
 */

import { fail } from "../base/errors.ts";
import type { Circuit } from "./circuit.ts";
import { systolicArray } from "./generators/systolic-array.ts";
import type { Machine, Values } from "./verilog/index.ts";

/** Whole numbers, row by row. */
export type Matrix = readonly (readonly number[])[];

/** One result to be read: the sum for data row `t` and output `m` is in column `column` of `p_o` at `cycle`. */
interface Reading {
  readonly cycle: number;
  readonly column: number;
  readonly t: number;
  readonly m: number;
}

export interface ArrayProduct {
  /** Inputs cycle by cycle, the reset first. */
  readonly vectors: readonly Values[];
  readonly tiles: number;
  /** Cycles of one tile: R to load, T + R + C − 2 to stream; the next tile's first weights enter as the last sum leaves. */
  readonly cyclesPerTile: number;
  /** W · A from the outputs of every cycle: T rows of M numbers. */
  gather(outputs: readonly Values[]): number[][];
}

interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly weightBits: number;
  readonly activationBits: number;
  readonly accumulatorBits: number;
  readonly isActivationSigned: boolean;
}

/**
 * The vectors that make an array multiply.
 * @param array a circuit of the generator `systolic`
 * @param weights K × M
 * @param activations T × K
 * @throws FemtoError `circuits.shape`, `circuits.range`, `circuits.overflow`
 */
export function arrayProduct(array: Circuit, weights: Matrix, activations: Matrix): ArrayProduct {
  if (array.generator !== systolicArray.id) {
    fail({
      code: "circuits.shape",
      where: array.name,
      message: "this circuit is no systolic array",
      got: array.generator,
    });
  }
  const shape = array.parameters as Shape;
  const { rows, columns } = shape;
  const [inputs, outputs, steps] = [weights.length, weights[0]?.length ?? 0, activations.length];
  checkOperands(shape, weights, activations);
  const idle = { rst_i: 0n, load_i: 0n, w_i: 0n, a_i: 0n };
  const vectors: Values[] = [{ ...idle, rst_i: 1n }];
  const readings: Reading[] = [];
  let tiles = 0;
  for (let k = 0; k < inputs; k += rows) {
    for (let m = 0; m < outputs; m += columns) {
      tiles++;
      for (let r = rows - 1; r >= 0; r--) {
        const row = range(columns).map((c) => weights[k + r]?.[m + c] ?? 0);
        vectors.push({ ...idle, load_i: 1n, w_i: pack(row, shape.weightBits) });
      }
      const start = vectors.length;
      for (const [t, data] of activations.entries()) {
        vectors.push({
          ...idle,
          a_i: pack(
            range(rows).map((r) => data[k + r] ?? 0),
            shape.activationBits,
          ),
        });
        for (const column of range(Math.min(columns, outputs - m))) {
          readings.push({ cycle: start + t + rows + column, column, t, m: m + column });
        }
      }
      // The last sum leaves column C − 1 at start + T − 1 + R + C − 1, when the next tile begins to load.
      for (let drain = 0; drain < rows + columns - 2; drain++) vectors.push(idle);
    }
  }
  vectors.push(idle);
  return {
    vectors,
    tiles,
    cyclesPerTile: 2 * rows + columns + steps - 2,
    gather(seen) {
      const sums = range(steps).map(() => range(outputs).map(() => 0));
      for (const { cycle, column, t, m } of readings) {
        const bits = seen[cycle]!.p_o! >> BigInt(column * shape.accumulatorBits);
        sums[t]![m]! += Number(BigInt.asIntN(shape.accumulatorBits, bits));
      }
      return sums;
    },
  };
}

/** Runs vectors on a machine. @returns its outputs, cycle by cycle */
export const runVectors = (machine: Machine, vectors: Iterable<Values>): Values[] =>
  Array.from(vectors, (values) => machine.step(values));

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Number i in bits i·width and up. */
const pack = (values: readonly number[], width: number): bigint =>
  values.reduce((bits, value, i) => bits | (BigInt.asUintN(width, BigInt(value)) << BigInt(i * width)), 0n);

function checkOperands(shape: Shape, weights: Matrix, activations: Matrix): void {
  const { rows, weightBits, activationBits, accumulatorBits, isActivationSigned } = shape;
  const [inputs, outputs] = [weights.length, weights[0]?.length ?? 0];
  const isWhole = weights.every((row) => row.length === outputs) && activations.every((row) => row.length === inputs);
  if (!isWhole || inputs === 0 || outputs === 0 || activations.length === 0) {
    fail({
      code: "circuits.shape",
      where: "operands of the array",
      message: "the matrices do not fit one another",
      expected: "weights K × M, activations T × K",
      got: `${inputs} × ${outputs}, ${activations.length} × ${activations[0]?.length ?? 0}`,
    });
  }
  checkRange("weights", weights, weightBits, true);
  checkRange("activations", activations, activationBits, isActivationSigned);
  const most = (matrix: Matrix) => Math.max(...matrix.map((row) => Math.max(...row.map(Math.abs))));
  const largest = Math.min(rows, inputs) * most(weights) * most(activations);
  if (largest < 2 ** (accumulatorBits - 1)) return;
  fail({
    code: "circuits.overflow",
    where: "operands of the array",
    message: "a sum over the rows may leave the accumulator",
    expected: `below 2^${accumulatorBits - 1}`,
    got: `up to ${largest}`,
    hint: "a wider accumulator, or fewer rows",
  });
}

function checkRange(name: string, matrix: Matrix, bits: number, isSigned: boolean): void {
  const [least, most] = isSigned ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  const wrong = matrix.flat().find((value) => !Number.isInteger(value) || value < least || value > most);
  if (wrong === undefined) return;
  fail({
    code: "circuits.range",
    where: name,
    message: `a value is no ${isSigned ? "signed" : "unsigned"} integer of ${bits} bits`,
    expected: `${least} to ${most}`,
    got: String(wrong),
    hint: "quantise first; these are integers, not scaled values",
  });
}
