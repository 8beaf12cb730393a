/** @file Unary: operators y = f(x), element by element; each file states the function, its derivative and examples. */

import { bitsOf, type DType, isInteger } from "../base/dtype.ts";
import type { Tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import type { AttributeSpecs, AttributeValues } from "./attributes.ts";
import { mapContents } from "./element-contents.ts";
import { checkTypes, type ElementTypes } from "./element-types.ts";
import { fromBigInts } from "./elements.ts";
import type { Emit } from "./emit.ts";
import { mapTensor } from "./loops.ts";
import { type Example, type NoGradient, type Operator, operator } from "./operator.ts";
import { elementwise, type OpKind } from "./work.ts";

/** The values a derivative is written with. */
export interface UnaryValues {
  readonly x: Value;
  readonly y: Value;
  readonly dy: Value;
}

export interface UnarySpec<A extends AttributeSpecs> {
  readonly since: number;
  readonly attributes?: A;
  /** Element types that the operator takes; floats unless given. */
  readonly types?: ElementTypes;
  /** Element type of the result; that of x unless given. */
  readonly result?: DType;
  /** y of x, in double precision; rounded to the element type afterwards. */
  readonly f: (x: number, at: AttributeValues<A>) => number;
  /** The same for 64-bit integers. */
  readonly exact?: (x: bigint) => bigint;
  /** The same for what inference knows of elements. */
  readonly contents?: (x: Dim) => Dim | undefined;
  /** ∂L/∂x from x, y and ∂L/∂y, with the formula in a comment above. */
  readonly gradient: ((g: Emit, values: UnaryValues, at: AttributeValues<A>) => Value) | NoGradient;
  /** Elementary operations for each element. */
  readonly ops: Partial<Record<OpKind, number>>;
  readonly tolerance?: number;
  readonly examples: readonly Example<A>[];
}

/** Defines a unary operator. */
export function unary<const A extends AttributeSpecs = Record<never, never>>(
  name: string,
  { types = "float", attributes = {} as A, result, f, exact, contents, gradient, ops, ...rest }: UnarySpec<A>,
): Operator {
  return operator<A>(name, {
    ...rest,
    arity: [1, 1],
    attributes,
    shape: ([x]) => {
      checkTypes([x], types);
      return [{ dtype: result ?? x!.dtype, dims: x!.dims, contents: contents && mapContents([x!], contents) }];
    },
    run: ([x], at) => {
      if (exact === undefined || !isInteger(x!.dtype) || bitsOf(x!.dtype) < 64)
        return [mapTensor(x!, (v) => f(v, at), result)];
      return [mapIntegers(x!, exact)];
    },
    gradient:
      typeof gradient === "function"
        ? (g, [x], [dy], at, [y]) => [gradient(g, { x, y, dy } as UnaryValues, at)]
        : gradient,
    work: elementwise(ops),
  });
}

function mapIntegers(x: Tensor, f: (value: bigint) => bigint): Tensor {
  const values = x.data as BigInt64Array;
  return fromBigInts(x.dtype, x.dims, (i) => f(values[i]!));
}
