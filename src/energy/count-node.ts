/** @file The work of one node with every dimension bound, sorted into factors, further operands and operations. */

import type { Dim } from "../graph/dims.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { type Access, type Bound, type Loop, lookUp, ONES_KEY, readAttributes, type Work } from "../operators/index.ts";
import { factorsOf } from "./factors.ts";
import type { NodeCost, Operand } from "./node-cost.ts";

/** The work of a node whose types are inferred, or why it has no count. */
export function workOf(node: Node): Work | string {
  const inputs = node.inputs.map((value) => value && boundType(value));
  const outputs = node.outputs.map((value) => value && boundType(value));
  const open = [...inputs, ...outputs].find((type) => typeof type === "string");
  if (open !== undefined) return open;
  if (node.subgraphs.length > 0) return "control flow has no fixed number of runs";
  const operator = lookUp(node.kind)!;
  const attributes = readAttributes(operator.attributes, node.attributes);
  return operator.work(inputs as Bound[], outputs as Bound[], attributes);
}

function boundType(value: Value): Bound | string {
  const { type } = value;
  if (type?.dims === undefined) return `the shape of ${value.name} is not known`;
  const open = type.dims.find((dim: Dim) => typeof dim === "string");
  return open === undefined
    ? { dtype: type.dtype, dims: type.dims as readonly number[] }
    : `dimension ${open} of ${value.name} does not follow from the shapes of the inputs`;
}

export interface Naming {
  readonly isConstant: (value: Value) => boolean;
  /** The value that holds the elements: of a view, what it shows. */
  readonly holderOf: (value: Value) => Value;
}

export function costOf(node: Node, work: Work, { isConstant, holderOf }: Naming): Omit<NodeCost, "name"> {
  const operand = ({ tensor, elements, index }: Access): Operand | undefined => {
    const value = "input" in tensor ? node.inputs[tensor.input] : node.outputs[tensor.output];
    if (value === undefined) return undefined;
    const dims = value.type?.dims as readonly number[] | undefined;
    return { value: holderOf(value).name, isConstant: isConstant(value), elements, dims, index };
  };
  const operands = (accesses: readonly Access[]) => accesses.flatMap((access) => operand(access) ?? []);
  const reads = work.access.filter(({ role }) => role === "read");
  const writes = operands(work.access.filter(({ role }) => role !== "read"));
  const ops = withMeasuredOnes(work.ops, node);
  const common = { node: node.describe(), operator: node.kind, writes, state: work.state ?? [] };
  const nY = writes[0]?.elements ?? 0;
  const product = factorsOf(work);
  if (product === undefined) {
    const nothing = { macs: 0, nW: 0, nA: 0, weight: undefined, input: undefined };
    return { ...common, ...nothing, kind: "stream", nY, loops: work.loops, ops, reads: operands(reads) };
  }
  const accesses = product.factors.map(
    ({ input }) => reads.find(({ tensor }) => "input" in tensor && tensor.input === input)!,
  );
  const [a, b] = operands(accesses) as [Operand, Operand];
  const [input, weight] = a.isConstant && !b.isConstant ? [b, a] : [a, b];
  return {
    ...common,
    kind: weight.isConstant && !input.isConstant ? "layer" : "product",
    macs: product.macs,
    nW: weight.elements,
    nA: input.elements,
    nY: product.outputs,
    loops: work.loops as readonly Loop[],
    ops: ops.filter(({ op }) => op !== "mac"),
    weight,
    input,
    reads: operands(reads.filter((access) => !accesses.includes(access))),
  };
}

/** Vectors are added for bits that are 1; where their share has been measured, the additions that really happen count. */
function withMeasuredOnes(ops: Work["ops"], { metadata }: Node): Work["ops"] {
  const share = metadata.get(ONES_KEY);
  if (share === undefined) return ops;
  return ops.map(({ op, count }) => ({ op, count: op === "accumulate" ? count * Number(share) : count }));
}
