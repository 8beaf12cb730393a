import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import type { DType } from "../base/dtype.ts";
import { i64, zeros } from "../base/tensor.ts";
import { Model } from "../graph/model.ts";
import type { Attribute, Attributes } from "../graph/node.ts";
import { Value } from "../graph/value.ts";
import { codeOfDType } from "./dtype-codes.ts";
import { writeModel } from "./write-model.ts";

interface Sample {
  op: string;
  inputs?: (DType | "axes" | undefined)[];
  output?: DType;
  attributes?: Record<string, number | string | number[]>;
}

/** Operator set and IR version of the file with this one node. */
function versions({ op, inputs = ["float32"], output = "float32", attributes = {} }: Sample): [number, number] {
  const model = new Model();
  const values = inputs.map((dtype, index) => {
    if (dtype === "axes") return model.graph.addInitializer("axes", i64([1]));
    return dtype && model.graph.addInput(`x${index}`, { dtype, dims: [2, 4, 3, 3] });
  });
  const y = new Value("y", { dtype: output, dims: undefined });
  model.graph.addNode({ op, inputs: values, outputs: [y], attributes: typed(attributes) });
  model.graph.addOutput(y);
  const proto = fromBinary(ModelProtoSchema, writeModel(model));
  return [Number(proto.opsetImport[0]!.version), Number(proto.irVersion)];
}

const typed = (attributes: Record<string, number | string | number[]>): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]): [string, Attribute] => [
      name,
      typeof value === "number"
        ? { type: "int", value }
        : typeof value === "string"
          ? { type: "string", value }
          : { type: "ints", value },
    ]),
  );

describe("the operator set of a file", () => {
  it.each<[number, number, string, Sample]>([
    [17, 8, "a plain node", { op: "Relu" }],
    [17, 8, "ReduceSum over axes", { op: "ReduceSum", inputs: ["float32", "axes"] }],
    [18, 8, "ReduceMean over axes", { op: "ReduceMean", inputs: ["float32", "axes"] }],
    [17, 8, "ReduceMean over everything", { op: "ReduceMean" }],
    [18, 8, "Split into equal parts", { op: "Split", attributes: { num_outputs: 1 } }],
    [17, 8, "Split into given parts", { op: "Split", inputs: ["float32", "axes"] }],
    [18, 8, "Mish", { op: "Mish" }],
    [18, 8, "Resize with antialias", { op: "Resize", attributes: { antialias: 1 } }],
    [17, 8, "Resize without antialias", { op: "Resize", attributes: { antialias: 0 } }],
    [19, 9, "Pad around", { op: "Pad", attributes: { mode: "wrap" } }],
    [19, 9, "AveragePool with dilations", { op: "AveragePool", attributes: { dilations: [2, 2] } }],
    [17, 8, "AveragePool with dilations of 1", { op: "AveragePool", attributes: { dilations: [1, 1] } }],
    [
      22,
      10,
      "a padded MaxPool that rounds up",
      { op: "MaxPool", attributes: { ceil_mode: 1, pads: [0, 0, 1, 1], kernel_shape: [2, 2] } },
    ],
    [
      17,
      8,
      "an unpadded MaxPool that rounds up",
      { op: "MaxPool", attributes: { ceil_mode: 1, kernel_shape: [2, 2], strides: [2, 2] } },
    ],
    [20, 9, "Gelu", { op: "Gelu" }],
    [20, 9, "GridSample linear", { op: "GridSample", attributes: { mode: "linear" } }],
    [17, 8, "GridSample nearest on images", { op: "GridSample", attributes: { mode: "nearest" } }],
    [21, 10, "GroupNormalization", { op: "GroupNormalization" }],
    [23, 11, "RMSNormalization", { op: "RMSNormalization" }],
    [25, 13, "Attention with a window", { op: "Attention", attributes: { left_window_size: 3 } }],
    [17, 8, "DequantizeLinear int8", { op: "DequantizeLinear", inputs: ["int8", "float32"] }],
    [19, 9, "DequantizeLinear float16", { op: "DequantizeLinear", inputs: ["int8", "float16"], output: "float16" }],
    [21, 10, "DequantizeLinear int4", { op: "DequantizeLinear", inputs: ["int4", "float32"] }],
    [
      21,
      10,
      "DequantizeLinear in blocks",
      { op: "DequantizeLinear", inputs: ["int8", "float32"], attributes: { block_size: 2 } },
    ],
    [25, 13, "DequantizeLinear int2", { op: "DequantizeLinear", inputs: ["int2", "float32"] }],
    [19, 9, "Cast to float8", { op: "Cast", output: "float8e5m2", attributes: { to: codeOfDType("float8e5m2") } }],
    [17, 8, "Cast to bfloat16", { op: "Cast", output: "bfloat16", attributes: { to: codeOfDType("bfloat16") } }],
    [22, 10, "Conv of bfloat16", { op: "Conv", inputs: ["bfloat16", "bfloat16"], output: "bfloat16" }],
    [20, 9, "ReduceMax of booleans", { op: "ReduceMax", inputs: ["bool"], output: "bool" }],
    [27, 13, "Range of float16", { op: "Range", inputs: ["float16", "float16", "float16"], output: "float16" }],
  ])("%i (IR %i): %s", (opset, ir, _what, sample) => {
    expect(versions(sample)).toEqual([opset, ir]);
  });

  it("follows types through values that state none", () => {
    const model = new Model();
    const x = model.graph.addInput("x", { dtype: "float32", dims: [1, 1, 3, 3] });
    const [low, y] = [new Value("low"), new Value("y")];
    const to = { type: "int", value: codeOfDType("bfloat16") } as const;
    model.graph.addNode({ op: "Cast", inputs: [x], outputs: [low], attributes: { to } });
    model.graph.addNode({ op: "Softplus", inputs: [low], outputs: [y] });
    model.graph.addOutput(y);
    expect(fromBinary(ModelProtoSchema, writeModel(model)).opsetImport[0]!.version).toBe(22n);
  });

  it("raises the IR version for metadata and for small initializers alone", () => {
    const model = new Model();
    model.graph.addOutput(model.graph.addInitializer("w", zeros("int2", [5])));
    expect(fromBinary(ModelProtoSchema, writeModel(model)).irVersion).toBe(13n);
    const plain = new Model();
    plain.graph.addOutput(plain.graph.addInitializer("w", zeros("float32", [5])));
    expect(fromBinary(ModelProtoSchema, writeModel(plain)).irVersion).toBe(8n);
    plain.graph.outputs[0]!.metadata.set("bits", "3");
    expect(fromBinary(ModelProtoSchema, writeModel(plain)).irVersion).toBe(10n);
  });
});
