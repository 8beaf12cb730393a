/**
 * @file Addressing: which loops choose elements of an operand, and how many different elements a set of loops touches.
 * A loop is *irrelevant* to an operand that it does not address (the same element again: reuse), *relevant* where it
 * alone runs along an axis, and *windowed* where it shares an axis with another (positions and taps of a convolution,
 * whose elements overlap).
 */

import type { LayerOperand, NestLayer } from "./layer.ts";

export interface Addressing {
  /** Per loop, in the layer's order. Loops of one step are neither. */
  readonly isIrrelevant: readonly boolean[];
  readonly isRelevant: readonly boolean[];
  /** Different elements that loops of these sizes touch; sizes of windowed loops are rounded down. */
  elements(sizes: ArrayLike<number>): number;
}

interface Window {
  readonly loops: readonly [number, number];
  readonly steps: readonly [number, number];
  readonly extent: number;
}

/** The elements that a·i + b·j reaches for i < m and j < n. Counted as the m·n pairs less those that repeat another. */
export function distinct([a, b]: readonly [number, number], [m, n]: readonly [number, number]): number {
  const common = greatestDivisor(a, b);
  // (i, j) and (i + b/g, j − a/g) are one element
  return m * n - Math.max(0, m - b / common) * Math.max(0, n - a / common);
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** Loop indices are those of `layer.loops`. */
export function addressingOf({ loops }: NestLayer, { axes }: LayerOperand): Addressing {
  const indexOf = (loop: string) => loops.findIndex(({ name }) => name === loop);
  const alone: number[] = [];
  const windows: Window[] = [];
  for (const { steps, extent = Number.POSITIVE_INFINITY } of axes) {
    const [first, second] = Object.entries(steps);
    if (first === undefined) continue;
    if (second === undefined) alone.push(indexOf(first[0]));
    else windows.push({ loops: [indexOf(first[0]), indexOf(second[0])], steps: [first[1], second[1]], extent });
  }
  const windowed = new Set(windows.flatMap(({ loops: pair }) => pair));
  return {
    isRelevant: loops.map(({ size }, loop) => size > 1 && alone.includes(loop)),
    isIrrelevant: loops.map(({ size }, loop) => size > 1 && !alone.includes(loop) && !windowed.has(loop)),
    elements(sizes) {
      let product = 1;
      for (const loop of alone) product *= sizes[loop]!;
      for (const {
        loops: [i, j],
        steps,
        extent,
      } of windows) {
        product *= Math.min(extent, distinct(steps, [wholeBelow(sizes[i]!), wholeBelow(sizes[j]!)]));
      }
      return product;
    },
  };
}

/** The whole number below, unless rounding errors alone keep it from the one above. */
const wholeBelow = (size: number): number => Math.floor(size + 1e-9);
