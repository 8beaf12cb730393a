/**
 * @file Layers of a network on a systolic array: the array that holds them, one stream of vectors for all of them, and the check
 * that the array's sums are the accumulators of the integer reference.
 */

import { fail } from "../base/errors.ts";
import {
  type ArrayProduct,
  arrayProduct,
  type Circuit,
  type Machine,
  runVectors,
  type Values,
} from "../circuits/index.ts";
import type { LayerProduct } from "./network-products.ts";

/** Parameters of the generator `systolic`. */
export interface ArrayWidths {
  readonly rows: number;
  readonly columns: number;
  readonly weightBits: number;
  readonly activationBits: number;
  readonly accumulatorBits: number;
  readonly isActivationSigned: boolean;
}

const extent = (matrices: readonly LayerProduct["weights"][]): [number, number] => {
  let [least, most] = [0, 0];
  for (const row of matrices.flat())
    for (const value of row) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return [least, most];
};

/** Bits of the narrowest two's complement that holds both. */
const signedBits = (least: number, most: number): number => 1 + Math.ceil(Math.log2(Math.max(-least, most + 1, 1)));

/** The narrowest array of R × C elements that holds the operands and every sum over its rows. */
export function narrowestArray(products: readonly LayerProduct[], rows: number, columns: number): ArrayWidths {
  const [leastW, mostW] = extent(products.map(({ weights }) => weights));
  const [leastA, mostA] = extent(products.map(({ activations }) => activations));
  const isActivationSigned = leastA < 0;
  const depth = Math.min(rows, Math.max(...products.map(({ weights }) => weights.length)));
  const largest = depth * Math.max(-leastW, mostW) * Math.max(-leastA, mostA);
  const activationBits = isActivationSigned ? signedBits(leastA, mostA) : Math.max(1, Math.ceil(Math.log2(mostA + 1)));
  const weightBits = Math.max(2, signedBits(leastW, mostW));
  const product = weightBits + activationBits + (isActivationSigned ? 0 : 1);
  const accumulatorBits = Math.max(signedBits(-largest, largest), product);
  return { rows, columns, weightBits, activationBits, accumulatorBits, isActivationSigned };
}

export interface LayerOnArray {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly columns: readonly number[];
  readonly tiles: number;
  readonly cyclesPerTile: number;
  /** The layer's vectors in the stream; the first is a reset. */
  readonly from: number;
  readonly cycles: number;
}

export interface NetworkOnArray {
  readonly vectors: readonly Values[];
  readonly layers: readonly LayerOnArray[];
  /** Sums of each layer, T × M, from the outputs of every cycle. */
  gather(outputs: readonly Values[]): number[][][];
}

/** The layers one after the other, each after a reset. @throws FemtoError those of `arrayProduct` */
export function networkOnArray(array: Circuit, products: readonly LayerProduct[]): NetworkOnArray {
  const runs: ArrayProduct[] = [];
  const layers: LayerOnArray[] = [];
  let from = 0;
  for (const { name, weights, activations, columns } of products) {
    const run = arrayProduct(array, weights, activations);
    const cycles = run.vectors.length;
    const { tiles, cyclesPerTile } = run;
    layers.push({
      name,
      inputs: weights.length,
      outputs: weights[0]!.length,
      columns,
      tiles,
      cyclesPerTile,
      from,
      cycles,
    });
    runs.push(run);
    from += cycles;
  }
  return {
    vectors: runs.flatMap(({ vectors }) => vectors),
    layers,
    gather: (outputs) =>
      runs.map((run, i) => run.gather(outputs.slice(layers[i]!.from, layers[i]!.from + layers[i]!.cycles))),
  };
}

/**
 * Runs the stream on a machine (the array's model, its modules, its netlist) and holds every sum against the reference.
 * @returns how many sums were compared
 * @throws FemtoError `array.sum` with layer, column and output of the first difference
 */
export function checkOnArray(machine: Machine, run: NetworkOnArray, products: readonly LayerProduct[]): number {
  const found = run.gather(runVectors(machine, run.vectors));
  let compared = 0;
  for (const [i, { name, sums, columns }] of products.entries()) {
    for (const [t, row] of sums.entries()) {
      for (const [m, expected] of row.entries()) {
        const got = found[i]![t]![m]!;
        compared++;
        if (got === expected) continue;
        fail({
          code: "array.sum",
          where: `layer ${name} › column ${columns[t]} › output ${m}`,
          message: "the array's sum is not the accumulator of the integer reference",
          expected: String(expected),
          got: String(got),
        });
      }
    }
  }
  return compared;
}
