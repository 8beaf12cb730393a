/** @file TypeProto ↔ TensorType: element type and dimensions of a value. */

import { create } from "@bufbuild/protobuf";
import {
  type TensorShapeProto_Dimension,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  type TypeProto,
  TypeProto_TensorSchema,
  TypeProtoSchema,
} from "onnx-buf";
import { fail } from "../base/errors.ts";
import type { Dim } from "../graph/dims.ts";
import type { TensorType } from "../graph/value.ts";
import { codeOfDType, knownDType } from "./dtype-codes.ts";
import type { Symbols } from "./symbols.ts";

/**
 * The type of value `name`; `undefined` where the file does not state one, or states a sequence, map or optional
 * (such values may pass through a graph; {@link requireTensor} refuses them at its border).
 */
export function typeFromProto(proto: TypeProto | undefined, name: string, symbols: Symbols): TensorType | undefined {
  if (proto?.value.case !== "tensorType") return undefined;
  const { elemType, shape } = proto.value.value;
  if (elemType === 0) return undefined;
  const dims = shape?.dim.map((dim, axis) => dimFromProto(dim, name, axis, symbols));
  return { dtype: knownDType(elemType), dims };
}

/** @throws FemtoError `onnx.unsupported` for sequences, maps, optionals and sparse tensors */
export function requireTensor(proto: TypeProto | undefined): void {
  const kind = proto?.value.case;
  if (kind === undefined || kind === "tensorType") return;
  fail({
    code: "onnx.unsupported",
    message: "the model takes or gives something other than a tensor",
    expected: "a dense tensor",
    got: kind.replace("Type", "").toLowerCase(),
  });
}

function dimFromProto({ value }: TensorShapeProto_Dimension, name: string, axis: number, symbols: Symbols): Dim {
  if (value.case === "dimParam") return symbols.named(value.value, name, axis);
  if (value.case === undefined || value.value === -1n) return symbols.fresh(name, axis);
  if (value.value >= 0n && value.value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value.value);
  return fail({
    code: "onnx.type",
    message: `dimension ${axis} is impossible`,
    expected: "0 to 2^53 - 1",
    got: `${value.value}`,
  });
}

export function typeToProto({ dtype, dims }: TensorType): TypeProto {
  const shape = dims && create(TensorShapeProtoSchema, { dim: dims.map(dimToProto) });
  const tensor = create(TypeProto_TensorSchema, { elemType: codeOfDType(dtype), ...(shape && { shape }) });
  return create(TypeProtoSchema, { value: { case: "tensorType", value: tensor } });
}

const dimToProto = (dim: Dim): TensorShapeProto_Dimension =>
  create(TensorShapeProto_DimensionSchema, {
    value: typeof dim === "number" ? { case: "dimValue", value: BigInt(dim) } : { case: "dimParam", value: dim },
  });
