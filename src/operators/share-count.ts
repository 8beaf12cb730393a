/** @file How many elements of one value share one element of another, as gradients of means need it. */

import { divideDims, multiplyDims } from "../graph/dims.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, dtypeOf, type Emit } from "./emit.ts";

/** size(x) / size(reduced), a scalar of the type of `x`; counted at run time where symbols do not cancel. */
export function shareCount(g: Emit, x: Value, reduced: Value): Value {
  const count = divideDims(multiplyDims(...dimsOf(x)), multiplyDims(...dimsOf(reduced)));
  if (typeof count === "number") return g.scalar(x, count);
  return g.cast(g.div(g.op("Size", [x]), g.op("Size", [reduced])), dtypeOf(x));
}
