/** @file Constancy: what is the same in every run is computed once, when the model is compiled, and is not billed. */

import type { Value } from "../graph/value.ts";
import { lookUp } from "../operators/index.ts";

/** Is a value the same in every run? True of initializers, of what is computed from them, and of known shapes. */
export function constancy(): (value: Value) => boolean {
  const known = new Map<Value, boolean>();
  const isConstant = (value: Value): boolean => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const { producer } = value;
    const isShape = value.contents?.every((dim) => typeof dim === "number") ?? false;
    const isDrawn = producer !== undefined && lookUp(producer.kind)?.isRandom === true;
    const answer =
      value.constant !== undefined ||
      (producer !== undefined &&
        (isShape ||
          (!isDrawn &&
            producer.subgraphs.length === 0 &&
            producer.inputs.every((input) => input === undefined || isConstant(input)))));
    known.set(value, answer);
    return answer;
  };
  return isConstant;
}
