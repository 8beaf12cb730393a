/** @file One multiplication and one subtraction per channel, as a single node. */

import { sizeOf } from "../base/tensor.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, type Emit } from "./emit.ts";

/**
 * (x − shift)·factor with [C] for shift and factor: BatchNormalization with given statistics, variance 1 and ε = 0. In
 * ONNX Runtime it costs what one multiplication costs.
 */
export function channelAffine(g: Emit, x: Value, factor: Value | undefined, shift: Value | undefined): Value {
  const like = (factor ?? shift)!;
  const filled = (value: number) => {
    const dims = dimsOf(like);
    return dims.every((dim) => typeof dim === "number")
      ? g.tensorLike(like, dims as number[], new Array(sizeOf(dims as number[])).fill(value))
      : g.op("Expand", [g.scalar(like, value), g.op("Shape", [like])]);
  };
  const [one, zero] = [filled(1), filled(0)];
  return g.op("BatchNormalization", [x, factor ?? one, zero, shift ?? zero, one], { epsilon: 0 });
}
