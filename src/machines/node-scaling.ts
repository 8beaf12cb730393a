/**
 * @file Prices of one technology node brought to another, by two recipes that disagree. A: log–log interpolation between
 * the columns of Jouppi et al. (ISCA 2021), 45 and 7 nm, operation by operation. B: the polynomials of Stillmaker and
 * Baas (2017), one factor for everything. From 45 to 7 nm A says 1.0–7.1×, B 10.6×.
 */

import { fail } from "../base/errors.ts";

export const recipes = ["A", "B"] as const;
export type Recipe = (typeof recipes)[number];

/** Picojoules at 45 nm (Horowitz 2014) and at 7 nm (Jouppi 2021). SRAM: a read of 64 bits by size. */
export const columns = {
  "int8 add": [0.03, 0.007],
  "int8 multiply": [0.2, 0.07],
  "int32 add": [0.1, 0.03],
  "int32 multiply": [3.1, 1.48],
  "float16 add": [0.4, 0.16],
  "float16 multiply": [1.1, 0.34],
  "float32 add": [0.9, 0.38],
  "float32 multiply": [3.7, 1.31],
  "sram 8 KB": [10, 7.5],
  "sram 32 KB": [20, 8.5],
  "sram 1 MB": [100, 14],
} as const satisfies Record<string, readonly [number, number]>;

export type Row = keyof typeof columns;
export const rows = Object.keys(columns) as readonly Row[];

/** log2 of the sizes in bits for which the table has SRAM rows. */
const sramRows: readonly (readonly [number, Row])[] = [
  [16, "sram 8 KB"],
  [18, "sram 32 KB"],
  [23, "sram 1 MB"],
];

/** a, b, c of energy ∝ a·V² + b·V + c, as coded in Accelergy's hwcomponents. */
const polynomials: readonly (readonly [node: number, a: number, b: number, c: number])[] = [
  [65, 3.755, -4.398, 1.975],
  [45, 1.103, -0.362, 0.2767],
  [32, 0.9559, -0.7823, 0.471],
  [20, 0.373, -0.1582, 0.04104],
  [16, 0.2958, -0.1241, 0.03024],
  [14, 0.2363, -0.09675, 0.02239],
  [10, 0.2068, -0.09311, 0.02375],
  [7, 0.1776, -0.09097, 0.02447],
];

/** p of e(n) ∝ (n/45)^p. */
const exponent = (row: Row): number => Math.log(columns[row][0] / columns[row][1]) / Math.log(45 / 7);

/**
 * Recipe A: what a price at `fromNm` is multiplied by at `toNm`, both within 7 … 45.
 * @throws FemtoError `machine.scaling`
 */
export function recipeA(row: Row, fromNm: number, toNm: number): number {
  checkNode("A", fromNm, 7, 45);
  checkNode("A", toNm, 7, 45);
  return (toNm / fromNm) ** exponent(row);
}

/**
 * Recipe A for an SRAM of any size: the slope between the rows of the table is linear in log2(size) [reconstructed], and
 * constant outside of them.
 */
export function recipeASram(sizeBits: number, fromNm: number, toNm: number): number {
  checkNode("A", fromNm, 7, 45);
  checkNode("A", toNm, 7, 45);
  const at = Math.min(23, Math.max(16, Math.log2(sizeBits)));
  const upper = sramRows.findIndex(([size]) => at <= size);
  const [x1, row1] = sramRows[upper]!;
  const [x0, row0] = sramRows[Math.max(0, upper - 1)]!;
  const share = x1 === x0 ? 1 : (at - x0) / (x1 - x0);
  return (toNm / fromNm) ** ((1 - share) * exponent(row0) + share * exponent(row1));
}

/**
 * Recipe B: the same by the polynomials at one voltage, linear between the nodes that have one (7 … 65).
 * @throws FemtoError `machine.scaling`
 */
export const recipeB = (fromNm: number, toNm: number, voltage = 0.8): number =>
  stillmaker(toNm, voltage) / stillmaker(fromNm, voltage);

function stillmaker(node: number, voltage: number): number {
  checkNode("B", node, 7, 65);
  const at = ([, a, b, c]: (typeof polynomials)[number]) => a * voltage ** 2 + b * voltage + c;
  const lower = polynomials.findIndex(([known]) => known <= node);
  const below = polynomials[lower]!;
  if (below[0] === node) return at(below);
  const above = polynomials[lower - 1]!;
  const share = (node - below[0]) / (above[0] - below[0]);
  return at(below) + share * (at(above) - at(below));
}

function checkNode(recipe: Recipe, node: number, low: number, high: number): void {
  if (node >= low && node <= high) return;
  fail({
    code: "machine.scaling",
    message: `recipe ${recipe} does not reach this node`,
    expected: `${low} to ${high} nm`,
    got: `${node} nm`,
    hint: "its table ends there, and an extrapolated price has no source",
  });
}
