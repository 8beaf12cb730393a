/**
 * @file TensorProto → Tensor. Sizes are compared with the bytes at hand before memory is taken, so that a file which
 * promises 2^40 elements costs nothing. Where the bytes lie (in the message, or in another file) is decided in
 * `tensorBytes` alone; a reader that fetches weights on demand replaces that one function.
 */

import { type TensorProto, TensorProto_DataLocation, TensorProtoSchema } from "onnx-buf";
import { allocate, bitsOf, type DType, integerRange, kindOf, type TensorData } from "../base/dtype.ts";
import { at, fail } from "../base/errors.ts";
import { absentTensor, type Tensor } from "../base/tensor.ts";
import { knownDType } from "./dtype-codes.ts";
import { type ExternalReader, isMissingFile, readExternal } from "./external-data.ts";
import { isFieldSet } from "./protobuf.ts";
import { packedLength, unpack } from "./sub-byte.ts";
import { isCut, MOST_KEPT_BYTES } from "./without-weights.ts";

/** Where elements come from. Weights that are `absent` keep their type and shape; see `absentTensor`. */
export interface TensorSource {
  readonly external?: ExternalReader | undefined;
  readonly weights?: "read" | "absent";
}

/** @throws FemtoError `onnx.tensor`, `onnx.type`, `onnx.external`, with the path from the tensor on */
export function tensorFromProto(proto: TensorProto, { external, weights = "read" }: TensorSource = {}): Tensor {
  const dtype = at("type", () => knownDType(proto.dataType));
  const dims = proto.dims.map((dim, axis) => checkedDim(dim, axis));
  const count = countElements(dims);
  if (weights === "absent" && isLeftOut(proto, dtype, count, external)) return absentTensor(dtype, dims);
  const bytes = tensorBytes(proto, external, dtype, count);
  return { dtype, dims, data: bytes === undefined ? fromFields(proto, dtype, count) : fromBytes(dtype, bytes, count) };
}

/** The stored bytes, where the tensor is stored as bytes; `undefined` where it is stored in typed fields. */
function tensorBytes(proto: TensorProto, external: ExternalReader | undefined, dtype: DType, count: number) {
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    if (dtype === "string") {
      return fail({ code: "onnx.external", message: "strings cannot be stored in another file" });
    }
    return readExternal(proto.externalData, packedLength(dtype, count), external);
  }
  if (!isFieldSet(proto, TensorProtoSchema.field.rawData) || proto.rawData.length === 0) return undefined;
  const typed = [proto.floatData, proto.int32Data, proto.stringData, proto.int64Data, proto.doubleData];
  if ([...typed, proto.uint64Data].some((field) => field.length > 0)) {
    return fail({ code: "onnx.tensor", message: "elements are given twice", expected: "raw_data or a typed field" });
  }
  return proto.rawData;
}

/** What is not read: what was cut out of the message, and tensors of other files that are large or not there. */
function isLeftOut(proto: TensorProto, dtype: DType, count: number, external: ExternalReader | undefined): boolean {
  if (proto.dataLocation !== TensorProto_DataLocation.EXTERNAL) return count > 0 && isCut(proto);
  if (dtype === "string") return false;
  const length = packedLength(dtype, count);
  return length > MOST_KEPT_BYTES || external === undefined || isMissingFile(proto.externalData, length, external);
}

function checkedDim(dim: bigint, axis: number): number {
  if (dim >= 0n && dim <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(dim);
  return fail({
    code: "onnx.tensor",
    message: `dimension ${axis} is impossible`,
    expected: "0 to 2^53 - 1",
    got: `${dim}`,
  });
}

function countElements(dims: readonly number[]): number {
  if (dims.includes(0)) return 0;
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (Number.isSafeInteger(count)) return count;
  return fail({ code: "onnx.tensor", message: "the tensor has more than 2^53 elements", got: `[${dims.join(", ")}]` });
}

function fromBytes(dtype: DType, bytes: Uint8Array, count: number): TensorData {
  if (dtype === "string") {
    return fail({ code: "onnx.tensor", message: "strings cannot be stored as raw bytes", expected: "string_data" });
  }
  expectLength(dtype, count, bytes.length, packedLength(dtype, count), "bytes");
  const data = allocate(dtype, count) as Exclude<TensorData, string[]>;
  if (bitsOf(dtype) < 8) unpack(dtype, bytes, data as Uint8Array);
  else new Uint8Array(data.buffer).set(bytes);
  if (dtype === "bool") for (let i = 0; i < count; i++) (data as Uint8Array)[i] = data[i] === 0 ? 0 : 1;
  return data;
}

/** The typed field in which ONNX stores each element type (onnx.proto, TensorProto). */
function fieldOf(proto: TensorProto, dtype: DType): readonly (number | bigint | Uint8Array)[] {
  if (dtype === "float32" || dtype === "complex64") return proto.floatData;
  if (dtype === "float64" || dtype === "complex128") return proto.doubleData;
  if (dtype === "int64") return proto.int64Data;
  if (dtype === "uint64" || dtype === "uint32") return proto.uint64Data;
  return dtype === "string" ? proto.stringData : proto.int32Data;
}

function fromFields(proto: TensorProto, dtype: DType, count: number): TensorData {
  const field = fieldOf(proto, dtype);
  const isPacked = dtype !== "string" && bitsOf(dtype) < 8;
  const perElement = kindOf(dtype) === "complex" ? 2 : 1;
  expectLength(dtype, count, field.length, isPacked ? packedLength(dtype, count) : count * perElement, "entries");
  const data = allocate(dtype, count) as { [index: number]: number | bigint } & TensorData;
  if (isPacked) {
    unpack(dtype, field as number[], data as Uint8Array);
    return data;
  }
  if (dtype === "string") return (field as Uint8Array[]).map(utf8);
  const { min, max } = storedRange(dtype);
  for (let i = 0; i < field.length; i++) {
    const element = field[i] as number | bigint;
    if (element < min || element > max) {
      fail({
        code: "onnx.tensor",
        message: `element ${i} does not fit ${dtype}`,
        expected: `${min} to ${max}`,
        got: `${element}`,
      });
    }
    data[i] = dtype === "uint32" ? Number(element) : element;
  }
  return data;
}

/** What a typed field may hold: bit patterns for small floats, 0 and 1 for booleans. */
function storedRange(dtype: DType): { min: bigint | number; max: bigint | number } {
  if (dtype === "bool") return { min: 0n, max: 1n };
  if (kindOf(dtype) === "int" || kindOf(dtype) === "uint") return integerRange(dtype);
  const isPattern = kindOf(dtype) === "float" && bitsOf(dtype) < 32;
  return isPattern
    ? { min: 0n, max: 2n ** BigInt(bitsOf(dtype)) - 1n }
    : { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
}

function expectLength(dtype: DType, count: number, got: number, expected: number, what: string): void {
  if (got === expected) return;
  fail({
    code: "onnx.tensor",
    message: "the tensor's size does not match its elements",
    expected: `${expected} ${what} for ${count} elements of ${dtype}`,
    got: `${got} ${what}`,
  });
}

const strict = new TextDecoder("utf-8", { fatal: true });

/** @throws FemtoError `onnx.string` */
export function utf8(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return fail({ code: "onnx.string", message: "a string is not valid UTF-8", got: `${bytes.length} bytes` });
  }
}
