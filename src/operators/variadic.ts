/** @file Variadic: operators over any number of inputs of one type, broadcast together (Max, Min, Sum, Mean). */

import { isInteger } from "../base/dtype.ts";
import { sizeOf } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { mapContents, ofNumbers } from "./element-contents.ts";
import { checkTypes, type ElementTypes } from "./element-types.ts";
import { mapIntegerPairs } from "./elements.ts";
import type { Emit } from "./emit.ts";
import { mapBroadcast } from "./loops.ts";
import { masked } from "./masks.ts";
import { type Example, type Operator, operator } from "./operator.ts";
import { broadcastShape, sameTypes } from "./shapes.ts";
import { type OpKind, streaming } from "./work.ts";

export interface VariadicSpec {
  readonly since: number;
  readonly types: ElementTypes;
  /** All elements of one place, in double precision. */
  readonly f: (...values: number[]) => number;
  /** Folds integers, exactly. */
  readonly exact?: (x: bigint, y: bigint) => bigint;
  /** ∂L/∂xᵢ in the broadcast shape for every input; they are summed back to the shapes of the inputs. */
  readonly gradient: (g: Emit, xs: readonly Value[], y: Value, dy: Value) => readonly Value[];
  /** Elementary operations for an element of the result, of so many inputs. */
  readonly ops: (inputs: number) => Partial<Record<OpKind, number>>;
  readonly tolerance?: number;
  readonly examples: readonly Example[];
}

/** Defines a variadic operator. */
export function variadic(name: string, { types, f, exact, gradient, ops, ...rest }: VariadicSpec): Operator {
  return operator(name, {
    ...rest,
    arity: [1, Number.POSITIVE_INFINITY],
    attributes: {},
    shape: (inputs) => {
      checkTypes(inputs, types);
      sameTypes(...inputs);
      const [type] = broadcastShape(inputs);
      return [{ ...type!, contents: isInteger(type!.dtype) ? mapContents(inputs, ofNumbers(f)) : undefined }];
    },
    run: (inputs) =>
      exact !== undefined && isInteger(inputs[0]!.dtype)
        ? [inputs.reduce((sum, x) => mapIntegerPairs(sum, x, exact))]
        : [mapBroadcast(inputs, f)],
    gradient: (g, xs, [dy], _at, [y]) => gradient(g, xs, y!, dy!).map((dx, i) => g.sumTo(dx, xs[i]!)),
    work: (inputs, outputs) => {
      const size = sizeOf(outputs[0]!.dims);
      const counts = Object.entries(ops(inputs.length)).map(([op, n]) => [op, n * size]);
      return streaming(inputs, outputs, Object.fromEntries(counts) as Partial<Record<OpKind, number>>);
    },
  });
}

/**
 * Gradients of a choice among inputs: all of dy goes to the first input that is equal to y. So a tie goes to the first,
 * and `Min(Max(x, low), high)` passes dy inside inclusive bounds, as Clip does.
 */
export function toFirstEqual(g: Emit, xs: readonly Value[], y: Value, dy: Value): Value[] {
  let rest = dy;
  return xs.map((x, i) => {
    if (i === xs.length - 1) return rest;
    const share = masked(g, rest, g.op("Equal", [x, y]));
    rest = g.sub(rest, share);
    return share;
  });
}
