/**
 * @file Emit: writes nodes into a graph, inferring types as it goes. Gradient rules, losses, optimizers, rewrites and
 * model builders all write graphs through it, so that every value has its type at once.
 */

import type { DType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { i64, scalar, type Tensor, tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Graph } from "../graph/graph.ts";
import { Node } from "../graph/node.ts";
import { Value } from "../graph/value.ts";
import { writeAttributes } from "./attributes.ts";
import { inferNode } from "./infer.ts";
import { findOperator } from "./table.ts";

type Plain = Readonly<Record<string, unknown>>;

export class Emit {
  readonly graph: Graph;
  /** New nodes go in front of this one, or to the end. */
  before: Node | undefined;
  /** Name prefix of new nodes and values: `grad/conv1`. */
  scope: string;
  /** Forces one of several equal lowerings: `{ "Conv.dW": "im2col" }`; without an entry the shape decides. */
  readonly lowerings: Readonly<Record<string, string>>;
  readonly #constants = new Map<string, Value>();

  constructor(
    graph: Graph,
    options: { before?: Node | undefined; scope?: string; lowerings?: Record<string, string> } = {},
  ) {
    this.graph = graph;
    this.before = options.before;
    this.scope = options.scope ?? "";
    this.lowerings = options.lowerings ?? {};
  }

  /** Emits a node with one output. `kind` is `Mul`, or `femto.FakeQuant` for another domain. */
  op(kind: string, inputs: readonly (Value | undefined)[], attributes: Plain = {}): Value {
    return this.ops(kind, inputs, attributes, 1)[0]!;
  }

  /** Emits a node with `outputs` outputs. */
  ops(kind: string, inputs: readonly (Value | undefined)[], attributes: Plain, outputs: number): Value[] {
    const operator = findOperator(kind);
    const stem = this.scope === "" ? operator.name : `${this.scope}/${operator.name}`;
    const made = Array.from({ length: outputs }, () => new Value(this.graph.freshName(stem)));
    const node = new Node({
      op: operator.name,
      domain: operator.domain,
      name: made[0]!.name,
      inputs: dropTrailing(inputs),
      outputs: made,
      attributes: writeAttributes(operator.attributes, attributes),
    });
    this.graph.addNode(node, this.before);
    inferNode(node);
    return made;
  }

  /** A constant; equal small constants are stored once. */
  constant(value: Tensor, stem = "const"): Value {
    const key =
      value.data.length <= 16
        ? `${value.dtype}:${value.dims.join(",")}:${Array.from(value.data as ArrayLike<unknown>, (v) => (Object.is(v, -0) ? "-0" : String(v))).join(",")}`
        : undefined;
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    const made = this.graph.addInitializer(this.scope === "" ? stem : `${this.scope}/${stem}`, value);
    if (key !== undefined) this.#constants.set(key, made);
    return made;
  }

  /** A scalar constant of the element type of `like`. */
  scalar(like: Value | DType, value: number): Value {
    return this.constant(scalar(typeof like === "string" ? like : dtypeOf(like), value), `c${value}`);
  }

  /** A one-dimensional int64 constant: shapes, axes, pads. */
  ints(values: readonly number[]): Value {
    return this.constant(i64(values), "ints");
  }

  /** A tensor constant of the element type of `like`. */
  tensorLike(like: Value, dims: readonly number[], values: ArrayLike<number>): Value {
    return this.constant(tensor(dtypeOf(like), dims, values));
  }

  // The everyday operators, so that formulas read like formulas.
  add = (a: Value, b: Value): Value => this.op("Add", [a, b]);
  sub = (a: Value, b: Value): Value => this.op("Sub", [a, b]);
  mul = (a: Value, b: Value): Value => this.op("Mul", [a, b]);
  div = (a: Value, b: Value): Value => this.op("Div", [a, b]);
  neg = (a: Value): Value => this.op("Neg", [a]);
  matmul = (a: Value, b: Value): Value => this.op("MatMul", [a, b]);
  where = (condition: Value, a: Value, b: Value): Value => this.op("Where", [condition, a, b]);
  cast = (a: Value, to: DType): Value => (dtypeOf(a) === to ? a : this.op("Cast", [a], { to }));
  transpose = (a: Value, perm: readonly number[]): Value =>
    perm.every((axis, i) => axis === i) ? a : this.op("Transpose", [a], { perm });

  /** Multiplies by a number. */
  scale(a: Value, factor: number): Value {
    return factor === 1 ? a : this.mul(a, this.scalar(a, factor));
  }

  /** Reshapes to known dimensions; one of them may be symbolic (it becomes −1). */
  reshape(a: Value, dims: readonly Dim[]): Value {
    const open = dims.filter((dim) => typeof dim === "string");
    if (open.length > 1) return this.op("Reshape", [a, this.shapeVector(a, dims)]);
    return this.op("Reshape", [a, this.ints(dims.map((dim) => (typeof dim === "string" ? -1 : dim)))], {
      allowzero: dims.includes(0),
    });
  }

  /** Reshapes to the shape of another value. */
  reshapeLike(a: Value, like: Value): Value {
    const dims = like.type?.dims;
    if (dims !== undefined && dims.filter((dim) => typeof dim === "string").length <= 1) return this.reshape(a, dims);
    return this.op("Reshape", [a, this.op("Shape", [like])]);
  }

  sum(a: Value, axes: readonly number[], keepdims = false): Value {
    return axes.length === 0 ? a : this.op("ReduceSum", [a, this.ints(axes)], { keepdims });
  }

  mean(a: Value, axes: readonly number[], keepdims = false): Value {
    return axes.length === 0 ? a : this.op("ReduceMean", [a, this.ints(axes)], { keepdims });
  }

  /**
   * The adjoint of broadcasting: sums `a` over the axes along which `like` was stretched.
   * @throws FemtoError `gradient.broadcast` where a symbolic dimension leaves it open whether it was stretched
   */
  sumTo(a: Value, like: Value): Value {
    const from = dimsOf(a);
    const to = dimsOf(like);
    const lead = from.length - to.length;
    const axes: number[] = [];
    for (const [axis, dim] of from.entries()) {
      const target = axis < lead ? undefined : to[axis - lead]!;
      if (target === dim) continue;
      if (target === undefined || target === 1) axes.push(axis);
      else {
        fail({
          code: "gradient.broadcast",
          message: `cannot tell whether dimension ${target} was broadcast to ${dim}`,
          hint: "bind the symbolic dimensions before asking for gradients",
        });
      }
    }
    if (axes.length === 0) return a;
    const summed = this.sum(a, axes, true);
    return lead === 0 ? summed : this.reshape(summed, to);
  }

  /** An int64 vector with the given dimensions, symbols taken from the shape of `source`, which must contain them. */
  shapeVector(source: Value, dims: readonly Dim[]): Value {
    const have = dimsOf(source);
    const shape = this.op("Shape", [source]);
    const parts = dims.map((dim) => {
      if (typeof dim === "number") return this.ints([dim]);
      const axis = have.indexOf(dim);
      if (axis < 0) fail({ code: "shape.symbol", message: `dimension ${dim} is not one of [${have.join(", ")}]` });
      return this.op("Slice", [shape, this.ints([axis]), this.ints([axis + 1])]);
    });
    return parts.length === 1 ? parts[0]! : this.op("Concat", parts, { axis: 0 });
  }
}

function dropTrailing(inputs: readonly (Value | undefined)[]): (Value | undefined)[] {
  const kept = [...inputs];
  while (kept.length > 0 && kept.at(-1) === undefined) kept.pop();
  return kept;
}

/** The element type of a value that inference has seen. */
export function dtypeOf(value: Value): DType {
  return value.type?.dtype ?? fail({ code: "shape.type", message: `"${value.name}" has no type yet` });
}

/** The dimensions of a value that inference has seen. @throws FemtoError `shape.rank` where the rank is unknown */
export function dimsOf(value: Value): readonly Dim[] {
  return value.type?.dims ?? fail({ code: "shape.rank", message: `"${value.name}" has no known rank` });
}

/** The rank of a value that inference has seen. */
export const rankOf = (value: Value): number => dimsOf(value).length;
