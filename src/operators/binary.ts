/** @file Binary: operators y = f(a, b) with broadcasting over one element type; each file states what differs. */

import { bitsOf, isInteger } from "../base/dtype.ts";
import type { Dim } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import type { AttributeSpecs, AttributeValues } from "./attributes.ts";
import { mapContents } from "./element-contents.ts";
import { checkTypes, type ElementTypes } from "./element-types.ts";
import { mapIntegerPairs, mapPairs } from "./elements.ts";
import type { Emit } from "./emit.ts";
import { type Example, type Known, type NoGradient, type Operator, operator } from "./operator.ts";
import { broadcastShape, sameTypes } from "./shapes.ts";
import { elementwise, type OpKind } from "./work.ts";

/** The values a derivative is written with. */
export interface BinaryValues {
  readonly a: Value;
  readonly b: Value;
  readonly y: Value;
  readonly dy: Value;
}

export interface BinarySpec<A extends AttributeSpecs> {
  readonly since: number;
  readonly attributes?: A;
  /** Element types that the operator takes; floats and integers unless given. */
  readonly types?: ElementTypes;
  /** Refuses what the types alone do not tell. */
  readonly check?: (inputs: readonly Known[], at: AttributeValues<A>) => void;
  /** On floats, in double precision; rounded to the element type afterwards. Operators on integers alone have none. */
  readonly f?: (x: number, y: number, at: AttributeValues<A>) => number;
  /** On integers of any width, exactly; results wrap. */
  readonly exact?: (x: bigint, y: bigint, at: AttributeValues<A>) => bigint;
  /** Whether `f` is exact on integers of 32 bits or fewer, before they wrap: then they need no bigints. */
  readonly isExactBelow2To53?: boolean;
  /** On what inference knows of elements. */
  readonly contents?: (x: Dim, y: Dim) => Dim | undefined;
  /** ∂L/∂a and ∂L/∂b in the broadcast shape; they are summed back to the shapes of a and b. */
  readonly gradient:
    | ((g: Emit, values: BinaryValues, at: AttributeValues<A>) => readonly [Value | undefined, Value | undefined])
    | NoGradient;
  readonly ops: Partial<Record<OpKind, number>>;
  readonly tolerance?: number;
  readonly examples: readonly Example<A>[];
}

/** Defines a binary operator. */
export function binary<const A extends AttributeSpecs = Record<never, never>>(
  name: string,
  {
    types = "number",
    attributes = {} as A,
    check,
    f,
    exact,
    isExactBelow2To53 = false,
    contents,
    gradient,
    ops,
    ...rest
  }: BinarySpec<A>,
): Operator {
  return operator<A>(name, {
    ...rest,
    arity: [2, 2],
    attributes,
    shape: ([a, b], at) => {
      checkTypes([a, b], types);
      sameTypes(a, b);
      check?.([a!, b!], at);
      const [type] = broadcastShape([a, b]);
      return [{ ...type!, contents: contents && mapContents([a!, b!], contents as (...e: readonly Dim[]) => Dim) }];
    },
    run: ([a, b], at) => {
      const isNarrow = isExactBelow2To53 && bitsOf(a!.dtype) <= 32;
      if (exact !== undefined && isInteger(a!.dtype) && !isNarrow)
        return [mapIntegerPairs(a!, b!, (x, y) => exact(x, y, at))];
      return [mapPairs(a!, b!, (x, y) => f!(x, y, at))];
    },
    gradient:
      typeof gradient === "function"
        ? (g, [a, b], [dy], at, [y]) => {
            const [da, db] = gradient(g, { a, b, y, dy } as BinaryValues, at);
            return [da && g.sumTo(da, a!), db && g.sumTo(db, b!)];
          }
        : gradient,
    work: elementwise(ops),
  });
}
