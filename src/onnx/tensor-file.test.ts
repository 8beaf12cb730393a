import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { TensorProto_DataType as Code, type TensorProto, TensorProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { allocate, bitsOf, type DType, dtypes, integerRange, isInteger } from "../base/dtype.ts";
import { FemtoError } from "../base/errors.ts";
import { scalar, sizeOf, type Tensor } from "../base/tensor.ts";
import { encode } from "./protobuf.ts";
import { readTensor, writeTensor } from "./tensor-file.ts";

/** Any tensor of a type, with every bit pattern that its container allows. */
function anyTensor(dtype: DType): fc.Arbitrary<Tensor> {
  return fc
    .tuple(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }), fc.infiniteStream(fc.nat(255)))
    .map(([dims, stream]) => {
      const data = allocate(dtype, sizeOf(dims));
      const next = () => stream.next().value as number;
      if (Array.isArray(data)) return { dtype, dims, data: data.map(() => `${next()} λ`) };
      const range = isInteger(dtype) && bitsOf(dtype) < 8 ? integerRange(dtype) : undefined;
      const bytes = new Uint8Array(data.buffer);
      for (let i = 0; i < bytes.length; i++) {
        if (range !== undefined) bytes[i] = Number(range.min) + (next() % 2 ** bitsOf(dtype));
        else bytes[i] = dtype === "bool" ? next() % 2 : dtype === "float4e2m1" ? next() % 16 : next();
      }
      return { dtype, dims, data };
    });
}

const bitsAsBytes = ({ data }: Tensor) => (Array.isArray(data) ? data : [...new Uint8Array(data.buffer)]);

const file = (fields: Partial<TensorProto>) =>
  encode(TensorProtoSchema, create(TensorProtoSchema, fields as TensorProto));

const codeOf = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    if (error instanceof FemtoError) return error.code;
    throw error;
  }
  return "accepted";
};

describe("tensor files", () => {
  it.each(dtypes)("%s survives writing and reading bit for bit", (dtype) => {
    fc.assert(
      fc.property(anyTensor(dtype), (tensor) => {
        const bytes = writeTensor(tensor, "t");
        const { name, tensor: back } = readTensor(bytes);
        expect(name).toBe("t");
        expect([back.dtype, back.dims]).toEqual([dtype, tensor.dims]);
        expect(bitsAsBytes(back)).toEqual(bitsAsBytes(tensor));
        expect(writeTensor(back, "t")).toEqual(bytes);
      }),
      { numRuns: 40 },
    );
  });

  it("reads typed fields as onnx.proto assigns them", () => {
    const read = (fields: Partial<TensorProto>) => [...readTensor(file(fields)).tensor.data];
    expect(read({ dims: [2n], dataType: Code.FLOAT, floatData: [1.5, -2] })).toEqual([1.5, -2]);
    expect(read({ dims: [1n], dataType: Code.COMPLEX64, floatData: [1, 2] })).toEqual([1, 2]);
    expect(read({ dims: [1n], dataType: Code.COMPLEX128, doubleData: [1, 2] })).toEqual([1, 2]);
    expect(read({ dims: [2n], dataType: Code.INT64, int64Data: [-1n, 2n ** 62n] })).toEqual([-1n, 2n ** 62n]);
    expect(read({ dims: [1n], dataType: Code.UINT64, uint64Data: [2n ** 64n - 1n] })).toEqual([2n ** 64n - 1n]);
    expect(read({ dims: [1n], dataType: Code.UINT32, uint64Data: [2n ** 32n - 1n] })).toEqual([2 ** 32 - 1]);
    expect(read({ dims: [2n], dataType: Code.INT8, int32Data: [-128, 127] })).toEqual([-128, 127]);
    expect(read({ dims: [2n], dataType: Code.BOOL, int32Data: [0, 1] })).toEqual([0, 1]);
    expect(read({ dims: [1n], dataType: Code.FLOAT16, int32Data: [0x3c00] })).toEqual([0x3c00]);
    expect(read({ dims: [1n], dataType: Code.FLOAT8E5M2, int32Data: [0xff] })).toEqual([0xff]);
    expect(read({ dims: [3n], dataType: Code.INT4, int32Data: [0x7f, 0x08] })).toEqual([-1, 7, -8]);
    expect(read({ dims: [5n], dataType: Code.UINT2, int32Data: [0b11100100, 1] })).toEqual([0, 1, 2, 3, 1]);
    expect(read({ dims: [1n], dataType: Code.STRING, stringData: [Uint8Array.of(206, 187)] })).toEqual(["λ"]);
  });

  it("refuses sizes that do not match, before it takes memory", () => {
    const huge = { dims: [2n ** 20n, 2n ** 20n], dataType: Code.FLOAT };
    expect(codeOf(() => readTensor(file({ ...huge, rawData: new Uint8Array(8) })))).toBe("onnx.tensor");
    expect(codeOf(() => readTensor(file(huge)))).toBe("onnx.tensor");
    expect(codeOf(() => readTensor(file({ ...huge, dims: [2n ** 40n, 2n ** 40n] })))).toBe("onnx.tensor");
    expect(codeOf(() => readTensor(file({ ...huge, dims: [-1n] })))).toBe("onnx.tensor");
    expect(codeOf(() => readTensor(file({ ...huge, dims: [2n ** 62n] })))).toBe("onnx.tensor");
    expect(codeOf(() => readTensor(file({ dims: [2n], dataType: Code.FLOAT, floatData: [1] })))).toBe("onnx.tensor");
    expect(codeOf(() => readTensor(file({ dims: [3n], dataType: Code.INT4, rawData: new Uint8Array(3) })))).toBe(
      "onnx.tensor",
    );
  });

  it("takes an empty tensor however large its other dimensions are", () => {
    const { tensor } = readTensor(file({ dims: [0n, 2n ** 52n, 2n ** 52n], dataType: Code.FLOAT }));
    expect(tensor.data.length).toBe(0);
  });

  it("refuses elements given twice, out of range, or no UTF-8, and unknown types", () => {
    const raw = new Uint8Array(4);
    expect(codeOf(() => readTensor(file({ dims: [1n], dataType: Code.FLOAT, rawData: raw, floatData: [1] })))).toBe(
      "onnx.tensor",
    );
    expect(codeOf(() => readTensor(file({ dims: [1n], dataType: Code.UINT8, int32Data: [256] })))).toBe("onnx.tensor");
    expect(codeOf(() => readTensor(file({ dims: [1n], dataType: Code.BOOL, int32Data: [2] })))).toBe("onnx.tensor");
    expect(codeOf(() => readTensor(file({ dims: [1n], dataType: Code.STRING, rawData: raw })))).toBe("onnx.tensor");
    expect(
      codeOf(() => readTensor(file({ dims: [1n], dataType: Code.STRING, stringData: [Uint8Array.of(255)] }))),
    ).toBe("onnx.string");
    expect(codeOf(() => readTensor(file({ dims: [1n], dataType: 99, rawData: raw })))).toBe("onnx.type");
    expect(codeOf(() => readTensor(Uint8Array.of(10, 200)))).toBe("onnx.truncated");
  });

  it("says so where the file holds a sequence", () => {
    // SequenceProto { name = "s", elem_type = TENSOR, tensor_values = [ … ] }
    const element = writeTensor(scalar("float32", 1));
    const sequence = Uint8Array.of(0x0a, 1, 0x73, 0x10, 1, 0x1a, element.length, ...element);
    expect(codeOf(() => readTensor(sequence))).toBe("onnx.unsupported");
  });

  it("refuses to write a tensor whose shape and elements disagree", () => {
    expect(codeOf(() => writeTensor({ dtype: "float32", dims: [3], data: new Float32Array(2) }))).toBe("onnx.tensor");
  });
});
