/**
 * @file Unrolling: which loops run in space, along which dimension of the array. A loop that the array does not divide
 * takes ⌈size / places⌉ steps in time; over these steps its mean share of the array is `exact`, which need not be whole.
 * Energy follows the mean, time the whole number of places that every step fills.
 */

import { fail } from "../../base/errors.ts";
import type { NestArchitecture } from "./architecture.ts";
import type { NestLayer } from "./layer.ts";

/** Array dimension → loop → places asked for: `{ D1: { K: 32 }, D2: { C: 32 } }`. */
export type Wanted = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Unroll {
  readonly dimension: string;
  /** Index in `layer.loops`. */
  readonly loop: number;
  /** size = steps in time × product of the exact places over the dimensions. */
  readonly exact: number;
  readonly whole: number;
}

export interface Unrolling {
  readonly unrolls: readonly Unroll[];
  /** What remains to be done in time, per loop of the layer. */
  readonly steps: readonly number[];
}

/**
 * Fits a wish to a layer: no more places than the dimension has or the loop needs; loops that the layer lacks are left
 * out, so that one wish serves convolutions and products.
 * @throws FemtoError `nest.unrolling`
 */
export function fitUnrolling(layer: NestLayer, { name, array }: NestArchitecture, wanted: Wanted): Unrolling {
  const stranger = Object.keys(wanted).find((key) => array.dimensions.every((dimension) => dimension.name !== key));
  if (stranger !== undefined) {
    fail({
      code: "nest.unrolling",
      where: name,
      message: `the array has no dimension ${stranger}`,
      expected: array.dimensions.map((dimension) => dimension.name).join(", "),
    });
  }
  const rest = layer.loops.map(({ size }) => size);
  const places: { dimension: string; loop: number; count: number }[] = [];
  for (const { name: dimension, size } of array.dimensions) {
    let free = size;
    for (const [loopName, count] of Object.entries(wanted[dimension] ?? {})) {
      const loop = layer.loops.findIndex((entry) => entry.name === loopName);
      if (loop < 0) continue;
      const given = Math.min(count, size, rest[loop]!);
      if (!Number.isSafeInteger(count) || count < 1 || given > free) {
        fail({
          code: "nest.unrolling",
          where: `${name} › ${dimension}`,
          message: `cannot take ${count} places of ${loopName}`,
          expected: `a whole number, at most ${Math.floor(free)}`,
          got: `${count} of the ${size} places`,
        });
      }
      free /= given;
      rest[loop] = Math.ceil(rest[loop]! / given);
      places.push({ dimension, loop, count: given });
    }
  }
  const steps = layer.loops.map(({ size }, loop) => {
    const inSpace = places.reduce((product, entry) => (entry.loop === loop ? product * entry.count : product), 1);
    return Math.ceil(size / inSpace);
  });
  return { steps, unrolls: places.map((entry) => ({ ...entry, ...shares(entry, places, layer, steps) })) };
}

/** What does not divide falls on the widest dimension that the loop runs along; the others are full. */
function shares(
  entry: { loop: number; count: number },
  places: readonly { loop: number; count: number }[],
  layer: NestLayer,
  steps: readonly number[],
): { exact: number; whole: number } {
  const same = places.filter(({ loop }) => loop === entry.loop);
  const widest = same.find(({ count }) => count === Math.max(...same.map((other) => other.count)));
  if (entry !== widest) return { exact: entry.count, whole: entry.count };
  const others = same.reduce((product, other) => (other === entry ? product : product * other.count), 1);
  const exact = layer.loops[entry.loop]!.size / (steps[entry.loop]! * others);
  return { exact, whole: Math.max(1, Math.floor(exact)) };
}
