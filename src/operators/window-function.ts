/** @file The window rule: w(n) = a₀ − a₁·cos(2πn/N) + a₂·cos(4πn/N), for Hann, Hamming and Blackman windows. */

import type { DType } from "../base/dtype.ts";
import { numbers } from "../base/tensor.ts";
import { elementType, flag } from "./attributes.ts";
import { dimsIn } from "./contents.ts";
import { fromNumbers } from "./loops.ts";
import { type Example, none, type OperatorSpec } from "./operator.ts";
import { streaming } from "./work.ts";

const attributes = { output_datatype: elementType(), periodic: flag(true) };

export function windowFunction(
  [a0, a1, a2]: readonly [number, number, number],
  examples: readonly Example<typeof attributes>[],
): OperatorSpec<typeof attributes> {
  return {
    since: 17,
    arity: [1, 1],
    attributes,
    shape: ([size], { output_datatype }, context) => {
      const count = dimsIn(size)?.[0] ?? context.fresh("window");
      return [{ dtype: output_datatype ?? "float32", dims: [count] }];
    },
    run: ([size], { output_datatype, periodic }) => {
      const count = numbers(size)[0]!;
      const period = periodic ? count : count - 1;
      const values = Float64Array.from({ length: count }, (_, n) => {
        const angle = (2 * Math.PI * n) / period;
        return a0 - a1 * Math.cos(angle) + a2 * Math.cos(2 * angle);
      });
      return [fromNumbers((output_datatype ?? "float32") as DType, [count], values)];
    },
    gradient: none("it depends on a size alone"),
    work: (_inputs, [y]) => streaming([], [y], { trigonometric: (a2 === 0 ? 1 : 2) * y.dims[0]! }),
    examples,
  };
}
