/** @file Gradients of ScatterElements and ScatterND, which differ only in how positions are written. */

import type { Value } from "../graph/value.ts";
import { dtypeOf, type Emit } from "./emit.ts";
import { filledLike, zerosLike } from "./fill.ts";
import type { ScatterReduction } from "./scattering.ts";

/** Reading and writing at the positions of the node. */
export interface Positions {
  gather(from: Value): Value;
  scatter(into: Value, what: Value, by: ScatterReduction): Value;
}

interface Parts {
  readonly data: Value;
  readonly updates: Value;
  readonly dy: Value;
  readonly y: Value;
  readonly reduction: ScatterReduction;
}

/** @returns ∂L/∂data, nothing for the indices, ∂L/∂updates */
export function scatterGradient(g: Emit, at: Positions, parts: Parts): (Value | undefined)[] {
  const { data, updates, dy, y, reduction } = parts;
  switch (reduction) {
    // Replaced elements of data get nothing, updates get what lies at their place.
    case "none":
      return [at.scatter(dy, zerosLike(g, updates), "none"), undefined, at.gather(dy)];
    // y = data + Σ updates
    case "add":
      return [dy, undefined, at.gather(dy)];
    // y = data · Π updates
    case "mul":
      return [g.mul(dy, at.scatter(filledLike(g, data, 1), updates, "mul")), undefined, ofFactors(g, at, parts)];
    // The winner takes dy; those that tie share it.
    default: {
      const own = g.cast(g.op("Equal", [data, y]), dtypeOf(dy));
      const sent = g.cast(g.op("Equal", [updates, at.gather(y)]), dtypeOf(dy));
      const share = g.div(dy, at.scatter(own, sent, "add"));
      return [g.mul(own, share), undefined, g.mul(sent, at.gather(share))];
    }
  }
}

/** ∂y/∂uᵢ = data · Π of the other updates at the place: y / uᵢ, or, for a zero, the product without zeros if it is the only one. */
function ofFactors(g: Emit, at: Positions, { data, updates, dy, y }: Parts): Value {
  const one = g.scalar(updates, 1);
  const isZero = g.op("Equal", [updates, g.scalar(updates, 0)]);
  const nonzero = g.where(isZero, one, updates);
  const zeros = at.scatter(zerosLike(g, data), g.cast(isZero, dtypeOf(updates)), "add");
  const isOnlyZero = g.op("Equal", [at.gather(zeros), one]);
  const others = at.gather(g.mul(dy, at.scatter(data, nonzero, "mul")));
  const atZero = g.where(isOnlyZero, others, g.scalar(updates, 0));
  return g.where(isZero, atZero, g.div(at.gather(g.mul(dy, y)), nonzero));
}
