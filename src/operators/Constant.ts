/**
 * @file Constant: a value written into the node. ONNX Constant-13. The protobuf door turns tensor constants into
 * initializers; what remains are those in function bodies, whose attributes come from outside.
 */

import { fail } from "../base/errors.ts";
import { f32, i64, integers, scalar, type Tensor, tensor } from "../base/tensor.ts";
import { type AttributeValues, float, floats, int, ints, tensorAttribute, text, texts } from "./attributes.ts";
import { none, operator } from "./operator.ts";
import { streaming } from "./work.ts";

const attributes = {
  value: tensorAttribute(),
  value_float: float(),
  value_floats: floats(),
  value_int: int(),
  value_ints: ints(),
  value_string: text(),
  value_strings: texts(),
};

function tensorOf(at: AttributeValues<typeof attributes>): Tensor {
  const { value, value_float, value_floats, value_int, value_ints, value_string, value_strings } = at;
  const forms = [
    value,
    value_float !== undefined && scalar("float32", value_float),
    value_floats && tensor("float32", [value_floats.length], value_floats),
    value_int !== undefined && scalar("int64", value_int),
    value_ints && i64(value_ints),
    value_string !== undefined && scalar("string", value_string),
    value_strings && tensor("string", [value_strings.length], value_strings),
  ].filter((form) => form !== undefined && form !== false);
  if (forms.length !== 1) {
    fail({
      code: "attribute.missing",
      message: "a constant has one value",
      expected: `one of ${Object.keys(attributes).join(", ")}`,
      got: `${forms.length} of them`,
    });
  }
  return forms[0]!;
}

export const Constant = operator("Constant", {
  since: 12,
  arity: [0, 0],
  attributes,
  shape: (_inputs, at) => {
    const value = tensorOf(at);
    const isShape = value.dtype === "int64" && value.dims.length <= 1 && value.data.length <= 64;
    return [{ dtype: value.dtype, dims: value.dims, ...(isShape && { contents: integers(value) }) }];
  },
  run: (_inputs, at) => [tensorOf(at)],
  gradient: none("it has no inputs"),
  work: (_inputs, outputs) => streaming([], outputs),
  tolerance: 0,
  examples: [
    { name: "a tensor", inputs: [], attributes: { value: f32([2], [1, 2]) }, expected: [f32([2], [1, 2])] },
    { name: "a float", inputs: [], attributes: { value_float: 0.5 }, expected: [f32([], [0.5])] },
    { name: "floats", inputs: [], attributes: { value_floats: [0.5, 2] }, expected: [f32([2], [0.5, 2])] },
    { name: "an int", inputs: [], attributes: { value_int: 3 }, expected: [scalar("int64", 3)] },
    { name: "ints", inputs: [], attributes: { value_ints: [3, 4] }, expected: [i64([3, 4])] },
    { name: "a string", inputs: [], attributes: { value_string: "a" }, expected: [scalar("string", "a")] },
    {
      name: "strings",
      inputs: [],
      attributes: { value_strings: ["a", "b"] },
      expected: [tensor("string", [2], ["a", "b"])],
    },
  ],
});
