/**
 * @file Gemm: a loop nest over three affine index maps as a matrix product K × M weights by K × T columns, repeated
 * once per group. What a loop is follows from the operands it moves through, so that every operator that sums products
 * (Conv, ConvTranspose, Gemm, MatMul, Attention's products) becomes one without a list of names.
 */

import { fail } from "../base/errors.ts";
import type { AffineMap, Loop, Work } from "../operators/index.ts";
import { checkWhole } from "./check-sizes.ts";
import { factorsOf } from "./factors.ts";

/** A matrix product: K × M weights by K × T columns, `groups` times. MACs = groups·K·M·T. */
export interface GemmShape {
  /** Length of each sum. */
  readonly K: number;
  /** Results that one column gives: output channels. */
  readonly M: number;
  /** Columns that meet the same weights: output positions times batch. */
  readonly T: number;
  /** Products with weights and columns of their own. */
  readonly groups: number;
}

/** Distinct elements of each tensor, over all groups: what a main memory holds. */
export interface TensorElements {
  readonly input: number;
  readonly weight: number;
  readonly output: number;
}

/** What a loop is to a product of an input with weights. */
export type LoopRole = "reduction" | "channel" | "position" | "group";

export interface GemmView extends GemmShape {
  readonly roles: Readonly<Record<string, LoopRole>>;
  /** Distinct elements; K·T of a convolution counts each of them once per window. */
  readonly elements: TensorElements;
}

/** Index maps of the three operands, by element. */
export interface ProductMaps {
  readonly input: AffineMap;
  readonly weight: AffineMap;
  readonly output: AffineMap;
}

const uses = (index: AffineMap, name: string): boolean =>
  index.some((axis) => axis[name] !== undefined && axis[name] !== 0);

/**
 * The role of a loop: not in the output's index → summed over; else by which factors it moves through. A loop in the
 * output alone repeats a product and counts as a position.
 */
export function loopRole(name: string, { input, weight, output }: ProductMaps): LoopRole {
  if (!uses(output, name)) return "reduction";
  if (!uses(weight, name)) return "position";
  return uses(input, name) ? "group" : "channel";
}

/** K, M, T and groups: products of the sizes of the loops of each role. @throws FemtoError `energy.range` */
export function gemmOf(loops: readonly Loop[], maps: ProductMaps): GemmShape & Pick<GemmView, "roles"> {
  const roles = Object.fromEntries(loops.map(({ name }) => [name, loopRole(name, maps)]));
  const product = (role: LoopRole) =>
    loops.reduce((total, { name, size }) => (roles[name] === role ? total * size : total), 1);
  const shape = { K: product("reduction"), M: product("channel"), T: product("position"), groups: product("group") };
  checkGemm(shape);
  return { ...shape, roles };
}

/**
 * The product that an operator's work is, with the input numbered `weight` as its weights (by default the second
 * factor). `undefined` for work that sums no products of two inputs.
 */
export function gemmOfWork(work: Work, weight?: number): GemmView | undefined {
  const product = factorsOf(work);
  const output = work.access.find(({ tensor, role }) => "output" in tensor && role === "accumulate");
  if (product === undefined || output?.index === undefined) return undefined;
  const second = product.factors.find(({ input }) => input === weight) ?? product.factors[1];
  const first = product.factors.find((factor) => factor !== second)!;
  const indexOf = (input: number) =>
    work.access.find(({ tensor, role }) => role === "read" && "input" in tensor && tensor.input === input)!.index!;
  const maps = { input: indexOf(first.input), weight: indexOf(second.input), output: output.index };
  return {
    ...gemmOf(work.loops, maps),
    elements: { input: first.elements, weight: second.elements, output: product.outputs },
  };
}

/** Multiply-accumulates: the same under every mapping. */
export const macsOf = ({ K, M, T, groups }: GemmShape): number => K * M * T * groups;

/** Elements of three full matrices per group: a product without windows. */
export const matrixElements = ({ K, M, T, groups }: GemmShape): TensorElements => ({
  input: groups * K * T,
  weight: groups * K * M,
  output: groups * M * T,
});

/** @throws FemtoError `energy.range` for sizes that are no whole numbers ≥ 1, or counts that doubles cannot hold exactly */
export function checkGemm(shape: GemmShape): void {
  for (const name of ["K", "M", "T", "groups"] as const) checkWhole(shape[name], name);
  if (macsOf(shape) > Number.MAX_SAFE_INTEGER) {
    fail({
      code: "energy.range",
      where: "matrix product",
      message: "has more multiply-accumulates than can be counted exactly",
      expected: `at most ${Number.MAX_SAFE_INTEGER}`,
      got: `${shape.groups} × ${shape.K} × ${shape.M} × ${shape.T}`,
    });
  }
}
