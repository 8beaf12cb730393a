import { describe, expect, it } from "vitest";
import type { DType } from "../base/dtype.ts";
import { scalar } from "../base/tensor.ts";
import type { Attributes } from "../graph/node.ts";
import { Value } from "../graph/value.ts";
import { codeOfDType } from "./dtype-codes.ts";
import { ElementTypes } from "./element-types.ts";

/** Element types of two outputs of a call, from those of its inputs. */
function typesOf(op: string, inputs: (DType | undefined)[], attributes: Attributes = {}, domain = "") {
  const types = new ElementTypes();
  const outputs = [new Value("a"), new Value("b")];
  const values = inputs.map((dtype, i) => new Value(`x${i}`, dtype && { dtype, dims: undefined }));
  types.note({ op, domain, inputs: values, outputs, attributes });
  return outputs.map((output) => types.of(output));
}

const int = (value: number) => ({ type: "int", value }) as const;

describe("element types", () => {
  it.each<[string, (DType | undefined)[], Attributes, (DType | undefined)[]]>([
    ["Conv", ["float16", "float16"], {}, ["float16", "float16"]],
    ["Conv", [undefined], {}, [undefined, undefined]],
    ["Less", ["float32", "float32"], {}, ["bool", "bool"]],
    ["Shape", ["string"], {}, ["int64", "int64"]],
    ["TopK", ["int8", "int64"], {}, ["int8", "int64"]],
    ["Dropout", ["bfloat16"], {}, ["bfloat16", "bool"]],
    ["Where", ["bool", "float64", "float64"], {}, ["float64", "float64"]],
    ["Cast", ["float32"], { to: int(codeOfDType("int4")) }, ["int4", "int4"]],
    ["CastLike", ["float32", "uint8"], {}, ["uint8", "uint8"]],
    ["QuantizeLinear", ["float32", "float32", "int8"], {}, ["int8", "int8"]],
    ["QuantizeLinear", ["float32", "float32"], {}, ["uint8", "uint8"]],
    ["QuantizeLinear", ["float32", "float32"], { output_dtype: int(codeOfDType("int2")) }, ["int2", "int2"]],
    ["DequantizeLinear", ["int8", "float16"], {}, ["float16", "float16"]],
    ["DynamicQuantizeLinear", ["float32"], {}, ["uint8", "float32"]],
    ["ConstantOfShape", ["int64"], {}, ["float32", "float32"]],
    ["ConstantOfShape", ["int64"], { value: { type: "tensor", value: scalar("int8", 1) } }, ["int8", "int8"]],
    ["SequenceAt", ["float32"], {}, [undefined, undefined]],
  ])("%s %j", (op, inputs, attributes, expected) => {
    expect(typesOf(op, inputs, attributes)).toEqual(expected);
  });

  it("follow QONNX operators and nothing else foreign", () => {
    expect(typesOf("Quant", ["float32"], {}, "qonnx.custom_op.general")[0]).toBe("float32");
    expect(typesOf("Gelu", ["float32"], {}, "com.microsoft")[0]).toBeUndefined();
  });
});
