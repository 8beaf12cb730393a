import { create, fromBinary } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  SparseTensorProtoSchema,
  TrainingInfoProtoSchema,
  TypeProto_SequenceSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { f32, i64, scalar, tensor } from "../base/tensor.ts";
import { type OldFile, type OldNode, oldFile } from "./old-file.fixture.ts";
import { encode } from "./protobuf.ts";
import { readModel } from "./read-model.ts";
import { tensorToProto } from "./tensor-write.ts";
import { writeModel } from "./write-model.ts";

const chain: OldFile = {
  opset: 17,
  inputs: { x: f32([2, 3], [1, 2, 3, 4, 5, 6]) },
  initializers: { w: f32([3], [1, 2, 3]) },
  nodes: [
    { op: "Add", inputs: ["x", "w"], outputs: ["a"] },
    { op: "Relu", inputs: ["a"], outputs: ["y"] },
  ],
  outputs: ["y"],
};

/** The file with its message changed by hand. */
function edited(edit: (proto: ModelProto) => void, file: OldFile = chain): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, oldFile(file));
  edit(proto);
  return encode(ModelProtoSchema, proto);
}

const refusal = (bytes: Uint8Array) => {
  try {
    readModel(bytes, { name: "m.onnx" });
  } catch (error) {
    if (error instanceof FemtoError) return { code: error.code, where: error.where };
    throw error;
  }
  return { code: "accepted" };
};

const withNodes = (...nodes: OldNode[]): OldFile => ({ ...chain, nodes });

describe("reading graphs", () => {
  it("sorts nodes that stand in any order", () => {
    const model = readModel(oldFile({ ...chain, nodes: [...chain.nodes].reverse() }));
    expect(model.graph.nodes.map(({ op }) => op)).toEqual(["Add", "Relu"]);
  });

  it("turns Constant nodes into initializers, wherever they stand", () => {
    const model = readModel(
      oldFile(
        withNodes(
          { op: "Add", inputs: ["x", "c"], outputs: ["y"] },
          { op: "Constant", inputs: [], outputs: ["c"], attributes: { value_float: { float: 0.5 } } },
        ),
      ),
    );
    expect(model.graph.nodes.map(({ op }) => op)).toEqual(["Add"]);
    expect(model.graph.nodes[0]!.inputs[1]!.constant).toEqual(scalar("float32", 0.5));
  });

  it("lets a subgraph read values of the graphs around it", () => {
    const inner = { inputs: {}, nodes: [{ op: "Neg", inputs: ["x"], outputs: ["n"] }], outputs: ["n"] };
    const model = readModel(
      edited(
        (proto) => {
          const attribute = proto.graph!.node[0]!.attribute;
          attribute[0]!.name = "then_branch";
          const other = create(AttributeProtoSchema, { ...attribute[0]!, name: "else_branch" });
          attribute.push(other);
        },
        {
          ...withNodes({ op: "If", inputs: ["c"], outputs: ["y"], body: inner }),
          inputs: { x: f32([1], [1]), c: tensor("bool", [], [true]) },
        },
      ),
    );
    const [node] = model.graph.nodes;
    expect(node!.subgraphs).toHaveLength(2);
    expect(node!.subgraphs[0]!.nodes[0]!.inputs[0]).toBe(model.graph.inputs[0]);
    const bytes = writeModel(model);
    expect(writeModel(readModel(bytes))).toEqual(bytes);
  });

  it("knows initializers that are listed as inputs: nothing until IR 3, default values since IR 4", () => {
    const listed = (ir: number) => ({ ...chain, ir, inputs: { ...chain.inputs, w: f32([3], [0, 0, 0]) } });
    const names = (ir: number) => readModel(oldFile(listed(ir))).graph.inputs.map(({ name }) => name);
    expect(names(3)).toEqual(["x"]);
    expect(names(4)).toEqual(["x", "w"]);
    const model = readModel(oldFile(listed(4)));
    expect(model.graph.inputs[1]).toBe(model.graph.initializers[0]);
    expect(refusal(oldFile({ ...listed(4), inputs: { ...chain.inputs, w: f32([4], [0, 0, 0, 0]) } })).code).toBe(
      "onnx.type",
    );
  });

  it("gives each unknown dimension a symbol of its own and keeps named ones", () => {
    const model = readModel(
      edited((proto) => {
        const type = proto.graph!.input[0]!.type!.value;
        if (type.case !== "tensorType") throw new Error("the input is a tensor");
        type.value.shape!.dim[0]!.value = { case: undefined };
        type.value.shape!.dim[1]!.value = { case: "dimParam", value: "width" };
      }),
    );
    expect(model.graph.inputs[0]!.type).toEqual({ dtype: "float32", dims: ["x_d0", "width"] });
  });

  it("keeps metadata of model, graph, nodes and values, and QONNX annotations", () => {
    const model = readModel(oldFile(chain));
    const { graph } = model;
    model.metadata.set("author", "someone");
    graph.metadata.set("where", "graph");
    graph.nodes[0]!.metadata.set("where", "node");
    for (const value of [graph.inputs[0]!, graph.initializers[0]!, graph.nodes[0]!.outputs[0]!, graph.outputs[0]!]) {
      value.metadata.set("where", value.name);
      value.metadata.set("quantization_annotation.finn_datatype", "INT2");
    }
    const back = readModel(writeModel(model));
    const all = (m: typeof model) => [
      m.metadata,
      m.graph.metadata,
      m.graph.nodes[0]!.metadata,
      ...[m.graph.inputs[0]!, m.graph.initializers[0]!, m.graph.nodes[0]!.outputs[0]!, m.graph.outputs[0]!].map(
        (value) => value.metadata,
      ),
    ];
    expect(all(back)).toEqual(all(model));
    expect(fromBinary(ModelProtoSchema, writeModel(model)).graph!.quantizationAnnotation).toHaveLength(4);
  });

  it("notes that training information was left behind", () => {
    const model = readModel(edited((proto) => proto.trainingInfo.push(create(TrainingInfoProtoSchema))));
    expect(model.metadata.get("femto.dropped")).toBe("training_info");
  });
});

describe("bad files", () => {
  const add = chain.nodes[0]!;
  const relu = chain.nodes[1]!;
  it.each<[string, string, Uint8Array]>([
    ["an empty file", "onnx.truncated", new Uint8Array()],
    ["a third of a file", "onnx.truncated", oldFile(chain).subarray(0, 60)],
    ["text", "onnx.truncated", new TextEncoder().encode("<!DOCTYPE html><html></html>")],
    ["a cycle", "onnx.cycle", oldFile(withNodes({ ...add, inputs: ["x", "y"] }, relu))],
    ["a node that reads itself", "onnx.cycle", oldFile(withNodes({ ...add, inputs: ["a", "w"] }, relu))],
    ["an input from nowhere", "onnx.missing", oldFile(withNodes({ ...add, inputs: ["x", "nowhere"] }, relu))],
    ["an output from nowhere", "onnx.missing", oldFile({ ...chain, outputs: ["nowhere"] })],
    ["a name defined twice", "onnx.duplicate", oldFile(withNodes(add, { ...relu, outputs: ["a"] }))],
    ["an output named as an input", "onnx.duplicate", oldFile(withNodes(add, { ...relu, outputs: ["x"] }))],
    ["an unknown operator", "onnx.operator", oldFile(withNodes({ ...add, op: "Frobnicate" }, relu))],
    ["an operator set of the future", "onnx.opset", oldFile({ ...chain, opset: 28 })],
    ["an operator set of the past", "onnx.opset", oldFile({ ...chain, opset: 6 })],
    [
      "a femto operator without its function",
      "onnx.function",
      oldFile({ ...withNodes({ ...add, domain: "femto" }, relu), domains: ["femto"] }),
    ],
    ["an IR version of the past", "onnx.ir", edited((proto) => (proto.irVersion = 2n))],
    ["an IR version of the future", "onnx.ir", edited((proto) => (proto.irVersion = 1n << 40n))],
    ["no operator set", "onnx.opset", edited((proto) => (proto.opsetImport = []))],
    [
      "an initializer of 2^40 elements",
      "onnx.tensor",
      edited((proto) => (proto.graph!.initializer[0]!.dims = [1n << 40n])),
    ],
    [
      "an initializer without elements",
      "onnx.tensor",
      edited((proto) => (proto.graph!.initializer[0]!.rawData = new Uint8Array())),
    ],
    ["an unnamed initializer", "onnx.name", edited((proto) => (proto.graph!.initializer[0]!.name = ""))],
    [
      "a sparse initializer",
      "onnx.unsupported",
      edited((proto) => proto.graph!.sparseInitializer.push(create(SparseTensorProtoSchema))),
    ],
    ["a sequence as input", "onnx.unsupported", edited((proto) => (proto.graph!.input[0]!.type = sequence))],
    [
      "an input without type",
      "onnx.type",
      edited((proto) => (proto.graph!.input[0] = create(ValueInfoProtoSchema, { name: "x" }))),
    ],
    [
      "an attribute without type",
      "onnx.attribute",
      edited((proto) => proto.graph!.node[0]!.attribute.push(create(AttributeProtoSchema, { name: "axis" }))),
    ],
    [
      "a reference outside a function",
      "onnx.attribute",
      edited((proto) =>
        proto.graph!.node[0]!.attribute.push(
          create(AttributeProtoSchema, { name: "axis", refAttrName: "a", type: Kind.INT }),
        ),
      ),
    ],
  ])("%s: %s", (_what, code, bytes) => {
    expect(refusal(bytes).code).toBe(code);
  });

  it("says where", () => {
    const bytes = edited((proto) => {
      const t = tensorToProto(i64([1]), "");
      t.dims = [5n];
      proto.graph!.node[1]!.name = "act";
      proto.graph!.node[1]!.attribute.push(create(AttributeProtoSchema, { name: "value", type: Kind.TENSOR, t }));
    });
    expect(refusal(bytes).where).toBe('m.onnx › node 1 Relu "act" › attribute value');
    expect(refusal(oldFile(withNodes({ ...add, inputs: ["x", "no"] }, relu))).where).toBe(
      "m.onnx › node 0 Add › input 1",
    );
  });

  it("graphs within graphs without end", () => {
    let graph = fromBinary(ModelProtoSchema, oldFile(chain)).graph!;
    for (let depth = 0; depth < 60; depth++) {
      const node = create(NodeProtoSchema, {
        opType: "If",
        output: [`v${depth}`],
        attribute: [create(AttributeProtoSchema, { name: "then_branch", type: Kind.GRAPH, g: graph })],
      });
      graph = { ...graph, node: [node] };
    }
    expect(refusal(edited((proto) => (proto.graph = graph))).code).toBe("onnx.depth");
  });
});

const sequence = create(TypeProtoSchema, {
  value: { case: "sequenceType", value: create(TypeProto_SequenceSchema) },
});
