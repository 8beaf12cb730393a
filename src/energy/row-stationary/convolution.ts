/**
 * @file Convolution in the letters of the Eyeriss papers, read from an operator's loops. A loop pair that shares an axis
 * of the input (output row and kernel row) is a window; a product without windows is a 1 × 1 convolution.
 */

import { fail } from "../../base/errors.ts";
import type { Access, Work } from "../../operators/index.ts";
import { checkWhole } from "../check-sizes.ts";
import { type GemmShape, gemmOfWork } from "../gemm.ts";
import type { NodeCost, Operand } from "../node-cost.ts";

export interface ConvShape {
  /** Images. */
  readonly N: number;
  /** Input channels of one group. */
  readonly C: number;
  /** Filters of one group. */
  readonly M: number;
  /** Rows and columns of a filter. */
  readonly R: number;
  readonly S: number;
  /** Rows and columns of the output. */
  readonly E: number;
  readonly F: number;
  /** Rows and columns of the input, without padding. */
  readonly H: number;
  readonly W: number;
  /** Strides of rows and columns. */
  readonly U: number;
  readonly V: number;
  readonly groups: number;
}

export const convMacs = ({ N, C, M, R, S, E, F, groups }: ConvShape): number => groups * N * C * M * R * S * E * F;

/** A product without windows: T images of one pixel. */
export const convOfGemm = ({ K, M, T, groups }: GemmShape): ConvShape => ({
  N: T,
  C: K,
  M,
  R: 1,
  S: 1,
  E: 1,
  F: 1,
  H: 1,
  W: 1,
  U: 1,
  V: 1,
  groups,
});

/** @throws FemtoError `energy.range` */
export function checkConv(shape: ConvShape): void {
  for (const [name, size] of Object.entries(shape)) checkWhole(size, name);
}

interface WindowAxis {
  readonly position: string;
  readonly kernel: string;
  readonly stride: number;
}

/**
 * The convolution that an operator's work is, its input of `spatial` sizes (those behind batch and channels; the window
 * of the first axis gives rows, that of the second columns; one axis alone is columns). `undefined` for work that sums
 * no products of two inputs. Further axes count as images and channels.
 */
export function convOfWork(work: Work, spatial: readonly number[], weight?: number): ConvShape | undefined {
  const gemm = gemmOfWork(work, weight);
  if (gemm === undefined) return undefined;
  const axes = windowAxes(work, gemm.roles);
  const size = (name: string) => work.loops.find((loop) => loop.name === name)!.size;
  const [row, col] = axes.length === 1 ? [undefined, axes[0]] : axes;
  const [height, width] = axes.length === 1 ? [1, spatial[0]] : spatial;
  const R = row === undefined ? 1 : size(row.kernel);
  const S = col === undefined ? 1 : size(col.kernel);
  const E = row === undefined ? 1 : size(row.position);
  const F = col === undefined ? 1 : size(col.position);
  return {
    N: gemm.T / (E * F),
    C: gemm.K / (R * S),
    M: gemm.M,
    R,
    S,
    E,
    F,
    H: row === undefined ? 1 : (height ?? E),
    W: col === undefined ? 1 : (width ?? F),
    U: row?.stride ?? 1,
    V: col?.stride ?? 1,
    groups: gemm.groups,
  };
}

function windowAxes(work: Work, roles: Readonly<Record<string, string>>): WindowAxis[] {
  const maps = work.access.flatMap(({ index, role }) => (role === "read" && index !== undefined ? [index] : []));
  return maps.flat().flatMap((axis) => {
    const position = Object.keys(axis).find((name) => roles[name] === "position");
    const kernel = Object.keys(axis).find((name) => roles[name] === "reduction");
    return position === undefined || kernel === undefined ? [] : [{ position, kernel, stride: axis[position]! }];
  });
}

/** The convolution of a counted product. @throws FemtoError `energy.product` for a product without affine accesses */
export function convOfNode(node: NodeCost): ConvShape {
  const { input, weight, writes, macs, loops } = node;
  const output = writes[0];
  const access = (operand: Operand, tensor: Access["tensor"], role: Access["role"]): Access => ({
    tensor,
    role,
    elements: operand.elements,
    ...(operand.index && { index: operand.index }),
  });
  const work: Work | undefined =
    input === undefined || weight === undefined || output === undefined
      ? undefined
      : {
          loops,
          ops: [{ op: "mac", count: macs }],
          access: [
            access(input, { input: 0 }, "read"),
            access(weight, { input: 1 }, "read"),
            access(output, { output: 0 }, "accumulate"),
          ],
        };
  const shape = work && convOfWork(work, input?.dims?.slice(2) ?? [], 1);
  return (
    shape ??
    fail({
      code: "energy.product",
      where: node.node,
      message: "its work does not say which elements each loop touches, so it cannot be laid on an array",
      hint: "--mapping once prices it without an array",
    })
  );
}
