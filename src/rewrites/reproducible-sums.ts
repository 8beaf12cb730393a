/**
 * @file Reproducible sums: a float sum depends on the order of its additions, and every runtime has its own. Where codes
 * must agree bit for bit, means and sums are written as element-wise additions in a fixed order: axis by axis, the second
 * half of the axis added to the first until one element is left, odd last elements at the end. Element-wise IEEE
 * operations have one result everywhere.
 *
 * Cases (only where the summed axes have numbers for dimensions):
 * 1. GlobalAveragePool, ReduceMean, ReduceSum over constant axes;
 * 2. AveragePool: strided slices of the (padded) input, first along one axis, then along the next;
 * 3. BatchNormalization in inference: one factor and one offset a channel, computed in double precision;
 * 4. anything else stays; integers need no order.
 */

import { isFloat } from "../base/dtype.ts";
import { i64, integers, numbers, tensor } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, dtypeOf, Emit, readAttributes } from "../operators/index.ts";
import { AveragePool, BatchNormalization, ReduceSum } from "../operators/list.ts";
import { bypass } from "./nested.ts";

export const reproducibleSums: Pass = {
  name: "reproducible-sums",
  run: (model) => {
    let modified = false;
    for (const node of [...model.graph.nodes]) {
      const [x] = node.inputs;
      if (x?.type?.dims === undefined || !isFloat(x.type.dtype)) continue;
      const g = new Emit(model.graph, { before: node, scope: node.name });
      const made = rules[node.kind]?.(g, node, x);
      if (made === undefined || !bypass(model.graph, node.outputs[0]!, made)) continue;
      model.graph.removeNodes([node]);
      modified = true;
    }
    model.graph.pruneInitializers();
    return modified;
  },
};

type Rule = (g: Emit, node: Node, x: Value) => Value | undefined;

const rules: Readonly<Record<string, Rule>> = {
  GlobalAveragePool: (g, _node, x) => mean(g, x, range(2, dimsOf(x).length)),
  ReduceMean: (g, node, x) => reduced(g, node, x, mean),
  ReduceSum: (g, node, x) => reduced(g, node, x, sum),
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
};

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

const sizeAlong = (x: Value, axis: number): number | undefined => {
  const size = dimsOf(x)[axis];
  return typeof size === "number" ? size : undefined;
};

/** Σ over axes, which stay with size 1; `undefined` where one of them is symbolic. */
function sum(g: Emit, x: Value, axes: readonly number[]): Value | undefined {
  if (axes.some((axis) => (sizeAlong(x, axis) ?? 0) === 0)) return undefined;
  return axes.reduce((value, axis) => halved(g, value, axis), x);
}

function mean(g: Emit, x: Value, axes: readonly number[]): Value | undefined {
  const total = sum(g, x, axes);
  const count = axes.reduce((product, axis) => product * sizeAlong(x, axis)!, 1);
  return total && g.div(total, g.scalar(total, count));
}

/** Adds halves until one element is left along the axis. */
function halved(g: Emit, x: Value, axis: number): Value {
  const odd: Value[] = [];
  let left = x;
  for (let size = sizeAlong(x, axis)!; size > 1; size = Math.floor(size / 2)) {
    const half = Math.floor(size / 2);
    const sizes = size % 2 === 0 ? [half, half] : [half, half, 1];
    const [a, b, last] = g.ops("Split", [left, g.ints(sizes)], { axis }, sizes.length);
    left = g.add(a!, b!);
    if (last !== undefined) odd.push(last);
  }
  return odd.reduce((total, value) => g.add(total, value), left);
}

function reduced(g: Emit, node: Node, x: Value, reduce: typeof mean): Value | undefined {
  const { keepdims, noop_with_empty_axes } = readAttributes(ReduceSum.attributes, node.attributes);
  const rank = dimsOf(x).length;
  const given = node.inputs[1];
  if (given !== undefined && given.constant === undefined) return undefined;
  const listed = given?.constant === undefined ? [] : integers(given.constant);
  if (listed.length === 0 && noop_with_empty_axes) return undefined;
  const axes = listed.length === 0 ? range(0, rank) : listed.map((axis) => (axis < 0 ? axis + rank : axis));
  const made = reduce(g, x, axes);
  return made === undefined || keepdims ? made : g.op("Squeeze", [made, g.ints(axes)]);
}

function batchNormalization(g: Emit, node: Node, x: Value): Value | undefined {
  const { epsilon, training_mode } = readAttributes(BatchNormalization.attributes, node.attributes);
  const parameters = node.inputs.slice(1).map((value) => value?.constant);
  if (training_mode || parameters.length < 4 || parameters.some((value) => value === undefined)) return undefined;
  const [gamma, beta, average, variance] = parameters.map((value) => numbers(value!));
  const factor = Float64Array.from(gamma!, (value, c) => value / Math.sqrt(variance![c]! + (epsilon as number)));
  const offset = factor.map((value, c) => beta![c]! - average![c]! * value);
  const dims = [factor.length, ...new Array<number>(Math.max(0, dimsOf(x).length - 2)).fill(1)];
  const along = (values: Float64Array) => g.constant(tensor(dtypeOf(x), dims, values));
  return g.add(g.mul(x, along(factor)), along(offset));
}

/** One axis of a pool: how many windows there are, and how many elements each of them counts. */
interface Lane {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly windows: number;
  readonly counts: readonly number[];
}

function averagePool(g: Emit, node: Node, x: Value): Value | undefined {
  const at = readAttributes(AveragePool.attributes, node.attributes) as Record<string, unknown>;
  const dims = dimsOf(x).slice(2);
  const out = dimsOf(node.outputs[0]!).slice(2);
  if (at.auto_pad !== "NOTSET" && at.auto_pad !== "VALID") return undefined;
  if ([...dims, ...out].some((dim) => typeof dim !== "number")) return undefined;
  const list = (name: string, length: number, fallback: number): readonly number[] => {
    const values = at[name] as readonly number[] | undefined;
    return at.auto_pad === "VALID" && name === "pads"
      ? new Array(length).fill(0)
      : (values ?? new Array(length).fill(fallback));
  };
  const rank = dims.length;
  const [strides, dilations, pads] = [list("strides", rank, 1), list("dilations", rank, 1), list("pads", 2 * rank, 0)];
  const lanes = range(0, rank).map((axis): Lane => {
    const kernel = (at.kernel_shape as readonly number[])[axis]!;
    const [stride, dilation, begin, size] = [strides[axis]!, dilations[axis]!, pads[axis]!, dims[axis] as number];
    // What hangs over the padded end (ceil_mode) never counts; padding does where it is asked for.
    const counts = (at_: number) => at_ >= 0 && at_ < begin + size + pads[axis + rank]!;
    const isInside = (at_: number) => at_ >= begin && at_ < begin + size;
    const isCounted = at.count_include_pad === true ? counts : isInside;
    const windows = out[axis] as number;
    return {
      ...{ kernel, stride, dilation, begin, windows },
      counts: range(0, windows).map(
        (o) => range(0, kernel).filter((tap) => isCounted(o * stride + tap * dilation)).length,
      ),
    };
  });
  const total = lanes.reduce((value, lane, axis) => windowSums(g, value, axis + 2, lane), x);
  return g.div(total, windowCounts(g, total, lanes));
}

/** Sums of the windows along one axis. */
function windowSums(g: Emit, x: Value, axis: number, { kernel, stride, dilation, begin, windows }: Lane): Value {
  const size = sizeAlong(x, axis)!;
  if (windows === 1 && kernel === size && dilation === 1 && begin === 0) return halved(g, x, axis);
  const reach = (windows - 1) * stride + (kernel - 1) * dilation + 1;
  const behind = Math.max(0, reach - begin - size);
  const isPadded = begin > 0 || behind > 0;
  const padded = isPadded ? g.op("Pad", [x, g.constant(i64([begin, behind])), undefined, g.ints([axis])]) : x;
  const parts = range(0, kernel).map((tap) => {
    const from = tap * dilation;
    return g.op("Slice", [
      padded,
      ...[[from], [from + (windows - 1) * stride + 1], [axis], [stride]].map((values) => g.ints(values)),
    ]);
  });
  return parts.reduce((total, part) => g.add(total, part));
}

/** How many elements each window counts: a number, or one for each position. */
function windowCounts(g: Emit, total: Value, lanes: readonly Lane[]): Value {
  const isUniform = lanes.every(({ counts }) => counts.every((count) => count === counts[0]));
  if (isUniform)
    return g.scalar(
      total,
      lanes.reduce((product, { counts }) => product * counts[0]!, 1),
    );
  const values = lanes.reduce<number[]>((all, { counts }) => all.flatMap((a) => counts.map((b) => a * b)), [1]);
  return g.constant(tensor(dtypeOf(total), [1, 1, ...lanes.map(({ windows }) => windows)], values));
}
