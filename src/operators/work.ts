/**
 * @file Work: what an operator does, counted exactly from its shapes. Counts only, never joules:
 * the machine owns the prices.
 */

import type { DType } from "../base/dtype.ts";
import { sizeOf } from "../base/tensor.ts";

/** A tensor type with every dimension bound to a number. */
export interface Bound {
  readonly dtype: DType;
  readonly dims: readonly number[];
}

/** Elementary operations besides multiply-accumulate that machines price. */
export const opKinds = [
  "mac",
  "add",
  "multiply",
  "divide",
  "compare",
  "exponential",
  "logarithm",
  "squareRoot",
  "trigonometric",
  "round",
  "logic",
  "convert",
  "select",
  "tableRead",
  "accumulate",
] as const;
export type OpKind = (typeof opKinds)[number];

export interface Loop {
  readonly name: string;
  readonly size: number;
}

/**
 * Which element of a tensor an iteration touches: per tensor axis, a sum of `coefficient × loop` plus an offset.
 * Conv input row: `[{ oh: 2, kh: 1 }]` for stride 2.
 */
export type AffineMap = readonly Readonly<Record<string, number>>[];

export interface Access {
  readonly tensor: { readonly input: number } | { readonly output: number };
  readonly role: "read" | "write" | "accumulate";
  /** Distinct elements touched. */
  readonly elements: number;
  /** Absent where the access is not affine (gathers, tables). */
  readonly index?: AffineMap;
}

export interface Work {
  readonly loops: readonly Loop[];
  readonly ops: readonly { readonly op: OpKind; readonly count: number }[];
  readonly access: readonly Access[];
  /** State that no value of the graph names (membranes), per inference. */
  readonly state?: readonly { readonly bits: number; readonly reads: number; readonly writes: number }[];
}

/** The number of operations of one kind. */
export const count = (work: Work, op: OpKind): number =>
  work.ops.reduce((sum, entry) => (entry.op === op ? sum + entry.count : sum), 0);

/** Work of an operator that reads its inputs and writes its outputs once each, with the operations given. */
export function streaming(
  inputs: readonly (Bound | undefined)[],
  outputs: readonly (Bound | undefined)[],
  ops: Partial<Record<OpKind, number>> = {},
): Work {
  const access: Access[] = [];
  for (const [input, type] of inputs.entries()) {
    if (type !== undefined) access.push({ tensor: { input }, role: "read", elements: sizeOf(type.dims) });
  }
  for (const [output, type] of outputs.entries()) {
    if (type !== undefined) access.push({ tensor: { output }, role: "write", elements: sizeOf(type.dims) });
  }
  return {
    loops: (outputs[0]?.dims ?? []).map((size, axis) => ({ name: `d${axis}`, size })),
    ops: Object.entries(ops).map(([op, total]) => ({ op: op as OpKind, count: total })),
    access,
  };
}

/**
 * Work of an element-wise operator: so many operations of a kind for each output element. Its accesses say that an
 * output element needs the input elements of its own place alone (axes that are broadcast left out).
 */
export const elementwise =
  (perElement: Partial<Record<OpKind, number>>) =>
  (inputs: readonly (Bound | undefined)[], outputs: readonly (Bound | undefined)[]): Work => {
    const [y] = outputs as readonly [Bound];
    const size = sizeOf(y.dims);
    const work = streaming(
      inputs,
      outputs,
      Object.fromEntries(Object.entries(perElement).map(([op, n]) => [op, n * size])) as Partial<
        Record<OpKind, number>
      >,
    );
    const access = work.access.map((entry): Access => {
      const { tensor } = entry;
      const { dims } = ("input" in tensor ? inputs[tensor.input] : outputs[tensor.output])!;
      const lead = y.dims.length - dims.length;
      return { ...entry, index: dims.map((dim, axis) => (dim === 1 ? {} : { [`d${axis + lead}`]: 1 })) };
    });
    return { ...work, access };
  };

/** Work of an operator that only moves data (shape surgery). */
export const movement = (inputs: readonly (Bound | undefined)[], outputs: readonly (Bound | undefined)[]): Work =>
  streaming(inputs, outputs);
