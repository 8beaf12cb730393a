/** @file Tensors filled or repeated to the shape of another value, static or read at run time. */

import type { Value } from "../graph/value.ts";
import { dimsOf, type Emit } from "./emit.ts";

/** The shape of a value: a constant where it is static. */
export function shapeVectorOf(g: Emit, like: Value): Value {
  const dims = dimsOf(like);
  return dims.every((dim) => typeof dim === "number") ? g.ints(dims) : g.op("Shape", [like]);
}

/** A tensor of one number in the shape of `like`. */
export function filledLike(g: Emit, like: Value, number: number): Value {
  return g.op("Expand", [g.scalar(like, number), shapeVectorOf(g, like)]);
}

export const zerosLike = (g: Emit, like: Value): Value => filledLike(g, like, 0);

/** Repeats `a` along its axes of size 1 until it has the shape of `like`. */
export function expandLike(g: Emit, a: Value, like: Value): Value {
  const dims = dimsOf(like);
  const own = a.type?.dims;
  if (own?.length === dims.length && own.every((dim, axis) => dim === dims[axis])) return a;
  return g.op("Expand", [a, shapeVectorOf(g, like)]);
}
