/** @file Comparison: operators that compare broadcast pairs and make booleans. 64-bit integers compare exactly. */

import type { Tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import { mapContents } from "./element-contents.ts";
import { checkTypes, type ElementTypes } from "./element-types.ts";
import { comparePairs, type Element } from "./elements.ts";
import { type Example, none, type Operator, operator } from "./operator.ts";
import { broadcastShape, sameTypes } from "./shapes.ts";
import { elementwise, type OpKind } from "./work.ts";

export interface ComparisonSpec {
  readonly since: number;
  readonly types: ElementTypes;
  readonly f: (x: Element, y: Element) => boolean;
  readonly contents?: (x: Dim, y: Dim) => Dim | undefined;
  /** `compare` unless given. */
  readonly op?: OpKind;
  readonly examples: readonly Example[];
}

/** Defines an operator of two inputs of one type with a boolean result. */
export function comparison(
  name: string,
  { since, types, f, contents, op = "compare", examples }: ComparisonSpec,
): Operator {
  return operator(name, {
    since,
    arity: [2, 2],
    attributes: {},
    shape: ([a, b]) => {
      checkTypes([a, b], types);
      sameTypes(a, b);
      const [type] = broadcastShape([a, b], "bool");
      return [{ ...type!, contents: contents && mapContents([a!, b!], contents as (...e: readonly Dim[]) => Dim) }];
    },
    run: ([a, b]) => [comparePairs(a as Tensor, b as Tensor, f)],
    gradient: none("makes booleans"),
    work: elementwise({ [op]: 1 }),
    tolerance: 0,
    examples,
  });
}
