import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { AttributeProtoSchema, AttributeProto_AttributeType as Kind } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { tensor } from "../base/tensor.ts";
import type { Attribute } from "../graph/node.ts";
import { readAttributes } from "./attribute-read.ts";
import { attributeToProto } from "./attribute-write.ts";
import { encode } from "./protobuf.ts";
import { graphToProto } from "./write-graph.ts";

const reader = {
  tensors: {},
  inFunction: true,
  readGraph: () => expect.unreachable("no graphs here"),
};

/** Written, encoded, decoded and read. */
function throughFile(name: string, attribute: Attribute): Attribute | undefined {
  const proto = attributeToProto(name, attribute, (graph) => graphToProto(graph, { opset: 17 }));
  return readAttributes([fromBinary(AttributeProtoSchema, encode(AttributeProtoSchema, proto))], reader)[name];
}

const float = fc.float({ noNaN: true });
const int = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2 ** 63, -(2 ** 63), 2 ** 60, 0));

describe("attributes", () => {
  it("come back as they were", () => {
    const any = fc.oneof<fc.Arbitrary<Attribute>[]>(
      int.map((value) => ({ type: "int", value })),
      float.map((value) => ({ type: "float", value })),
      fc.string().map((value) => ({ type: "string", value })),
      fc.array(int).map((value) => ({ type: "ints", value })),
      fc.array(float).map((value) => ({ type: "floats", value })),
      fc.array(fc.string()).map((value) => ({ type: "strings", value })),
      fc.array(float).map((values) => ({ type: "tensor", value: tensor("float32", [values.length], values) })),
      fc.string({ minLength: 1 }).map((value) => ({ type: "reference", value, as: Kind.INTS })),
    );
    fc.assert(
      fc.property(fc.constantFrom("axis", "toString", "__proto__", "0"), any, (name, attribute) => {
        expect(throughFile(name, attribute)).toEqual(attribute);
      }),
    );
  });

  it("hold the greatest int64, which means `to the end`, and refuse what a number cannot hold", () => {
    const proto = (i: bigint) =>
      Object.assign(fromBinary(AttributeProtoSchema, new Uint8Array()), { name: "a", type: Kind.INT, i });
    expect(readAttributes([proto(2n ** 63n - 1n)], reader).a).toEqual({ type: "int", value: 2 ** 63 });
    expect(attributeToProto("a", { type: "int", value: 2 ** 63 }, () => expect.unreachable()).i).toBe(2n ** 63n - 1n);
    expect(() => readAttributes([proto(2n ** 53n + 1n)], reader)).toThrow(/cannot be held exactly/);
    expect(() => attributeToProto("a", { type: "int", value: 0.5 }, () => expect.unreachable())).toThrow(/no integer/);
  });

  it("of kinds that Femto has no use for pass through as bytes", () => {
    const proto = Object.assign(fromBinary(AttributeProtoSchema, new Uint8Array()), {
      name: "a",
      type: Kind.TYPE_PROTOS,
    });
    const attribute = readAttributes([proto], reader).a!;
    expect(attribute.type).toBe("opaque");
    expect(throughFile("a", attribute)).toEqual(attribute);
  });

  it("are refused twice", () => {
    const proto = attributeToProto("a", { type: "int", value: 1 }, () => expect.unreachable());
    expect(() => readAttributes([proto, proto], reader)).toThrow(/given twice/);
  });
});
