/**
 * @file Factors: which two inputs an operator multiplies. Read from the loops of its `work`, so that every operator that
 * sums products (Conv, ConvTranspose, Gemm, MatMul and their integer kin) is understood without a list of names.
 */

import { type Access, type AffineMap, count, type Work } from "../operators/index.ts";

export interface Factor {
  /** Input number. */
  readonly input: number;
  readonly elements: number;
}

export interface Product {
  readonly macs: number;
  readonly factors: readonly [Factor, Factor];
  /** Elements of the output. */
  readonly outputs: number;
}

const loopsIn = (index: AffineMap): string[] => index.flatMap((axis) => Object.keys(axis));

/**
 * The operands of a sum of products: the two inputs whose elements change along a loop that the output sums over.
 * A bias does not: its index has loops of the output only. `undefined` for operators that sum no products.
 */
export function factorsOf(work: Work): Product | undefined {
  const macs = count(work, "mac");
  const output = work.access.find(({ tensor, role }) => "output" in tensor && role === "accumulate");
  if (work.ops.every(({ op }) => op !== "mac") || output?.index === undefined) return undefined;
  const kept = new Set(loopsIn(output.index));
  const isSummed = ({ name }: { name: string }) => !kept.has(name);
  const summed = new Set(work.loops.filter(isSummed).map(({ name }) => name));
  const isFactor = ({ role, index }: Access) =>
    role === "read" && index !== undefined && loopsIn(index).some((name) => summed.has(name));
  const factors = work.access.flatMap((access) =>
    isFactor(access) && "input" in access.tensor ? [{ input: access.tensor.input, elements: access.elements }] : [],
  );
  const [a, b] = factors;
  if (factors.length !== 2 || a === undefined || b === undefined) return undefined;
  return { macs, factors: [a, b], outputs: output.elements };
}
