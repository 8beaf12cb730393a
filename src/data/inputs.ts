/** @file A user's input array to what training reads: bytes stay bytes, everything else becomes float32, channels come second. */

import { kindOf } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { describe, numbers, reshaped, type Tensor } from "../base/tensor.ts";
import { transposed } from "./transpose.ts";

/**
 * How images lie in the array: `nchw` as ONNX has them, `nhwc` (TensorFlow, image files) to be turned, `nhw` grey
 * images without a channel axis.
 */
export type Layout = "nchw" | "nhwc" | "nhw";

export interface Inputs {
  readonly inputs: Tensor;
  readonly notes: readonly string[];
}

export function encodeInputs(values: Tensor, where: string, layout: Layout = "nchw"): Inputs {
  const kind = kindOf(values.dtype);
  if (kind === "string" || kind === "complex") {
    fail({
      code: "data.dtype",
      where,
      message: "inputs must be numbers",
      expected: "an integer or floating-point array",
      got: describe(values),
    });
  }
  const { inputs, notes } = toFloat(values);
  return { inputs: arrange(inputs, where, layout), notes };
}

function toFloat(values: Tensor): Inputs {
  if (values.dtype === "uint8" || values.dtype === "float32") return { inputs: values, notes: [] };
  if (values.dtype === "bool")
    return { inputs: { ...values, dtype: "uint8" }, notes: ["inputs: bool read as 0 and 1"] };
  const exact = numbers(values);
  const data = Float32Array.from(exact);
  const rounded = data.some((value, i) => value !== exact[i] && !Number.isNaN(value));
  const note = `inputs: ${values.dtype} ${rounded ? "rounded" : "converted exactly"} to float32`;
  return { inputs: { dtype: "float32", dims: values.dims, data }, notes: [note] };
}

function arrange(values: Tensor, where: string, layout: Layout): Tensor {
  const { dims } = values;
  if (dims.length === 1) return reshaped(values, [dims[0]!, 1]);
  if (layout === "nchw") return values;
  const rank = layout === "nhwc" ? 4 : 3;
  if (dims.length !== rank) {
    fail({
      code: "data.layout",
      where,
      message: `layout ${layout} does not fit the inputs`,
      expected: `${rank} dimensions`,
      got: describe(values),
    });
  }
  return layout === "nhw" ? reshaped(values, [dims[0]!, 1, dims[1]!, dims[2]!]) : transposed(values, [0, 3, 1, 2]);
}
