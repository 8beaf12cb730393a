/**
 * @file Resize 13 leaves out what it does not use (before: empty tensors) and dropped `tf_half_pixel_for_nn`, whose
 * position (x + ½)/scale is half_pixel's plus ½: floor(h + ½) rounds h with ties up, round-half-down(h + ½) is ceil(h).
 */

import { fail } from "../../base/errors.ts";
import { sizeOf } from "../../base/tensor.ts";
import type { Value } from "../../graph/value.ts";
import { textAttribute, withAttribute } from "./attribute-input.ts";
import type { Draft, Upgrade } from "./upgrade.ts";

export const resize13: Upgrade = {
  ops: ["Resize"],
  to: 13,
  rewrite(call, context) {
    const [x, roi, scales, sizes] = call.inputs.map((input) => (isEmpty(input) ? undefined : input));
    const isCropping = textAttribute(call, "coordinate_transformation_mode", "") === "tf_crop_and_resize";
    const inputs = [x, isCropping ? roi : undefined, sizes === undefined ? scales : undefined, sizes];
    context.emit({ ...withoutHalfPixelForNearest(call), inputs });
  },
};

const isEmpty = (value: Value | undefined): boolean =>
  value?.constant !== undefined && sizeOf(value.constant.dims) === 0;

const equivalentRounding: Readonly<Record<string, string>> = { floor: "round_prefer_ceil", round_prefer_floor: "ceil" };

function withoutHalfPixelForNearest(call: Draft): Draft {
  if (textAttribute(call, "coordinate_transformation_mode", "half_pixel") !== "tf_half_pixel_for_nn") return call;
  const rounding = textAttribute(call, "nearest_mode", "round_prefer_floor");
  const equivalent = equivalentRounding[rounding];
  if (textAttribute(call, "mode", "nearest") !== "nearest" || equivalent === undefined) {
    return fail({
      code: "onnx.unsupported",
      message: `tf_half_pixel_for_nn with ${rounding} has no form in present ONNX`,
      expected: `mode nearest with ${Object.keys(equivalentRounding).join(" or ")}`,
    });
  }
  const mapped = withAttribute(call, "coordinate_transformation_mode", { type: "string", value: "half_pixel" });
  return withAttribute(mapped, "nearest_mode", { type: "string", value: equivalent });
}
