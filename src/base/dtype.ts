/** @file Element types of tensors: ONNX's, each with its width in store and the typed array that holds it in memory. */

/**
 * In-memory containers. Types without a JavaScript array of their own are held as raw bits
 * (float16, bfloat16: Uint16Array; float8*, float4: Uint8Array), sub-byte integers one element a byte
 * (packing happens at the protobuf door and in `formats/`), complex numbers as interleaved pairs.
 */
const containers = {
  float32: { bits: 32, array: Float32Array, kind: "float" },
  float64: { bits: 64, array: Float64Array, kind: "float" },
  float16: { bits: 16, array: Uint16Array, kind: "float" },
  bfloat16: { bits: 16, array: Uint16Array, kind: "float" },
  float8e4m3fn: { bits: 8, array: Uint8Array, kind: "float" },
  float8e4m3fnuz: { bits: 8, array: Uint8Array, kind: "float" },
  float8e5m2: { bits: 8, array: Uint8Array, kind: "float" },
  float8e5m2fnuz: { bits: 8, array: Uint8Array, kind: "float" },
  float8e8m0: { bits: 8, array: Uint8Array, kind: "float" },
  float4e2m1: { bits: 4, array: Uint8Array, kind: "float" },
  int64: { bits: 64, array: BigInt64Array, kind: "int" },
  int32: { bits: 32, array: Int32Array, kind: "int" },
  int16: { bits: 16, array: Int16Array, kind: "int" },
  int8: { bits: 8, array: Int8Array, kind: "int" },
  int4: { bits: 4, array: Int8Array, kind: "int" },
  int2: { bits: 2, array: Int8Array, kind: "int" },
  uint64: { bits: 64, array: BigUint64Array, kind: "uint" },
  uint32: { bits: 32, array: Uint32Array, kind: "uint" },
  uint16: { bits: 16, array: Uint16Array, kind: "uint" },
  uint8: { bits: 8, array: Uint8Array, kind: "uint" },
  uint4: { bits: 4, array: Uint8Array, kind: "uint" },
  uint2: { bits: 2, array: Uint8Array, kind: "uint" },
  bool: { bits: 8, array: Uint8Array, kind: "bool" },
  complex64: { bits: 64, array: Float32Array, kind: "complex" },
  complex128: { bits: 128, array: Float64Array, kind: "complex" },
  string: { bits: 0, array: Array, kind: "string" },
} as const;

export type DType = keyof typeof containers;
export type DTypeKind = (typeof containers)[DType]["kind"];
export type TensorData =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | string[];

export const dtypes = Object.keys(containers) as DType[];

/** Bits of one element in packed store; 0 for strings. */
export const bitsOf = (dtype: DType): number => containers[dtype].bits;

export const kindOf = (dtype: DType): DTypeKind => containers[dtype].kind;

export const isFloat = (dtype: DType): boolean => kindOf(dtype) === "float";

export const isInteger = (dtype: DType): boolean => kindOf(dtype) === "int" || kindOf(dtype) === "uint";

/** Least and greatest value of an integer type. */
export function integerRange(dtype: DType): { min: bigint; max: bigint } {
  const width = BigInt(bitsOf(dtype));
  return kindOf(dtype) === "int"
    ? { min: -(1n << (width - 1n)), max: (1n << (width - 1n)) - 1n }
    : { min: 0n, max: (1n << width) - 1n };
}

/** Fresh zeroed memory for `count` elements. */
export function allocate(dtype: DType, count: number): TensorData {
  if (dtype === "string") return Array.from({ length: count }, () => "");
  const Container = containers[dtype].array as Exclude<(typeof containers)[DType]["array"], ArrayConstructor>;
  return new Container(kindOf(dtype) === "complex" ? 2 * count : count);
}
